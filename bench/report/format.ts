/** "0.48 to 0.55": the least and the most. */
export function formatSpread(values: readonly number[], format = (value: number) => value.toFixed(2)): string {
  return `${format(Math.min(...values))} to ${format(Math.max(...values))}`;
}

/** Milliseconds in three digits: "0.00659", "17.6", "30,700". */
export function formatMs(ms: number): string {
  return Number(ms.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** The size of a table, and which of its columns have categories, if any. */
export interface TableSize {
  readonly rows: number;
  readonly columns: number;
  readonly categorical?: readonly number[];
}

/** "1,000 × 20 (13 categorical)". */
export function formatSize({ rows, columns, categorical = [] }: TableSize): string {
  const size = `${formatCount(rows)} × ${columns}`;
  return categorical.length === 0 ? size : `${size} (${categorical.length} categorical)`;
}

/** "99.93 %", and 100 % only where it is all of them. */
export function formatShare(count: number, total: number): string {
  return count === total ? '100 %' : `${(Math.floor((10_000 * count) / total) / 100).toFixed(2)} %`;
}

/** "1.3e-9"; 0 as "0". */
export function formatSmall(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

/** With its sign: "−1.3e-9", "+2.0e-8". */
export function formatSigned(value: number, format: (absolute: number) => string = formatSmall): string {
  const text = format(Math.abs(value));
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}
