import { isNumber } from '../csv/column-kind.js';
import type { CsvColumn } from '../csv/csv-columns.js';
import type { CsvFile } from '../csv/csv-file.js';
import { shorten } from '../shorten.js';
import type { Context } from './context.js';
import { describeFeatures, type FeatureSummary } from './describe-features.js';

/**
 * Says what the columns are taken for, and which ones are categorical only
 * because of some cells that are no numbers, as 'NA' or '?' for missing values.
 *
 * @param columns The features' columns.
 * @param told The names of those whose kind the command line gives.
 */
export function noteColumns(
  { note, json }: Pick<Context, 'note' | 'json'>,
  file: CsvFile,
  columns: readonly CsvColumn[],
  told: ReadonlyMap<string, unknown>,
): void {
  // To count categories takes a moment that programs need not wait for.
  if (json) return;
  const remarks = columns
    .filter(({ name, kind }) => kind === 'categorical' && !told.has(name))
    .flatMap(({ name }) => remarkOn(file, name) ?? []);
  note(`${[describeFeatures(columns.map((column) => summarize(file, column))), ...remarks].join('\n')}\n`);
}

function summarize(file: CsvFile, { name, kind }: CsvColumn): FeatureSummary {
  const cells = file.cells(name);
  return kind === 'categorical'
    ? { name, kind, nCategories: new Set(cells).size }
    : { name, kind, nMissing: cells.filter((cell) => cell === '').length };
}

function remarkOn(file: CsvFile, name: string): string | undefined {
  const cells = file.cells(name);
  const nNumbers = cells.filter(isNumber).length;
  if (nNumbers <= cells.length / 2) return undefined;
  const row = cells.findIndex((cell) => cell !== '' && !isNumber(cell));
  return (
    `${shorten(name)} is categorical because of "${shorten(cells[row])}" in line ${file.lineOf(row)}, though ` +
    `${nNumbers} of its ${cells.length} cells are numbers; where a number is missing, leave the cell empty`
  );
}
