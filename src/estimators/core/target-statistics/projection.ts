/**
 * A test on a row that can be part of a projection: whether its number in a column,
 * rounded to single precision, is above a border (`missing` says what NaN is), or
 * whether it has one category.
 */
export type Test =
  | { readonly column: number; readonly border: number; readonly missing: boolean }
  | { readonly column: number; readonly category: number };

/** What rows are told apart by: their categories in some columns, and the truth of some tests. */
export interface Projection {
  /** Equal for equal projections only. */
  readonly key: string;
  /** Rising. */
  readonly columns: readonly number[];
  readonly tests: readonly Test[];
}

/**
 * What is counted of the rows that a projection does not tell apart, of n rows: those
 * of a class above `targetBorder`, as (rows + prior) / (n + 1); or n itself, in
 * proportion to the largest n.
 */
export type StatisticKind =
  | { readonly kind: 'target'; readonly targetBorder: number; readonly prior: 0 | 0.5 | 1 }
  | { readonly kind: 'counter' };

/** A number that a row gets by what is known of rows like it; it is cut into bins 0 to 15. */
export interface Statistic {
  /** Equal for equal statistics only. */
  readonly key: string;
  readonly projection: Projection;
  readonly of: StatisticKind;
}

/** What a level of a tree asks of a row: the truth of a test, or whether the bin of a statistic is above a cut. */
export type TreeSplit = { readonly test: Test } | { readonly statistic: Statistic; readonly cut: number };

export function projectionOf(columns: readonly number[], tests: readonly Test[]): Projection {
  const sorted = columns.toSorted((a, b) => a - b);
  return { key: `${sorted.join()}|${tests.map(testKey).toSorted().join()}`, columns: sorted, tests };
}

export function statisticOf(projection: Projection, of: StatisticKind): Statistic {
  const what = of.kind === 'counter' ? 'counter' : `${of.targetBorder}+${of.prior}`;
  return { key: `${projection.key}|${what}`, projection, of };
}

export function testKey(test: Test): string {
  if ('category' in test) return `${test.column}=${test.category}`;
  return `${test.column}>${test.border}${test.missing ? '?' : ''}`;
}

/** Whether it is the plain category of a column. */
export function isSingle({ columns, tests }: Projection): boolean {
  return columns.length === 1 && tests.length === 0;
}
