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

/** All distances, sorted: the k nearest rows, of equally near ones the earlier. */
export function nearestOf(
  rows: readonly ArrayLike<number>[],
  point: ArrayLike<number>,
  k: number,
  p: number,
): Neighbour[] {
  return rows
    .map((values, row) => ({ row, distance: distanceOf(values, point, p) }))
    .toSorted((a, b) => (a.distance === b.distance ? a.row - b.row : a.distance - b.distance))
    .slice(0, k);
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
