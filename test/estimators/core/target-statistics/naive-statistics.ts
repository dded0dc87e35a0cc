import type { Projection, Statistic, Test } from '../../../../src/estimators/core/target-statistics/projection.js';

/** Rows of numbers and categories with their classes. */
export interface LabelledRows {
  readonly rows: readonly (readonly number[])[];
  readonly y: readonly number[];
}

/** Whether a test is true for a row. */
export function isTrue(test: Test, row: readonly number[]): boolean {
  const value = row[test.column];
  if ('category' in test) return value === test.category;
  return Number.isNaN(value) ? test.missing : Math.fround(value) > Math.fround(test.border);
}

/** What a projection sees of a row; categories from `nCategories` on, or none, are all one that is not known. */
export function tupleOf(
  { columns, tests }: Projection,
  row: readonly number[],
  nCategories: ArrayLike<number>,
): string {
  const codes = columns.map((column) => (row[column] >= 0 && row[column] < nCategories[column] ? row[column] : '?'));
  return [...codes, ...tests.map((test) => Number(isTrue(test, row)))].join();
}

/** floor(15 (rows + prior) / (n + 1)), in whole numbers. */
export function binOf(rows: number, prior: number, n: number): number {
  return Math.floor((15 * (2 * rows + 2 * prior)) / (2 * (n + 1)));
}

/** The bins of rows in a statistic, each by the rows before it in `order`. */
export function orderedBins(
  { projection, of }: Statistic,
  { rows, y }: LabelledRows,
  nCategories: ArrayLike<number>,
  order: readonly number[],
): number[] {
  const tuples = rows.map((row) => tupleOf(projection, row, nCategories));
  if (of.kind === 'counter') return countedBins({ projection, of, key: '' }, { rows, y }, nCategories, rows);
  const seen = new Map<string, readonly number[]>();
  const bins = rows.map(() => 0);
  for (const row of order) {
    const before = seen.get(tuples[row]) ?? [];
    bins[row] = binOf(before.filter((label) => label > of.targetBorder).length, of.prior, before.length);
    seen.set(tuples[row], [...before, y[row]]);
  }
  return bins;
}

/** The bins of other rows, by all of these. */
export function countedBins(
  { projection, of }: Statistic,
  { rows, y }: LabelledRows,
  nCategories: ArrayLike<number>,
  others: readonly (readonly number[])[],
): number[] {
  const groups = new Map<string, number[]>();
  rows.forEach((row, i) => {
    const tuple = tupleOf(projection, row, nCategories);
    groups.set(tuple, [...(groups.get(tuple) ?? []), y[i]]);
  });
  const most = Math.max(...[...groups.values()].map((labels) => labels.length));
  return others.map((row) => {
    const labels = groups.get(tupleOf(projection, row, nCategories)) ?? [];
    if (of.kind === 'counter') return binOf(labels.length, 0, most);
    return binOf(labels.filter((label) => label > of.targetBorder).length, of.prior, labels.length);
  });
}
