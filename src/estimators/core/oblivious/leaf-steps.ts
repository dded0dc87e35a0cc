import type { ScoredRows } from '../boosting/scored-rows.js';
import type { Projection } from '../target-statistics/projection.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** The rows as they are seen and scored in each fold; without statistics of categories there is one only. */
export interface FoldedRows {
  readonly folds: readonly ScoredRows[];
  /** The address of the tiles of a projection, as a fold sees the rows. */
  readonly tilesOf: (projection: Projection, fold: number) => number;
}

/** Takes Newton's steps on the log loss in the leaves of a tree. */
export interface LeafSteps {
  /** How many rows fall into each leaf (shape: n_leaves), as a fold sees them. */
  countLeaves(splits: readonly ObliviousSplit[], fold: number): Uint32Array;
  /** The sum of the steps from the scores that the rows have in a fold (shape: n_leaves x n_outputs). */
  take(splits: readonly ObliviousSplit[], fold: number): Float64Array;
  /** The weights of the rows of the leaves that steps were taken in last (shape: n_leaves). */
  weigh(): Float64Array;
}

/**
 * Steps for as long as they are good for something: one that does not lessen the
 * loss is halved, and each try counts (CatBoost's backtracking "AnyImprovement").
 *
 * @param steps how many there are, at least 1
 * @param next the next step from where the last good one has led to (shape of the sum)
 * @param lossAfter the loss after a part of the last step
 * @param accept goes to where the loss was taken last
 * @param loss the loss before the first step; not asked for where there is one only
 */
export function backtrack(
  steps: number,
  next: () => Float64Array,
  lossAfter: (scale: number) => number,
  accept: () => void,
  loss: () => number,
): Float64Array {
  let step = next();
  if (steps === 1) return step;
  const total = new Float64Array(step.length);
  let least = loss();
  let scale = 1;
  for (let tried = 1; ; tried++) {
    const found = lossAfter(scale);
    if (found < least) {
      least = found;
      for (let i = 0; i < total.length; i++) total[i] += scale * step[i];
      if (tried === steps) return total;
      accept();
      step = next();
      scale = 1;
    } else {
      if (tried === steps) return total;
      scale /= 2;
    }
  }
}
