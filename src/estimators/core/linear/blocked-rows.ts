import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TrainingSet } from '../../estimator.js';
import type { Moments, Scaling } from './scaling.js';

/** The rows of a block; src/kernels/assembly/linear.ts has it too. */
export const BLOCK = 64;

/** Numbers copied between two looks at whether to go on, about 10 ms. */
const NUMBERS_PER_CALL = 4e6;

/** The precision that rows are stored in. */
export type Storage = 'single' | 'double';

/** The features, filled up with zeros to a multiple of 4. */
export function widthOf(nFeatures: number): number {
  return Math.ceil(nFeatures / 4) * 4;
}

export function bytesOf(storage: Storage): number {
  return storage === 'single' ? 4 : 8;
}

/** The training rows as the kernels read them. */
export class BlockedRows {
  readonly storage: Storage;
  readonly nRows: number;
  readonly nBlocks: number;
  readonly width: number;
  /** Shape: nBlocks x width x BLOCK. */
  readonly x: Placed<Float32Array | Float64Array>;
  /** Shape: nBlocks x BLOCK. */
  readonly labels: Placed<Int32Array>;
  /** Shape: nBlocks x BLOCK, with a mean of 1; 0 for the rows that fill up the last block. */
  readonly weights: Placed<Float32Array | Float64Array>;
  readonly #workspace: Workspace;
  readonly #training: TrainingSet;
  readonly #order: Uint32Array;
  /** A block as it came: BLOCK x n_features, and what vectors read beyond. */
  readonly #raw: Placed<Float64Array>;
  /** For the kernels' arguments and results by feature. */
  readonly #columns: readonly Placed<Float64Array>[];

  readonly #onCall: () => void;

  /**
   * Places the rows named by `order`; X follows by `place`.
   *
   * @param onCall is called now and then; what it throws ends the work.
   */
  constructor(workspace: Workspace, training: TrainingSet, order: Uint32Array, storage: Storage, onCall: () => void) {
    const { y, nFeatures, sampleWeight } = training;
    const numbers = (length: number) => (storage === 'single' ? workspace.f32(length) : workspace.f64(length));
    this.storage = storage;
    this.nRows = order.length;
    this.nBlocks = Math.ceil(order.length / BLOCK);
    this.width = widthOf(nFeatures);
    const labels = workspace.i32(this.nBlocks * BLOCK);
    this.labels = labels;
    this.weights = numbers(this.nBlocks * BLOCK);
    this.#raw = workspace.f64(BLOCK * nFeatures + 1);
    this.#columns = [0, 1, 2].map(() => workspace.f64(this.width));
    this.x = numbers(this.nBlocks * this.width * BLOCK);
    this.#workspace = workspace;
    this.#training = training;
    this.#order = order;
    this.#onCall = onCall;

    for (let position = 0; position < order.length; position++) labels[position] = y[order[position]];
    if (sampleWeight === undefined) this.weights.fill(1, 0, order.length);
    else this.#placeWeights(sampleWeight);
  }

  /** The bytes that rows take in a workspace. */
  static bytes(nRows: number, nFeatures: number, storage: Storage): number {
    const places = Math.ceil(nRows / BLOCK) * BLOCK;
    const width = widthOf(nFeatures);
    return (
      Workspace.sizeOf(places, 4) +
      Workspace.sizeOf(places, bytesOf(storage)) +
      Workspace.sizeOf(BLOCK * nFeatures + 1, 8) +
      3 * Workspace.sizeOf(width, 8) +
      Workspace.sizeOf(places * width, bytesOf(storage))
    );
  }

  /** Means and mean squares about them; about 0 unless `centred`. */
  moments(centred: boolean): Moments {
    const { x, nFeatures } = this.#training;
    const first = this.#order[0] * nFeatures;
    // About a row, so that a constant is its own mean exactly.
    const about = centred ? x.slice(first, first + nFeatures) : new Float64Array(nFeatures);
    const near = this.#momentsAbout(about);
    const mean = near.mean.map((value, j) => (centred ? about[j] + value : 0));
    if (!centred) return { mean, square: near.square };
    const square = near.square.map((value, j) => value - near.mean[j] ** 2);
    // Should that row be far away from all others, the difference is rounding.
    if (!square.some((value, j) => value < 1e-6 * near.square[j])) return { mean, square };
    const again = this.#momentsAbout(mean);
    return { mean, square: again.square.map((value, j) => (near.square[j] === 0 ? 0 : value)) };
  }

  /** The sum of the weights in the first `blocks` blocks. */
  weightOf(blocks: number): number {
    let sum = 0;
    for (let i = 0; i < blocks * BLOCK; i++) sum += this.weights[i];
    return sum;
  }

  /** Scales X into its place. */
  place(scaling: Scaling): void {
    const [unit, centre, inverse] = this.#columns;
    // The kernels of moments leave something beyond the last feature.
    for (const column of this.#columns) column.fill(0);
    unit.set(scaling.unit);
    centre.set(scaling.centre);
    inverse.set(scaling.inverse);
    const { placeBlock32, placeBlock64 } = this.#workspace.kernels;
    const placeBlock = this.storage === 'single' ? placeBlock32 : placeBlock64;
    const bytes = this.width * BLOCK * bytesOf(this.storage);
    for (let block = 0; block < this.nBlocks; block++) {
      this.#stage(block);
      const to = this.x.address + block * bytes;
      const { nFeatures } = this.#training;
      placeBlock(this.#raw.address, nFeatures, this.width, unit.address, centre.address, inverse.address, to);
    }
  }

  #momentsAbout(about: Float64Array): Moments {
    const [shift, sums, squares] = this.#columns;
    for (const column of this.#columns) column.fill(0);
    shift.set(about);
    const { addColumnMoments32, addColumnMoments64 } = this.#workspace.kernels;
    const add = this.storage === 'single' ? addColumnMoments32 : addColumnMoments64;
    const { nFeatures } = this.#training;
    for (let block = 0; block < this.nBlocks; block++) {
      this.#stage(block);
      const weights = this.weights.address + block * BLOCK * bytesOf(this.storage);
      add(this.#raw.address, weights, nFeatures, shift.address, sums.address, squares.address);
    }
    const total = this.weightOf(this.nBlocks);
    return {
      mean: sums.slice(0, nFeatures).map((sum) => sum / total),
      square: squares.slice(0, nFeatures).map((sum) => sum / total),
    };
  }

  /** Copies a block as it came, in runs of rows that lie side by side; the last row fills up the last block. */
  #stage(block: number): void {
    const { x, nFeatures } = this.#training;
    if (block % Math.ceil(NUMBERS_PER_CALL / (BLOCK * this.width)) === 0 && block > 0) this.#onCall();
    const order = this.#order;
    const start = block * BLOCK;
    const end = Math.min(start + BLOCK, this.nRows);
    for (let position = start; position < end;) {
      const row = order[position];
      let length = 1;
      while (position + length < end && order[position + length] === row + length) length++;
      this.#raw.set(x.subarray(row * nFeatures, (row + length) * nFeatures), (position - start) * nFeatures);
      position += length;
    }
    const last = (end - 1 - start) * nFeatures;
    for (let lane = end - start; lane < BLOCK; lane++) this.#raw.copyWithin(lane * nFeatures, last, last + nFeatures);
  }

  #placeWeights(sampleWeight: Float64Array): void {
    const order = this.#order;
    // Relative to the heaviest: the sum of large weights may overflow.
    let heaviest = 0;
    for (const i of order) heaviest = Math.max(heaviest, sampleWeight[i]);
    let sum = 0;
    for (const i of order) sum += sampleWeight[i] / heaviest;
    const mean = (sum / order.length) * heaviest;
    for (let position = 0; position < order.length; position++) {
      this.weights[position] = sampleWeight[order[position]] / mean;
    }
  }
}
