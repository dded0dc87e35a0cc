import { CsvError } from './csv-error.js';
import type { CsvFile } from './csv-file.js';

// Number() alone would also take '', '0x10' and 'Infinity'.
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INTEGER = /^(?:0|-?[1-9]\d*)$/;

/**
 * Columns of numbers, as a table that `fit` and `predict` take.
 *
 * @throws CsvError that names line and column of the first cell that is empty or no number.
 */
export function numericTable(file: CsvFile, names: readonly string[]): { readonly columns: Map<string, Float64Array> } {
  return { columns: new Map(names.map((name) => [name, numericColumn(file, name)])) };
}

/**
 * The labels of a column (shape: rowCount): integers if all cells are, else strings.
 *
 * @throws CsvError when there is no such column (it lists those that are), or a label is empty.
 */
export function labelColumn(file: CsvFile, name: string): string[] | number[] {
  requireColumn(file, name, 'label');
  const cells = file.cells(name);
  const empty = cells.indexOf('');
  if (empty >= 0) throw new CsvError(`${place(file, empty, name)}: the label is empty`);
  const isInteger = cells.every((cell) => INTEGER.test(cell) && Number.isSafeInteger(Number(cell)));
  return isInteger ? cells.map(Number) : [...cells];
}

function numericColumn(file: CsvFile, name: string): Float64Array {
  const cells = file.cells(name);
  const numbers = new Float64Array(cells.length);
  cells.forEach((cell, row) => {
    if (!DECIMAL.test(cell)) throw new CsvError(`${place(file, row, name)}: ${fault(cell)}`);
    numbers[row] = Number(cell);
  });
  return numbers;
}

function requireColumn(file: CsvFile, name: string, role: string): void {
  if (file.header.includes(name)) return;
  throw new CsvError(`${file.path}: has no ${role} column "${name}"; its columns are ${file.header.join(', ')}`);
}

function fault(cell: string): string {
  return cell === ''
    ? 'the cell is empty; fill it in or take the row out'
    : `"${cell}" is not a number; columns of strings are not supported yet`;
}

function place(file: CsvFile, row: number, column: string): string {
  return `${file.path}, line ${file.lineOf(row)}, column "${column}"`;
}
