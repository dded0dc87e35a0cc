import type { Problem } from '../data/problem.js';

/** Distances that differ by less than this share of themselves are equal but for their rounding. */
const ROUNDING = 1e-9;

/** For each query 1 when its k-th and its next nearest row are equally far, in the plain Euclidean distance. */
export function tiedRows({ x, q, columns }: Problem, k: number): Uint8Array {
  const tied = new Uint8Array(q.length / columns);
  const nearest = new Float64Array(k + 1);
  for (let query = 0; query < tied.length; query++) {
    nearest.fill(Infinity);
    for (let from = 0; from < x.length; from += columns) {
      let distance = 0;
      for (let j = 0; j < columns; j++) distance += (x[from + j] - q[query * columns + j]) ** 2;
      insert(nearest, distance);
    }
    if (nearest[k] - nearest[k - 1] <= ROUNDING * nearest[k]) tied[query] = 1;
  }
  return tied;
}

/** Puts a value into a sorted array in the place of the largest, if it is smaller. */
function insert(sorted: Float64Array, value: number): void {
  let at = sorted.length - 1;
  if (value >= sorted[at]) return;
  for (; at > 0 && sorted[at - 1] > value; at--) sorted[at] = sorted[at - 1];
  sorted[at] = value;
}
