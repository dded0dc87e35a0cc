/** What a column of a CSV file holds. */
export type ColumnKind = 'numeric' | 'categorical';

// Number() alone would also take '', '0x10' and 'Infinity'.
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Whether a cell is a number, written in decimal; one beyond the range of doubles is none. */
export function isNumber(cell: string): boolean {
  return DECIMAL.test(cell) && Number.isFinite(Number(cell));
}

/**
 * The kind that a column's cells tell: numeric when all are numbers, but for empty
 * ones, whose values are missing; categorical when there is any other.
 */
export function kindOf(cells: readonly string[]): ColumnKind {
  return cells.every((cell) => cell === '' || isNumber(cell)) ? 'numeric' : 'categorical';
}
