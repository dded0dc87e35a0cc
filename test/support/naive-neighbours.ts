/** A training row and its distance from a point; for p = 2 the square. */
export interface Neighbour {
  readonly row: number;
  readonly distance: number;
}

/** The distance of order `p`, for p = 2 its square, summed in the order of the features. */
export function distanceOf(a: ArrayLike<number>, b: ArrayLike<number>, p: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += p === 1 ? Math.abs(a[j] - b[j]) : (a[j] - b[j]) * (a[j] - b[j]);
  return sum;
}

/**
 * The `k` nearest rows, the nearest first. Rows come in their order to a heap with
 * the farthest on top, as in scikit-learn: each takes the place of the top if it is
 * nearer, and changes places with the farther of the two below while that is
 * farther. So it is decided which of equally far rows are kept.
 */
export function nearestOf(
  rows: readonly ArrayLike<number>[],
  point: ArrayLike<number>,
  k: number,
  p: number,
): Neighbour[] {
  const heap = Array.from({ length: k }, (): Neighbour => ({ row: -1, distance: Infinity }));
  rows.forEach((values, row) => {
    const distance = Math.min(Number.MAX_VALUE, distanceOf(values, point, p));
    if (distance >= heap[0].distance) return;
    heap[0] = { row, distance };
    let at = 0;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      const below = right < k && heap[right].distance > heap[left].distance ? right : left;
      if (below >= k || heap[below].distance <= distance) break;
      [heap[at], heap[below]] = [heap[below], heap[at]];
      at = below;
    }
  });
  return heap.toSorted(byDistance);
}

/** The nearest first; of equally far ones, the earlier row. */
export function byDistance(a: Neighbour, b: Neighbour): number {
  return a.distance === b.distance ? a.row - b.row : a.distance - b.distance;
}

/** The class shares of the neighbours; with `weights` 'distance' those at distance 0 share all the weight. */
export function votesOf(
  neighbours: readonly Neighbour[],
  y: ArrayLike<number>,
  nClasses: number,
  weights: string,
  p: number,
): number[] {
  const exact = neighbours.filter(({ distance }) => distance === 0);
  const isShared = weights === 'uniform' || exact.length > 0;
  const votes = Array.from<number>({ length: nClasses }).fill(0);
  for (const { row, distance } of weights === 'distance' && exact.length > 0 ? exact : neighbours)
    votes[y[row]] += isShared ? 1 : 1 / (p === 1 ? distance : Math.sqrt(distance));
  const total = votes.reduce((sum, vote) => sum + vote, 0);
  return votes.map((vote) => vote / total);
}
