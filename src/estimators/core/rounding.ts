/** The greatest norm of a rounded row; with queries half as far again, scores stay below 2^31. */
const MAX_ROW_NORM = 32_000;
const MAX_QUERY_NORM = 48_000;
const MAX_INT16 = 32_767;
/** Covers what float64 itself rounds when values are moved to the grid and norms are taken there. */
const SLACK = 1e-6;
/** Below it squares lose bits, so that norms say nothing. */
const MIN_NORM = 2 ** -400;

/** A grid of 16-bit whole numbers over training rows: x' = round((x - centre) · unit). */
export interface Rounding {
  /** Shape: nFeatures. */
  readonly centre: Float64Array;
  /** The rounded units in one unit of the features. */
  readonly unit: number;
}

/** What became of a row: how long it is on the grid, squared, and how far rounding has moved it there. */
export interface Rounded {
  norm: number;
  error: number;
  /** Whether it fits; else the rounded numbers mean nothing. */
  fits: boolean;
}

/**
 * The finest grid around the mean of `x` (shape: n x nFeatures, row-major) that
 * holds nearly all of its rows; undefined where there is none, as for equal rows.
 * A few rows far out may be left off, so that they do not make it coarse.
 */
export function roundingOf(x: Float64Array, nFeatures: number): Rounding | undefined {
  const n = x.length / nFeatures;
  const centre = meansOf(x, nFeatures);
  const norms = new Float64Array(n);
  for (let row = 0, at = 0; row < n; row++) {
    let sum = 0;
    for (let j = 0; j < nFeatures; j++, at++) sum += (x[at] - centre[j]) ** 2;
    norms[row] = Math.sqrt(sum);
  }
  norms.sort();
  const most = norms[n - 1];
  const nearlyMost = norms[n - 1 - (n >> 9)];
  const norm = nearlyMost < most / 4 ? nearlyMost : most;
  // Each coordinate may be rounded up by a half.
  const room = MAX_ROW_NORM - Math.sqrt(nFeatures) / 2;
  return norm > MIN_NORM ? { centre, unit: room / norm } : undefined;
}

function meansOf(x: Float64Array, nFeatures: number): Float64Array {
  const means = new Float64Array(nFeatures);
  for (let at = 0; at < x.length;) for (let j = 0; j < nFeatures; j++, at++) means[j] += x[at];
  const n = x.length / nFeatures;
  for (let j = 0; j < nFeatures; j++) means[j] /= n;
  return means;
}

/**
 * Rounds the row that begins at `rows[from]` to the grid. The feature j goes to `target[at + 2·(j >> 1)·stride + (j & 1)]`:
 * pairs of features beside each other, `stride` pairs from one to the next.
 */
export function round(
  { centre, unit }: Rounding,
  rows: Float64Array,
  from: number,
  target: Int16Array,
  at: number,
  stride: number,
  result: Rounded,
): void {
  let norm = 0;
  let error = 0;
  let largest = 0;
  for (let j = 0; j < centre.length; j++) {
    const exact = (rows[from + j] - centre[j]) * unit;
    const whole = Math.round(exact);
    target[at + 2 * (j >> 1) * stride + (j & 1)] = whole;
    norm += whole * whole;
    error += (exact - whole) * (exact - whole);
    largest = Math.max(largest, Math.abs(whole));
  }
  result.norm = norm;
  result.error = Math.sqrt(error) + SLACK;
  result.fits = largest <= MAX_INT16 && norm <= MAX_QUERY_NORM ** 2;
}

/** Whether it also fits as a training row. */
export function fitsAsRow({ norm, fits }: Rounded): boolean {
  return fits && norm <= MAX_ROW_NORM ** 2;
}
