import { type Placed, Workspace } from '../../kernels/workspace.js';
import { forParts, type InParts, PART } from '../in-parts.js';
import { nthSmallest } from './nth-smallest.js';

/** The greatest norm of a rounded row; with queries half as far again, scores stay below 2^31. */
const MAX_ROW_NORM = 32_000;
const MAX_QUERY_NORM = 48_000;
const MAX_INT16 = 32_767;
/** Covers what float64 itself rounds when values are moved to the grid and norms are taken there. */
const SLACK = 1e-6;
/** Below it squares lose bits, so that norms say nothing. */
const MIN_NORM = 2 ** -400;

/** A grid of 16-bit whole numbers over training rows: x' = floor((x - centre) unit + 1/2). */
export interface Rounding {
  /** Shape: nFeatures. */
  readonly centre: Placed<Float64Array>;
  /** The rounded units in one unit of the features. */
  readonly unit: number;
  /** What the kernel says of a row. */
  readonly report: Placed<Float64Array>;
}

/** What became of a row: how long it is on the grid, squared, and how far rounding has moved it there. */
export interface Rounded {
  norm: number;
  error: number;
  /** Whether it fits; else the rounded numbers mean nothing. */
  fits: boolean;
}

/** The bytes that `roundingOf` takes of a workspace. */
export function roundingBytes(nFeatures: number): number {
  return Workspace.sizeOf(nFeatures, 8) + Workspace.sizeOf(3, 8);
}

/**
 * The finest grid around the mean of `x` (shape: n x nFeatures, row-major) that
 * holds nearly all of its rows; undefined where there is none, as for equal rows.
 * A few rows far out may be left off, so that they do not make it coarse.
 */
export function* roundingOf(
  workspace: Workspace,
  x: Placed<Float64Array>,
  nFeatures: number,
): InParts<Rounding | undefined> {
  const n = x.length / nFeatures;
  const centre = workspace.f64(nFeatures);
  const report = workspace.f64(3);
  yield* writeMeans(x, centre);
  const norms = new Float64Array(n);
  let most = 0;
  const measure = (from: number, to: number) => {
    for (let row = from, at = x.address + 8 * nFeatures * from; row < to; row++, at += 8 * nFeatures) {
      norms[row] = Math.sqrt(workspace.kernels.squaredDistance(at, centre.address, nFeatures));
      if (norms[row] > most) most = norms[row];
    }
  };
  yield* forParts(n, measure, rowsOfPart(nFeatures));
  const norm = yield* greatestNorm(norms, most);
  // Each coordinate may be rounded up by a half.
  const room = MAX_ROW_NORM - Math.sqrt(nFeatures) / 2;
  return norm > MIN_NORM ? { centre, unit: room / norm, report } : undefined;
}

/** The greatest of `norms`, which is `most`, or of nearly all of them, where a few are far beyond. */
function* greatestNorm(norms: Float64Array<ArrayBuffer>, most: number): InParts<number> {
  const few = norms.length >> 9;
  let nFar = 0;
  yield* forParts(norms.length, (from, to) => {
    for (let row = from; row < to; row++) if (norms[row] >= most / 4) nFar++;
  });
  return nFar > few ? most : yield* nthSmallest(norms, norms.length - 1 - few);
}

/** How many rows are moved to a grid, or measured, at a time. */
export function rowsOfPart(nFeatures: number): number {
  return Math.max(1, Math.floor(PART / 4 / nFeatures));
}

function* writeMeans(x: Float64Array, means: Float64Array): InParts<void> {
  const nFeatures = means.length;
  const add = (from: number, to: number) => {
    for (let at = from; at < to;) for (let j = 0; j < nFeatures; j++, at++) means[j] += x[at];
  };
  yield* forParts(x.length, add, rowsOfPart(nFeatures) * nFeatures);
  for (let j = 0; j < nFeatures; j++) means[j] /= x.length / nFeatures;
}

/**
 * Rounds the row at the address `row` to the grid, and writes it at `target`:
 * pairs of features, `stride` bytes from one to the next.
 */
export function round(
  { kernels }: Workspace,
  { centre, unit, report }: Rounding,
  row: number,
  target: number,
  stride: number,
  result: Rounded,
): void {
  kernels.roundRow(row, centre.address, centre.length, unit, target, stride, report.address);
  result.norm = report[0];
  result.error = Math.sqrt(report[1]) + SLACK;
  result.fits = report[2] <= MAX_INT16 && result.norm <= MAX_QUERY_NORM ** 2;
}

/** The value of a feature as the grid has it. */
export function roundedValue({ centre, unit }: Rounding, value: number, feature: number): number {
  // As the kernel rounds.
  const whole = Math.floor((value - centre[feature]) * unit + 0.5);
  return Math.max(-MAX_INT16 - 1, Math.min(MAX_INT16, whole));
}

/** Whether it also fits as a training row. */
export function fitsAsRow({ norm, fits }: Rounded): boolean {
  return fits && norm <= MAX_ROW_NORM ** 2;
}
