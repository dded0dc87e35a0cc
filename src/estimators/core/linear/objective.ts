import type { SigmoidLoss, SoftmaxLoss } from '../../../kernels/linear-kernels.js';
import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { BLOCK, type BlockedRows, bytesOf, type Storage, widthOf } from './blocked-rows.js';
import type { SmoothFunction } from './minimiser.js';
import type { ScaledPenalty } from './penalty.js';

/** Products of a call of a kernel, about 10 ms: cancellations are heard between calls. */
export const PRODUCTS_PER_CALL = 3e7;

/** The rows and the precision that the loss is evaluated with. */
export interface Evaluation {
  /** As many blocks from the beginning. */
  readonly blocks: number;
  readonly arithmetic: Storage;
}

/**
 * The mean log loss of scaled rows with the L2 penalty, as a function of the
 * parameters: shape nOutputs x (width + 1), the intercept at the end of each row.
 */
export class LogisticObjective implements SmoothFunction {
  readonly size: number;
  readonly #workspace: Workspace;
  readonly #rows: BlockedRows;
  readonly #nOutputs: number;
  readonly #l2: Float64Array;
  readonly #fitIntercept: boolean;
  readonly #onCall: () => void;
  readonly #coef: { readonly single: Placed<Float32Array>; readonly double: Placed<Float64Array> };
  readonly #gradient: Placed<Float64Array>;
  readonly #scratch: Placed<Float64Array>;
  #evaluation: Evaluation;
  #weight = 0;
  #loss: number | undefined;

  /** @param onCall is called between the kernel calls of an evaluation; what it throws ends it. */
  constructor(
    workspace: Workspace,
    rows: BlockedRows,
    nOutputs: number,
    penalty: ScaledPenalty,
    fitIntercept: boolean,
    onCall: () => void,
  ) {
    this.size = nOutputs * (rows.width + 1);
    this.#workspace = workspace;
    this.#rows = rows;
    this.#nOutputs = nOutputs;
    this.#l2 = penalty.l2;
    this.#fitIntercept = fitIntercept;
    this.#onCall = onCall;
    this.#coef = { single: workspace.f32(this.size), double: workspace.f64(this.size) };
    this.#gradient = workspace.f64(this.size);
    this.#scratch = workspace.f64((nOutputs + 1) * BLOCK);
    this.#evaluation = { blocks: 0, arithmetic: rows.storage };
  }

  /** The bytes that an objective places in its workspace. */
  static bytes(nFeatures: number, nOutputs: number): number {
    const size = nOutputs * (widthOf(nFeatures) + 1);
    return Workspace.sizeOf(size, 4) + 2 * Workspace.sizeOf(size, 8) + Workspace.sizeOf((nOutputs + 1) * BLOCK, 8);
  }

  /** The mean loss at the last evaluation, without the penalty. */
  get loss(): number | undefined {
    return this.#loss;
  }

  /** What the next evaluations are made with. */
  use(evaluation: Evaluation): void {
    this.#evaluation = evaluation;
    this.#weight = this.#rows.weightOf(evaluation.blocks);
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const loss = this.#sumLosses(parameters) / this.#weight;
    this.#loss = loss;
    const sums = this.#gradient;
    for (let i = 0; i < this.size; i++) gradient[i] = sums[i] / this.#weight;

    const { width } = this.#rows;
    let penalty = 0;
    for (let k = 0; k < this.#nOutputs; k++) {
      const from = k * (width + 1);
      for (let j = 0; j < this.#l2.length; j++) {
        const pull = this.#l2[j] * parameters[from + j];
        gradient[from + j] += pull;
        penalty += 0.5 * pull * parameters[from + j];
      }
      if (!this.#fitIntercept) gradient[from + width] = 0;
    }
    return loss + penalty;
  }

  /** Leaves the sums of the gradient in the workspace. */
  #sumLosses(parameters: Float64Array): number {
    const { blocks, arithmetic } = this.#evaluation;
    const rows = this.#rows;
    const nOutputs = this.#nOutputs;
    const coef = this.#coef[arithmetic];
    coef.set(parameters);
    this.#gradient.fill(0);
    const { sigmoid, softmax } = this.#kernels(arithmetic);
    const [gradient, scratch] = [this.#gradient.address, this.#scratch.address];
    const storedBytes = bytesOf(rows.storage);
    const perCall = Math.max(1, Math.floor(PRODUCTS_PER_CALL / (2 * BLOCK * rows.width * nOutputs)));
    let sum = 0;
    for (let first = 0; first < blocks; first += perCall) {
      if (first > 0) this.#onCall();
      const count = Math.min(perCall, blocks - first);
      const row = first * BLOCK;
      const x = rows.x.address + row * rows.width * storedBytes;
      const weights = rows.weights.address + row * storedBytes;
      const labels = rows.labels.address + row * 4;
      sum +=
        nOutputs === 1
          ? sigmoid(x, labels, weights, count, rows.width, coef.address, scratch, gradient)
          : softmax(x, labels, weights, count, rows.width, nOutputs, coef.address, scratch, gradient);
    }
    return sum;
  }

  #kernels(arithmetic: Storage): { sigmoid: SigmoidLoss; softmax: SoftmaxLoss } {
    const { kernels } = this.#workspace;
    if (arithmetic === 'single') return { sigmoid: kernels.sigmoidLoss32, softmax: kernels.softmaxLoss32 };
    if (this.#rows.storage === 'double') return { sigmoid: kernels.sigmoidLoss64, softmax: kernels.softmaxLoss64 };
    return { sigmoid: kernels.sigmoidLossMixed, softmax: kernels.softmaxLossMixed };
  }
}
