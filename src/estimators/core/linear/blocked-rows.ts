import type { Placed, Workspace } from '../../../kernels/workspace.js';
import { Workspace as Memory } from '../../../kernels/workspace.js';
import type { TrainingSet } from '../../estimator.js';
import type { Scaling } from './scaling.js';

/** The rows of a block; src/kernels/assembly/linear.ts has it too. */
export const BLOCK = 64;

/** The precision that rows are stored in. */
export type Storage = 'single' | 'double';

type Numbers = Placed<Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>;

/** The training rows as the kernels read them. */
export interface BlockedRows {
  readonly storage: Storage;
  readonly nRows: number;
  readonly nBlocks: number;
  /** The features, filled up with zeros to a multiple of 4. */
  readonly width: number;
  /** Shape: nBlocks x width x BLOCK. */
  readonly x: Numbers;
  /** Shape: nBlocks x BLOCK; two classes: 1 for the second, -1 for the first. */
  readonly signs: Numbers | undefined;
  /** Shape: nBlocks x BLOCK; more classes: their indexes. */
  readonly labels: Placed<Int32Array<ArrayBuffer>> | undefined;
  /** Shape: nBlocks x BLOCK, with a mean of 1; 0 for the rows that fill up the last block. */
  readonly weights: Numbers;
}

export function widthOf(nFeatures: number): number {
  return Math.ceil(nFeatures / 4) * 4;
}

export function bytesOf(storage: Storage): number {
  return storage === 'single' ? 4 : 8;
}

/** The bytes that `placeRows` takes. */
export function rowBytes(nRows: number, nFeatures: number, nClasses: number, storage: Storage): number {
  const places = Math.ceil(nRows / BLOCK) * BLOCK;
  const width = bytesOf(storage);
  return (
    Memory.sizeOf(places * widthOf(nFeatures), width) +
    Memory.sizeOf(places, nClasses === 2 ? width : 4) +
    Memory.sizeOf(places, width)
  );
}

/** Places the rows named by `order` in a workspace, scaled. */
export function placeRows(
  workspace: Workspace,
  training: TrainingSet,
  order: Uint32Array,
  scaling: Scaling,
  storage: Storage,
): BlockedRows {
  const { x, y, nFeatures, nClasses, sampleWeight } = training;
  const nRows = order.length;
  const nBlocks = Math.ceil(nRows / BLOCK);
  const width = widthOf(nFeatures);
  const numbers = (length: number): Numbers => (storage === 'single' ? workspace.f32(length) : workspace.f64(length));
  const rows = {
    storage,
    nRows,
    nBlocks,
    width,
    x: numbers(nBlocks * width * BLOCK),
    signs: nClasses === 2 ? numbers(nBlocks * BLOCK) : undefined,
    labels: nClasses === 2 ? undefined : workspace.i32(nBlocks * BLOCK),
    weights: numbers(nBlocks * BLOCK),
  };
  const unitWeight = sampleWeight === undefined ? 1 : meanOf(sampleWeight, order);
  for (let position = 0; position < nRows; position++) {
    const i = order[position];
    if (rows.signs !== undefined) rows.signs[position] = y[i] === 1 ? 1 : -1;
    if (rows.labels !== undefined) rows.labels[position] = y[i];
    rows.weights[position] = sampleWeight === undefined ? 1 : sampleWeight[i] / unitWeight;
  }
  if (storage === 'single') copySingle(x, nFeatures, order, scaling, rows.x as Float32Array, width);
  else copyDouble(x, nFeatures, order, scaling, rows.x as Float64Array, width);
  return rows;
}

// Twice the same loop: one that met both types of arrays would be several times slower.
function copySingle(
  x: Float64Array,
  nFeatures: number,
  order: Uint32Array,
  { unit, centre, inverse }: Scaling,
  to: Float32Array,
  width: number,
): void {
  for (let position = 0; position < order.length; position++) {
    const from = order[position] * nFeatures;
    const lane = position % BLOCK;
    const at = (position - lane) * width + lane;
    for (let j = 0; j < nFeatures; j++) to[at + j * BLOCK] = (x[from + j] * unit[j] - centre[j]) * inverse[j];
  }
}

function copyDouble(
  x: Float64Array,
  nFeatures: number,
  order: Uint32Array,
  { unit, centre, inverse }: Scaling,
  to: Float64Array,
  width: number,
): void {
  for (let position = 0; position < order.length; position++) {
    const from = order[position] * nFeatures;
    const lane = position % BLOCK;
    const at = (position - lane) * width + lane;
    for (let j = 0; j < nFeatures; j++) to[at + j * BLOCK] = (x[from + j] * unit[j] - centre[j]) * inverse[j];
  }
}

function meanOf(weights: Float64Array, order: Uint32Array): number {
  // The parts first: the sum of large weights may overflow.
  let mean = 0;
  for (const i of order) mean += weights[i] / order.length;
  return mean;
}
