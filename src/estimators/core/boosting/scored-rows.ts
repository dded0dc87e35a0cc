import { type Placed, Workspace } from '../../../kernels/workspace.js';

/** Rows with labels and weights, as they are given. */
export interface LabelledRows {
  readonly nRows: number;
  /** Shape: nRows, class indexes. */
  readonly y: Int32Array;
  /** Shape: nRows; absent: all 1. */
  readonly weights?: Float64Array;
}

/**
 * The scores of rows, one a class, or a single one for two classes, and how good
 * they are. For the kernels' sake labels, weights and scores are filled up to a
 * multiple of 4 rows, by rows of weight 0.
 */
export class ScoredRows {
  /** The rows with those that fill up. */
  readonly nPlaces: number;
  /** Shape: nPlaces, class indexes. */
  readonly labels: Placed<Int32Array<ArrayBuffer>>;
  /** Shape: nPlaces. */
  readonly weights: Placed<Float32Array<ArrayBuffer>>;
  readonly #workspace: Workspace;
  readonly #scores: Placed<Float32Array<ArrayBuffer>>;
  readonly #sums: Placed<Float64Array<ArrayBuffer>>;

  static bytes(nRows: number, nOutputs: number): number {
    const nPlaces = placesOf(nRows);
    return 2 * Workspace.sizeOf(nPlaces, 4) + Workspace.sizeOf(nPlaces * nOutputs, 4) + Workspace.sizeOf(2, 8);
  }

  /** @param start shape: n_outputs, the scores before the first tree */
  constructor(
    workspace: Workspace,
    { nRows, y, weights }: LabelledRows,
    private readonly start: Float64Array,
  ) {
    this.nPlaces = placesOf(nRows);
    this.#workspace = workspace;
    this.labels = workspace.i32(this.nPlaces);
    this.labels.set(y);
    this.weights = workspace.f32(this.nPlaces);
    if (weights === undefined) this.weights.fill(1, 0, nRows);
    else this.weights.set(weights);
    this.#scores = workspace.f32(this.nPlaces * this.nOutputs);
    start.forEach((score, output) => this.#scores.fill(score, output * this.nPlaces, (output + 1) * this.nPlaces));
    this.#sums = workspace.f64(2);
  }

  get nOutputs(): number {
    return this.start.length;
  }

  /** The address of the scores of an output (f32, shape: nPlaces). */
  scoresOf(output: number): number {
    return this.#scores.address + output * this.nPlaces * 4;
  }

  /** The mean log loss, in nats, of about `most` of the rows. */
  logLoss(most = Infinity): number {
    const { kernels } = this.#workspace;
    const { labels, weights, nPlaces, nOutputs } = this;
    const [scores, sums] = [this.#scores.address, this.#sums.address];
    const step = Math.max(1, Math.floor(nPlaces / most));
    if (nOutputs === 1) kernels.sigmoidLogLoss(scores, labels.address, weights.address, nPlaces, step, sums);
    else kernels.softmaxLogLoss(scores, labels.address, weights.address, nPlaces, nOutputs, step, sums);
    return this.#sums[0] / this.#sums[1];
  }
}

/** The places that rows take: their number, filled up to a multiple of 4. */
export function placesOf(nRows: number): number {
  return Math.ceil(nRows / 4) * 4;
}
