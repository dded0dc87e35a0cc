import type { KdTree, Metric } from 'ml-knn';

import { rowOf } from './kd-tree.js';

/** A training row and its measured distance from a point. */
export interface Neighbour {
  readonly row: number;
  readonly measured: number;
}

/** The training rows, and the tree and metric to search them with. */
export interface Rows {
  /** Shape: n_samples x nFeatures. */
  readonly x: Float64Array;
  readonly nFeatures: number;
  readonly tree: KdTree;
  readonly metric: Metric;
}

/**
 * The `k` rows nearest to `point`, the nearest first. Of rows at the same
 * distance the tree returns any; where that decides who is among the k, the rows
 * are looked through in their order, so that the earlier ones win.
 */
export function nearestRows({ x, nFeatures, tree, metric }: Rows, point: Float64Array, k: number): Neighbour[] {
  const nSamples = x.length / nFeatures;
  const found = tree
    .nearest(point, Math.min(k + 1, nSamples))
    .map(([obj, measured]): Neighbour => ({ row: rowOf(obj, nFeatures), measured }))
    .toSorted((a, b) => a.measured - b.measured);
  if (found.length <= k) return found;
  const last = found[k].measured;
  if (found[k - 1].measured < last) return found.slice(0, k);

  const nearest = found.filter(({ measured }) => measured < last);
  for (let row = 0; row < nSamples && nearest.length < k; row++) {
    const from = row * nFeatures;
    if (metric(point, x.subarray(from, from + nFeatures)) === last) nearest.push({ row, measured: last });
  }
  return nearest;
}
