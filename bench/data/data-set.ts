import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { encodeLabels } from '../../src/estimators/labels.js';
import { type CsvTable, numberIn, parseCsv } from './csv-table.js';
import { labelColumnOf } from './label-column.js';
import { groupedLabels } from './label-groups.js';
import { UnfitData } from './unfit-data.js';

/** A table of numbers and categories with labels. */
export interface DataSet {
  /** Of its file. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** The columns whose numbers stand for categories; absent: none. */
  readonly categorical?: readonly number[];
  /** Shape: rows x columns, row-major; NaN means missing. */
  readonly x: Float64Array<ArrayBuffer>;
  /** Shape: rows, indexes into the sorted classes; every class occurs. */
  readonly y: Int32Array<ArrayBuffer>;
}

/** Of more classes the labels are rather numbers to be estimated. */
const MAX_CLASSES = 100;

/** What becomes of columns of text, which are those with a cell that is no number: no data set, or categories. */
export type TextRule = 'refused' | 'categorical';

/**
 * Reads a CSV file with a column of labels (see `labelColumnOf`).
 *
 * @throws UnfitData for columns of text where they are refused, and labels that are missing or not 2 to 100 classes.
 */
export async function readDataSet(path: string, textRule: TextRule = 'refused'): Promise<DataSet> {
  const name = basename(path, '.csv');
  return toDataSet(name, parseCsv(await readFile(path, 'utf8')), textRule);
}

export function toDataSet(name: string, table: CsvTable, textRule: TextRule = 'refused'): DataSet {
  const { rows } = table;
  const label = labelColumnOf(name, table);
  const features = rows[0].map((_, column) => column).filter((column) => column !== label);
  const text = features.filter((column) => rows.some((row) => numberIn(row[column]) === undefined));
  if (text.length > 0 && textRule === 'refused') {
    const named = text.map((column) => table.header?.[column] ?? column + 1);
    throw new UnfitData(`has text in ${text.length === 1 ? 'column' : 'columns'} ${named.join(', ')}`);
  }

  const labels = groupedLabels(
    name,
    rows.map((row) => row[label]),
  );
  const count = new Set(labels).size;
  if (labels.includes('')) throw new UnfitData('has rows without a label');
  if (count < 2 || count > MAX_CLASSES) throw new UnfitData(`has ${count} classes; 2 to ${MAX_CLASSES} are wanted`);
  const { classes, indexes } = encodeLabels({ kind: 'string', values: labels });
  const readers = features.map((column) => (text.includes(column) ? numberOfCategory(rows, column) : numberIn));
  const categorical = text.map((column) => features.indexOf(column));
  return {
    name,
    rows: rows.length,
    columns: features.length,
    classes: classes.values.length,
    ...(categorical.length > 0 && { categorical }),
    x: Float64Array.from(rows.flatMap((row) => features.map((column, j) => readers[j](row[column]) ?? NaN))),
    y: Int32Array.from(indexes),
  };
}

/** Numbers the values of a column of text in sorted order; each is a category, also where nothing is. */
function numberOfCategory(rows: CsvTable['rows'], column: number): (cell: string) => number | undefined {
  const values = new Set(rows.map((row) => row[column]));
  const numbers = new Map([...values].toSorted().map((value, number) => [value, number]));
  return (cell) => numbers.get(cell);
}
