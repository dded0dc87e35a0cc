import type { Column } from '../generated/modelserver/v1/model_server.js';
import type { FloatArray } from './float-array.js';
import { InputError } from './input-error.js';

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
  const columns = columnsOf(table);
  if (columns.length === 0) throw new InputError(`${field}.columns`, 'has no columns');
  const length = columns[0][1].length;
  if (length === 0) throw new InputError(field, 'has no rows');
  return columns.map(([name, values]) => {
    const path = `${field}.columns.${name}`;
    if (values.length !== length) {
      throw new InputError(path, `has ${values.length} values, but the column ${columns[0][0]} has ${length}`);
    }
    return encodeColumn(name, values, path);
  });
}

/** The names of a table's columns (shape: n_features), in their order. */
export function columnNames(table: Table): string[] {
  return columnsOf(table).map(([name]) => name);
}

function columnsOf({ columns }: Table): [string, TableColumn][] {
  return columns instanceof Map ? [...columns] : Object.entries(columns);
}

function encodeColumn(name: string, values: TableColumn, path: string): Column {
  if (ArrayBuffer.isView(values)) return { name, numbers: Array.from(values), strings: [] };
  // Callbacks of a union of arrays take `unknown`, hence one plain view of both.
  const cells: readonly unknown[] = values;
  const isText = typeof cells.find((cell) => cell !== null && cell !== undefined) === 'string';
  const type = isText ? 'string' : 'number';
  const wrong = cells.findIndex((cell) => typeof cell !== type);
  if (wrong >= 0) {
    const missing = cells[wrong] === null || cells[wrong] === undefined;
    const instead = missing ? `, ${isText ? "for example ''" : 'NaN'} where it is missing` : '';
    throw new InputError(`${path}[${wrong}]`, `is ${String(cells[wrong])}; must be a ${type}${instead}`);
  }
  return isText
    ? { name, numbers: [], strings: values as string[] }
    : { name, numbers: values as number[], strings: [] };
}
