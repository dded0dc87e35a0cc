import type { Placed, Workspace } from '../../../kernels/workspace.js';
import { placesOf } from '../boosting/scored-rows.js';
import type { RowSampling } from './oblivious-plan.js';
import type { StructureGradients } from './structure-gradients.js';

/** What keeps the least of numbers of single precision from being none. */
const LEAST_EXTRA = 1e-30;

/** The rows that the structure of the next tree is searched by. */
export interface SampledRows {
  /** The address of their list (u32), or 0 for all. */
  readonly rows: number;
  readonly count: number;
}

/** Weighs rows anew for each tree. */
export class RowSampler {
  readonly #workspace: Workspace;
  readonly #sampling: RowSampling;
  readonly #gradients: StructureGradients;
  readonly #nRows: number;
  readonly #rows: Placed<Uint32Array<ArrayBuffer>>;
  readonly #random: number;

  /**
   * @param rows room for a list of rows
   * @param random the address of a stream of random numbers
   */
  constructor(
    workspace: Workspace,
    sampling: RowSampling,
    gradients: StructureGradients,
    rows: Placed<Uint32Array<ArrayBuffer>>,
    random: number,
  ) {
    this.#workspace = workspace;
    this.#sampling = sampling;
    this.#gradients = gradients;
    this.#nRows = rows.length;
    this.#rows = rows;
    this.#random = random;
  }

  /**
   * Multiplies the pairs of all rows by their factors.
   *
   * @param size that of the last tree's leaves, in the scale of the weights; absent: there is none yet
   */
  draw(size: number | undefined): SampledRows {
    const all = { rows: 0, count: this.#nRows };
    const { kernels } = this.#workspace;
    const { norms, pairs, nPairs, meanNorm } = this.#gradients;
    const sampling = this.#sampling;
    const nPlaces = placesOf(this.#nRows);
    if (sampling.by === 'no') return all;
    if (sampling.by === 'bayesian') {
      if (sampling.temperature === 0) return all;
      kernels.bayesianFactors(this.#random, nPlaces, sampling.temperature, norms);
    } else {
      if (sampling.share === 1) return all;
      if (sampling.by === 'bernoulli') kernels.bernoulliFactors(this.#random, nPlaces, sampling.share, norms);
      else {
        const extra = Math.max(LEAST_EXTRA, (size ?? meanNorm) ** 2);
        kernels.drawnFactors(this.#random, this.#nRows, sampling.share, extra, norms);
      }
    }
    const count = kernels.weighRows(norms, this.#nRows, pairs, nPairs, nPlaces, this.#rows.address);
    return count === this.#nRows ? all : { rows: this.#rows.address, count };
  }
}
