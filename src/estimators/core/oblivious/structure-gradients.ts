import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { outputsOf } from '../../linear-model.js';
import { placesOf, type ScoredRows } from '../boosting/scored-rows.js';

/** The gradients of the log loss by the scores of rows, with the rows' weights, as the structure of a tree is searched by them. */
export class StructureGradients {
  /** How many pairs of numbers (f32) there are for each row; the last one ends with the weight. */
  readonly nPairs: number;
  /** The address of the first pairs of all rows. */
  readonly pairs: number;
  /** The address of the squared norms (f32) of the gradients; others may write over them. */
  readonly norms: number;
  /** The probabilities (f32, shape: n_classes x nPlaces) that the gradients are taken at, of more than two classes. */
  readonly probabilities: number;
  readonly #workspace: Workspace;
  readonly #nRows: number;
  readonly #nClasses: number;
  readonly #sums: Placed<Float64Array<ArrayBuffer>>;

  static bytes(nRows: number, nClasses: number): number {
    const nPlaces = placesOf(nRows);
    return (
      Workspace.sizeOf(2 * nPlaces * pairsOf(nClasses), 4) +
      Workspace.sizeOf(nPlaces, 4) +
      Workspace.sizeOf(nClasses === 2 ? 0 : nPlaces * nClasses, 4) +
      Workspace.sizeOf(2, 8)
    );
  }

  constructor(workspace: Workspace, nRows: number, nClasses: number) {
    const nPlaces = placesOf(nRows);
    this.#workspace = workspace;
    this.#nRows = nRows;
    this.#nClasses = nClasses;
    this.nPairs = pairsOf(nClasses);
    this.pairs = workspace.f32(2 * nPlaces * this.nPairs).address;
    this.norms = workspace.f32(nPlaces).address;
    this.probabilities = workspace.f32(nClasses === 2 ? 0 : nPlaces * nClasses).address;
    this.#sums = workspace.f64(2);
  }

  /** Takes the scores as they are now. */
  write(rows: ScoredRows): void {
    const { kernels } = this.#workspace;
    const { nPlaces, labels, weights } = rows;
    const scores = rows.scoresOf(0);
    const sums = this.#sums.address;
    if (this.#nClasses === 2) {
      kernels.sigmoidStructure(scores, labels.address, weights.address, nPlaces, this.pairs, this.norms, sums);
      return;
    }
    kernels.softmaxProbabilities(scores, nPlaces, this.#nClasses, this.probabilities);
    kernels.softmaxStructure(
      this.probabilities,
      labels.address,
      weights.address,
      nPlaces,
      this.#nClasses,
      this.pairs,
      this.norms,
      sums,
    );
  }

  /** The address of the pairs of this number, of all rows. */
  pairsAt(pair: number): number {
    return this.pairs + pair * 8 * placesOf(this.#nRows);
  }

  /** The mean of the norms of the gradients. */
  get meanNorm(): number {
    return this.#sums[0] / this.#nRows;
  }

  /** The root of the mean of their squares. */
  get deviation(): number {
    return Math.sqrt(this.#sums[1] / this.#nRows);
  }
}

/** How many pairs the gradients and the weight of a row make. */
export function pairsOf(nClasses: number): number {
  return Math.floor(outputsOf(nClasses) / 2) + 1;
}
