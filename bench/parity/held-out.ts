import type { DataSet } from '../data/data-set.js';
import { foldsOf } from '../data/folds.js';
import type { Problem } from '../data/problem.js';

/** One row of so many is held out. */
const FOLDS = 5;
/** Of larger sets about so many rows are drawn. */
export const MOST_ROWS = 5000;

/**
 * A fifth of the rows held out, stratified and at random under `seed`, and the
 * others to train on; of a large set only a stratified part is taken.
 *
 * @throws UnfitData when a class has too few rows.
 */
export function heldOut(set: DataSet, seed: number): Problem {
  const parts = Math.ceil(set.rows / MOST_ROWS);
  return foldsOf(parts === 1 ? set : partOf(set, parts, seed), FOLDS, seed)[0];
}

function partOf(set: DataSet, parts: number, seed: number): DataSet {
  // Its categories are counted when it is split itself.
  const { q: x, qy: y } = foldsOf({ ...set, categorical: [] }, parts, seed)[0];
  return { ...set, rows: y.length, x, y };
}
