import { type DomainError, invalid } from '../errors.js';
import { cellPath, type Matrix, placeOf } from './matrix.js';

/**
 * Checks a column of categories that are integers: whole numbers, which doubles
 * tell apart, or NaN where one is missing.
 *
 * @throws INVALID_REQUEST at the path of the first cell that holds anything else.
 */
export function requireWhole({ rows, columns, data, encoding }: Matrix, column: number): void {
  for (let row = 0, at = column; row < rows; row++, at += columns) {
    const value = data[at];
    if (!Number.isSafeInteger(value) && !Number.isNaN(value)) throw notWhole(value, encoding, row, column);
  }
}

/** The error for a category that is no whole number. */
export function notWhole(value: number, encoding: Matrix['encoding'], row: number, column: number): DomainError {
  return invalid(
    cellPath(encoding, row, column),
    `is ${value}${placeOf(encoding, row, column)}; a category is a whole number from -(2^53 - 1) to 2^53 - 1, so number the categories, or send strings`,
  );
}
