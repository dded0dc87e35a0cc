import { shorten } from '../shorten.js';
import { type ColumnKind, isNumber, kindOf } from './column-kind.js';
import { CsvError } from './csv-error.js';
import type { CsvFile } from './csv-file.js';

/** A column of a file, and what its cells are read as. */
export interface CsvColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Columns by their names, as a table that `fit` and `predict` take. */
export interface CsvTable {
  readonly columns: Map<string, Float64Array | readonly string[]>;
}

const INTEGER = /^(?:0|-?[1-9]\d*)$/;

/** The columns `names`, each of the kind that it is told to be, or else of the one that its cells tell. */
export function findColumns(
  file: CsvFile,
  names: readonly string[],
  told: ReadonlyMap<string, ColumnKind> = new Map(),
): CsvColumn[] {
  return names.map((name) => ({ name, kind: told.get(name) ?? kindOf(file.cells(name)) }));
}

/**
 * The columns as a table: numbers, NaN where a cell is empty, or the cells as they are.
 *
 * @param why Why numeric columns must hold numbers, for the message.
 * @throws CsvError that names line and column of the first cell of a numeric column that is no number.
 */
export function readTable(file: CsvFile, columns: readonly CsvColumn[], why: string): CsvTable {
  return {
    columns: new Map(
      columns.map(({ name, kind }) => [name, kind === 'numeric' ? numericColumn(file, name, why) : file.cells(name)]),
    ),
  };
}

/**
 * The numbers of a column (shape: rowCount), NaN where a cell is empty.
 *
 * @param why Why the column must hold numbers, for the message.
 * @throws CsvError that names line and column of the first other cell that is no number.
 */
export function numericColumn(file: CsvFile, name: string, why: string): Float64Array {
  const cells = file.cells(name);
  const numbers = new Float64Array(cells.length);
  cells.forEach((cell, row) => {
    if (cell !== '' && !isNumber(cell)) {
      const place = placeOf(file, row, name);
      throw new CsvError(`${place}: "${shorten(cell)}" is not a number, and ${why}; a missing value is an empty cell`);
    }
    numbers[row] = cell === '' ? Number.NaN : Number(cell);
  });
  return numbers;
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
  if (empty >= 0) throw new CsvError(`${placeOf(file, empty, name)}: the label is empty`);
  const isInteger = cells.every((cell) => INTEGER.test(cell) && Number.isSafeInteger(Number(cell)));
  return isInteger ? cells.map(Number) : [...cells];
}

/** Where a cell is, for messages. */
export function placeOf(file: CsvFile, row: number, column: string): string {
  return `${file.path}, line ${file.lineOf(row)}, column "${column}"`;
}

function requireColumn(file: CsvFile, name: string, role: string): void {
  if (file.header.includes(name)) return;
  throw new CsvError(`${file.path}: has no ${role} column "${name}"; its columns are ${file.header.join(', ')}`);
}
