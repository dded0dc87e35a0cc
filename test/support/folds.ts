/**
 * Stratified folds without a random draw, so that other languages can make the
 * same ones: the i-th row of a class, in row order, is in fold i mod `count`.
 */
export function stratifiedFolds(labels: ArrayLike<string | number>, count: number): number[] {
  const seen = new Map<string | number, number>();
  return Array.from(labels, (label) => {
    const rank = seen.get(label) ?? 0;
    seen.set(label, rank + 1);
    return rank % count;
  });
}
