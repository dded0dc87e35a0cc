import type { Problem } from '../data/problem.js';
import { trainOurs } from '../ours.js';

/** So many votes are held at once. */
const VOTES = 1e7;

/**
 * The rows that our k_neighbors_classifier finds (shape: queries x k, each
 * query's in the order of the rows). A model whose classes are the numbers of
 * its rows votes for just these.
 */
export function neighboursOf({ x, q, qy, columns }: Problem, k: number): Int32Array {
  const rows = x.length / columns;
  const y = Int32Array.from({ length: rows }, (_, row) => row);
  const { predictor } = trainOurs(
    'k_neighbors_classifier',
    { n_neighbors: k },
    { x, y, q, qy, columns, classes: rows },
  );

  const neighbours = new Int32Array(qy.length * k);
  const batch = Math.max(1, Math.floor(VOTES / rows));
  const votes = new Float64Array(batch * rows);
  for (let first = 0; first < qy.length; first += batch) {
    const count = Math.min(batch, qy.length - first);
    const data = q.subarray(first * columns, (first + count) * columns);
    predictor.predictProbabilities({ rows: count, columns, data }, votes);
    let at = first * k;
    for (let i = 0; i < count * rows; i++) if (votes[i] > 0) neighbours[at++] = i % rows;
  }
  return neighbours;
}
