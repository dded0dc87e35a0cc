import { type Placed, Workspace } from '../../kernels/workspace.js';
import { forParts, type InParts } from '../in-parts.js';
import { goldenStep } from './golden-step.js';
import { fitsAsRow, round, type Rounded, roundedValue, type Rounding, rowsOfPart } from './rounding.js';

/** In so few dimensions one of them says much of a distance, and rows are sorted by it. */
const MAX_SORTED_FEATURES = 4;
const LEAST = -(2 ** 31);
const GREATEST = 2 ** 31 - 1;
/** How many rows are put in order at a time: each may be the first of a page of memory. */
const SCATTERED = 512;

/** The training rows as the kernels `scanQuad` and `scanOne` read them. */
export interface RoundedRows {
  readonly rounding: Rounding;
  /** Blocks of eight rows; see the kernels. */
  readonly blocks: Placed<Int16Array>;
  readonly nBlocks: number;
  readonly blockBytes: number;
  readonly pairs: number;
  /** The row at each place of the blocks. */
  readonly order: Placed<Uint32Array>;
  /** The furthest that rounding has moved a row. */
  readonly error: number;
  /** The feature by which the rows are sorted, and its first and last value in each block. */
  readonly leading?: { readonly feature: number; readonly first: Int16Array; readonly last: Int16Array };
}

function sizes(n: number, nFeatures: number) {
  const pairs = Math.ceil(nFeatures / 2);
  return { pairs, nBlocks: Math.ceil(n / 8), blockBytes: 32 * (pairs + 1) };
}

/** The bytes that `placeRoundedRows` takes of a workspace. */
export function roundedRowsBytes(n: number, nFeatures: number): number {
  const { nBlocks, blockBytes } = sizes(n, nFeatures);
  return Workspace.sizeOf(nBlocks * blockBytes, 1) + Workspace.sizeOf(nBlocks * 8, 4);
}

/** Rounds the rows of `x` (shape: n x nFeatures) into blocks, in parts. */
export function* placeRoundedRows(
  workspace: Workspace,
  x: Placed<Float64Array>,
  nFeatures: number,
  rounding: Rounding,
): InParts<RoundedRows> {
  const n = x.length / nFeatures;
  const { pairs, nBlocks, blockBytes } = sizes(n, nFeatures);
  const blocks = workspace.i16((nBlocks * blockBytes) / 2);
  const biases = new Int32Array(blocks.buffer, blocks.byteOffset, blocks.length / 2);
  const order = workspace.u32(nBlocks * 8);
  const leading = nFeatures <= MAX_SORTED_FEATURES ? yield* widestFeature(x, rounding) : undefined;
  if (leading === undefined) yield* mix(order.subarray(0, n));
  else yield* sortBy(order, x, nFeatures, leading, rounding);

  const rounded: Rounded = { norm: 0, error: 0, fits: true };
  let error = 0;
  let allFit = true;
  const placeRow = (place: number) => {
    const block = ((place >> 3) * blockBytes) / 2;
    const lane = place & 7;
    const bias = block / 2 + lane;
    if (place >= n) {
      biases[bias] = LEAST;
      return;
    }
    const at = block + 16 + 2 * lane;
    round(workspace, rounding, x.address + order[place] * nFeatures * 8, blocks.address + 2 * at, 32, rounded);
    if (fitsAsRow(rounded)) {
      biases[bias] = -Math.floor(rounded.norm / 2);
      error = Math.max(error, rounded.error);
    } else {
      // Too far out for the grid: nothing in it but a score that always has a chance.
      for (let pair = 0; pair < pairs; pair++) blocks[at + 16 * pair] = blocks[at + 16 * pair + 1] = 0;
      biases[bias] = GREATEST;
      allFit = false;
    }
  };
  const placeRows = (from: number, to: number) => {
    for (let place = from; place < to; place++) placeRow(place);
  };
  yield* forParts(nBlocks * 8, placeRows, rowsOfPart(nFeatures));
  const placedRows = { rounding, blocks, nBlocks, blockBytes, pairs, order, error };
  // Rows that always have a chance must not be stopped short of.
  if (leading === undefined || !allFit) return placedRows;
  const valueAt = (place: number) =>
    blocks[((place >> 3) * blockBytes) / 2 + 16 + 16 * (leading >> 1) + 2 * (place & 7) + (leading & 1)];
  const first = new Int16Array(nBlocks);
  const last = new Int16Array(nBlocks);
  yield* forParts(nBlocks, (from, to) => {
    for (let block = from; block < to; block++) {
      first[block] = valueAt(8 * block);
      last[block] = valueAt(Math.min(n, 8 * block + 8) - 1);
    }
  });
  return { ...placedRows, leading: { feature: leading, first, last } };
}

/** The feature that varies most. */
function* widestFeature(x: Float64Array, { centre, unit }: Rounding): InParts<number> {
  const squares = new Float64Array(centre.length);
  const add = (from: number, to: number) => {
    for (let at = from; at < to;)
      for (let j = 0; j < centre.length; j++, at++) squares[j] += ((x[at] - centre[j]) * unit) ** 2;
  };
  yield* forParts(x.length, add, rowsOfPart(centre.length) * centre.length);
  return squares.indexOf(Math.max(...squares));
}

/** Fills `order` with the rows, sorted by the rounded values of a feature. */
function* sortBy(
  order: Uint32Array,
  x: Float64Array,
  nFeatures: number,
  feature: number,
  rounding: Rounding,
): InParts<void> {
  const n = x.length / nFeatures;
  const values = new Int16Array(n);
  // First how many rows have a value, then where those of a value begin.
  const begins = new Uint32Array(65_537);
  yield* forParts(n, (from, to) => {
    for (let row = from; row < to; row++) {
      values[row] = roundedValue(rounding, x[row * nFeatures + feature], feature);
      begins[values[row] + 32_769]++;
    }
  });
  for (let i = 1; i < begins.length; i++) begins[i] += begins[i - 1];
  const place = (from: number, to: number) => {
    for (let row = from; row < to; row++) order[begins[values[row] + 32_768]++] = row;
  };
  yield* forParts(n, place, SCATTERED);
}

/**
 * Fills `order` with the rows, far from each other: their own order may well be
 * one of distance, and then every row would be nearer than those before.
 */
function* mix(order: Uint32Array): InParts<void> {
  const n = order.length;
  const step = goldenStep(n);
  let row = 0;
  yield* forParts(n, (from, to) => {
    for (let place = from; place < to; place++, row = (row + step) % n) order[place] = row;
  });
}
