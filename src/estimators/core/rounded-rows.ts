import { type Placed, Workspace } from '../../kernels/workspace.js';
import { fitsAsRow, round, type Rounded, type Rounding } from './rounding.js';

const LEAST = -(2 ** 31);
const GREATEST = 2 ** 31 - 1;

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

/** Rounds the rows of `x` (shape: n x nFeatures) into blocks. */
export function placeRoundedRows(
  workspace: Workspace,
  x: Float64Array,
  nFeatures: number,
  rounding: Rounding,
): RoundedRows {
  const n = x.length / nFeatures;
  const { pairs, nBlocks, blockBytes } = sizes(n, nFeatures);
  const blocks = workspace.i16((nBlocks * blockBytes) / 2);
  const biases = new Int32Array(blocks.buffer, blocks.byteOffset, blocks.length / 2);
  const order = workspace.u32(nBlocks * 8);
  const step = strideOf(n);
  const rounded: Rounded = { norm: 0, error: 0, fits: true };
  let error = 0;
  for (let place = 0, row = 0; place < nBlocks * 8; place++) {
    const block = ((place >> 3) * blockBytes) / 2;
    const lane = place & 7;
    const bias = block / 2 + lane;
    if (place >= n) {
      biases[bias] = LEAST;
      continue;
    }
    order[place] = row;
    const at = block + 16 + 2 * lane;
    round(rounding, x.subarray(row * nFeatures, (row + 1) * nFeatures), blocks, at, 8, rounded);
    if (fitsAsRow(rounded)) {
      biases[bias] = -Math.floor(rounded.norm / 2);
      error = Math.max(error, rounded.error);
    } else {
      // Too far out for the grid: nothing in it but a score that always has a chance.
      for (let pair = 0; pair < pairs; pair++) blocks[at + 16 * pair] = blocks[at + 16 * pair + 1] = 0;
      biases[bias] = GREATEST;
    }
    row = (row + step) % n;
  }
  return { rounding, blocks, nBlocks, blockBytes, pairs, order, error };
}

/**
 * The step from one row to the next on a walk through all `n`: their order may
 * well be one of distance, and then every row would be nearer than those before.
 */
function strideOf(n: number): number {
  let step = Math.max(1, Math.floor(n * 0.6180339887498949));
  while (gcd(step, n) > 1) step++;
  return step;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
