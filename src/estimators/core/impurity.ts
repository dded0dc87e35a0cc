/** How mixed the classes of a node are, by their weights (shape: nClasses) and the sum of these. */
export type Impurity = (classWeights: readonly number[], total: number) => number;

/** The chance that two draws differ in their class. */
export const gini: Impurity = (classWeights, total) => {
  let squares = 0;
  for (const weight of classWeights) squares += weight * weight;
  return 1 - squares / (total * total);
};

/**
 * Shannon's entropy, in bits.
 *
 * @param log2 one that is the same on every machine, as the platform's is not
 */
export function entropyBy(log2: (x: number) => number): Impurity {
  return (classWeights, total) => {
    let sum = 0;
    for (const weight of classWeights) {
      if (weight > 0) sum -= (weight / total) * log2(weight / total);
    }
    return sum;
  };
}
