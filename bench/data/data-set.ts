import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { encodeLabels } from '../../src/estimators/labels.js';
import { type CsvTable, numberIn, parseCsv } from './csv-table.js';
import { labelColumnOf } from './label-column.js';
import { UnfitData } from './unfit-data.js';

/** A table of numbers with labels. */
export interface DataSet {
  /** Of its file. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** Shape: rows x columns, row-major; NaN means missing. */
  readonly x: Float64Array<ArrayBuffer>;
  /** Shape: rows, indexes into the sorted classes; every class occurs. */
  readonly y: Int32Array<ArrayBuffer>;
}

/** Of more classes the labels are rather numbers to be estimated. */
const MAX_CLASSES = 100;

/**
 * Reads a CSV file of numbers with a column of labels (see `labelColumnOf`).
 *
 * @throws UnfitData for columns of text, and labels that are missing or not 2 to 100 classes.
 */
export async function readDataSet(path: string): Promise<DataSet> {
  const name = basename(path, '.csv');
  return toDataSet(name, parseCsv(await readFile(path, 'utf8')));
}

export function toDataSet(name: string, table: CsvTable): DataSet {
  const { rows } = table;
  const label = labelColumnOf(name, table);
  const features = rows[0].map((_, column) => column).filter((column) => column !== label);
  const text = features.filter((column) => rows.some((row) => numberIn(row[column]) === undefined));
  if (text.length > 0) {
    const named = text.map((column) => table.header?.[column] ?? column + 1);
    throw new UnfitData(`has text in ${text.length === 1 ? 'column' : 'columns'} ${named.join(', ')}`);
  }

  const labels = rows.map((row) => row[label]);
  const count = new Set(labels).size;
  if (labels.includes('')) throw new UnfitData('has rows without a label');
  if (count < 2 || count > MAX_CLASSES) throw new UnfitData(`has ${count} classes; 2 to ${MAX_CLASSES} are wanted`);
  const { classes, indexes } = encodeLabels({ kind: 'string', values: labels });
  return {
    name,
    rows: rows.length,
    columns: features.length,
    classes: classes.values.length,
    x: Float64Array.from(rows.flatMap((row) => features.map((column) => numberIn(row[column]) ?? NaN))),
    y: Int32Array.from(indexes),
  };
}
