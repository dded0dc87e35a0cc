import { type DomainError, invalid } from '../errors.js';
import { MAX_CATEGORIES } from '../estimators/category-limits.js';
import type { Matrix } from '../estimators/matrix.js';
import type { CategoricalColumn } from './protocol.js';

/**
 * Writes the ranks of categories into X in their place, 0 for the most frequent
 * one; of equally frequent ones the least value comes first. Categories that no
 * training row has are ranked as one more, behind all others, and NaN stays.
 *
 * @param x whole numbers and NaN in these columns; they are written over
 * @param training the rows that are trained on, among all of X; absent: all
 * @param pause called between columns
 * @returns the values of each column by rank
 * @throws INVALID_REQUEST for too many categories.
 */
export function rankCategories(
  x: Matrix,
  columns: readonly CategoricalColumn[],
  training: Int32Array | undefined,
  pause: () => void,
): Float64Array<ArrayBuffer>[] {
  return columns.map(({ column, path }) => {
    const counts = countValues(x, column, training);
    if (counts.size > MAX_CATEGORIES) throw tooManyCategories(path);
    const ranked = byFrequency(counts);
    pause();
    const ranks = counts;
    ranked.forEach((value, rank) => ranks.set(value, rank));
    for (let row = 0, at = column; row < x.rows; row++, at += x.columns) {
      const value = x.data[at];
      if (!Number.isNaN(value)) x.data[at] = ranks.get(value) ?? ranked.length;
    }
    pause();
    return ranked;
  });
}

/** The error for a column whose categories are too many to be learned from. */
export function tooManyCategories(path: string): DomainError {
  return invalid(
    path,
    `has more than ${MAX_CATEGORIES} categories, the most of a feature; drop the column, or put its rare categories together`,
  );
}

/** In how many rows each value is. */
function countValues({ rows, columns, data }: Matrix, column: number, training?: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  const nRows = training?.length ?? rows;
  // One more than there may be is enough to know.
  for (let i = 0; i < nRows && counts.size <= MAX_CATEGORIES; i++) {
    const value = data[(training === undefined ? i : training[i]) * columns + column];
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The values, the most frequent first. */
function byFrequency(counts: ReadonlyMap<number, number>): Float64Array<ArrayBuffer> {
  const values = Float64Array.from(counts.keys()).toSorted();
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  // In one number, which sorts in no time: how much rarer a value is, and after that its place among all.
  const keys = values.map((value, place) => (most - (counts.get(value) ?? 0)) * MAX_CATEGORIES + place).toSorted();
  return keys.map((key) => values[key % MAX_CATEGORIES]);
}
