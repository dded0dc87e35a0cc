import type { Column } from '../generated/modelserver/v1/model_server.js';
import type { FloatArray } from './float-array.js';
import { InputError } from './input-error.js';
import { rangeOf, type RowSlices } from './row-slices.js';

/**
 * One column of a table: numbers, NaN where one is missing, or strings, which are
 * categories; the server takes '' for one of them.
 */
export type TableColumn = readonly number[] | readonly string[] | FloatArray | Int32Array;

/**
 * Named columns of equal length. The order of the columns counts in a fit; as
 * JavaScript moves keys that look like numbers to the front of an object, names
 * such as '2019' need a Map.
 */
export interface Table {
  readonly columns: Readonly<Record<string, TableColumn>> | ReadonlyMap<string, TableColumn>;
}

/**
 * The contract's form of a table.
 *
 * @throws InputError for no columns, no rows, columns of different lengths, and
 *   a column of mixed types (naming its first value of another type).
 */
export function encodeTable(table: Table, field: string): Column[] {
  const slices = sliceTable(table, field);
  return slices.slice(0, slices.rows);
}

/**
 * The rows of a table, to be sent in parts.
 *
 * @throws InputError as encodeTable does, before there is any part.
 */
export function sliceTable(table: Table, field: string): RowSlices<Column[]> {
  const columns = columnsOf(table);
  if (columns.length === 0) throw new InputError(`${field}.columns`, 'has no columns');
  const rows = columns[0][1].length;
  if (rows === 0) throw new InputError(field, 'has no rows');
  const slices = columns.map(([name, values]) => {
    const path = `${field}.columns.${name}`;
    if (values.length !== rows) {
      throw new InputError(path, `has ${values.length} values, but the column ${columns[0][0]} has ${rows}`);
    }
    return sliceColumn(name, values, path);
  });
  const texts = slices.flatMap(({ extraBytes }) => extraBytes ?? []);
  return {
    rows,
    bytesPerRow: slices.reduce((sum, { bytesPerRow }) => sum + bytesPerRow, 0),
    extraBytes: texts.length === 0 ? undefined : (row) => texts.reduce((sum, extraBytes) => sum + extraBytes(row), 0),
    slice: (start, end) => slices.map((column) => column.slice(start, end)),
  };
}

/** The names of a table's columns (shape: n_features), in their order. */
export function columnNames(table: Table): string[] {
  return columnsOf(table).map(([name]) => name);
}

function columnsOf({ columns }: Table): [string, TableColumn][] {
  return columns instanceof Map ? [...columns] : Object.entries(columns);
}

function sliceColumn(name: string, values: TableColumn, path: string): RowSlices<Column> {
  const rows = values.length;
  if (ArrayBuffer.isView(values)) {
    const slice = (start: number, end: number) => Array.from(values.subarray(start, end));
    return { rows, bytesPerRow: 8, slice: (start, end) => ({ name, numbers: slice(start, end), strings: [] }) };
  }
  if (!isText(values, path)) {
    const numbers = values as readonly number[];
    return {
      rows,
      bytesPerRow: 8,
      slice: (start, end) => ({ name, numbers: rangeOf(numbers, start, end), strings: [] }),
    };
  }
  const strings = values as readonly string[];
  return {
    rows,
    bytesPerRow: 2,
    extraBytes: (row) => strings[row].length,
    slice: (start, end) => ({ name, numbers: [], strings: rangeOf(strings, start, end) }),
  };
}

/** Whether a column holds strings, and not numbers; throws an InputError where it holds both, or something else. */
function isText(values: readonly unknown[], path: string): boolean {
  const isString = typeof values.find((cell) => cell !== null && cell !== undefined) === 'string';
  const type = isString ? 'string' : 'number';
  const wrong = values.findIndex((cell) => typeof cell !== type);
  if (wrong >= 0) {
    const missing = values[wrong] === null || values[wrong] === undefined;
    const instead = missing ? `, ${isString ? "for example ''" : 'NaN'} where it is missing` : '';
    throw new InputError(`${path}[${wrong}]`, `is ${String(values[wrong])}; must be a ${type}${instead}`);
  }
  return isString;
}
