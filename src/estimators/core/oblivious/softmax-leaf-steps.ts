import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ScoredRows } from '../boosting/scored-rows.js';
import { Cholesky } from '../linear/cholesky.js';
import type { LeafFinder } from './leaf-finder.js';
import { LeafRows } from './leaf-rows.js';
import { backtrack, type FoldedRows, type LeafSteps } from './leaf-steps.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** What is added to the diagonal of a matrix is at least so large a share of it (FLT_EPSILON). */
const LEAST_PENALTY = 2 ** -23;
/** And so large a share of the weight of the rows: slopes of rows that are certain are no more than what rounding has left. */
const ROUNDING = 1e-12;
/** After so many multiplications, a few milliseconds of work, others may have their say. */
const PAUSE_PRODUCTS = 4_000_000;

/** Newton's steps in the leaves of more than two classes, by all second derivatives. */
export class SoftmaxLeafSteps implements LeafSteps {
  readonly #workspace: Workspace;
  readonly #folded: FoldedRows;
  readonly #finder: LeafFinder;
  readonly #leafRows: LeafRows;
  readonly #probabilities: number;
  readonly #steps: number;
  readonly #l2: number;
  readonly #pause: () => void;
  readonly #next: Placed<Uint32Array<ArrayBuffer>>;
  readonly #listed: Placed<Uint32Array<ArrayBuffer>>;
  readonly #row: Placed<Float64Array<ArrayBuffer>>;
  readonly #slopes: Placed<Float64Array<ArrayBuffer>>;
  readonly #matrix: Placed<Float64Array<ArrayBuffer>>;
  readonly #values: Placed<Float32Array<ArrayBuffer>>;
  readonly #sums: Placed<Float64Array<ArrayBuffer>>;
  /** Of the fold that steps are taken in. */
  #rows: ScoredRows;
  #scores: Placed<Float32Array<ArrayBuffer>>;
  #stepped: Placed<Float32Array<ArrayBuffer>>;

  static bytes(nRows: number, nPlaces: number, nClasses: number, depth: number, steps: number): number {
    return (
      LeafRows.bytes(depth, false) +
      Workspace.sizeOf(2 ** depth, 4) +
      Workspace.sizeOf(nRows, 4) +
      Workspace.sizeOf(nClasses + 1, 8) +
      Workspace.sizeOf(nClasses, 8) +
      Workspace.sizeOf(nClasses * nClasses + 1, 8) +
      Workspace.sizeOf(2 ** depth, 4) +
      Workspace.sizeOf(2, 8) +
      2 * Workspace.sizeOf(steps === 1 ? 0 : nPlaces * nClasses, 4)
    );
  }

  /**
   * @param probabilities the address of room for the probabilities (f32, shape: n_classes x nPlaces) of all rows
   * @param steps how many there are, at least 1
   * @param l2 the penalty on leaves, for the mean weight of rows
   * @param pause called every few milliseconds
   */
  constructor(
    workspace: Workspace,
    folded: FoldedRows,
    finder: LeafFinder,
    probabilities: number,
    depth: number,
    steps: number,
    l2: number,
    pause: () => void,
  ) {
    const [rows] = folded.folds;
    const nClasses = rows.nOutputs;
    this.#workspace = workspace;
    this.#folded = folded;
    this.#rows = folded.folds[0];
    this.#finder = finder;
    this.#leafRows = new LeafRows(workspace, finder, this.#rows, depth, false);
    this.#probabilities = probabilities;
    this.#steps = steps;
    this.#l2 = l2;
    this.#pause = pause;
    this.#next = workspace.u32(2 ** depth);
    this.#listed = workspace.u32(finder.leaves.length);
    this.#row = workspace.f64(nClasses + 1);
    this.#slopes = workspace.f64(nClasses);
    this.#matrix = workspace.f64(nClasses * nClasses + 1);
    this.#values = workspace.f32(2 ** depth);
    this.#sums = workspace.f64(2);
    const nTried = steps === 1 ? 0 : rows.nPlaces * nClasses;
    this.#scores = workspace.f32(nTried);
    this.#stepped = workspace.f32(nTried);
  }

  countLeaves(splits: readonly ObliviousSplit[], fold: number): Uint32Array {
    return this.#leafRows.countLeaves(splits, fold, (projection) => this.#folded.tilesOf(projection, fold));
  }

  take(splits: readonly ObliviousSplit[], fold: number): Float64Array {
    this.#rows = this.#folded.folds[fold];
    const counts = this.#leafRows.count(splits, fold, (projection) => this.#folded.tilesOf(projection, fold));
    this.#list(counts);
    let scores = this.#rows.scoresOf(0);
    if (this.#steps > 1) {
      this.#scores.set(new Float32Array(this.#scores.buffer, scores, this.#scores.length));
      scores = this.#scores.address;
    }
    let step = new Float64Array(counts.length * this.#rows.nOutputs);
    return backtrack(
      this.#steps,
      () => (step = this.#newton(counts, scores)),
      (scale) => this.#lossAfter(step, scale, counts.length),
      () => {
        [this.#scores, this.#stepped] = [this.#stepped, this.#scores];
        scores = this.#scores.address;
      },
      () => this.#loss(scores),
    );
  }

  weigh(): Float64Array {
    return this.#leafRows.weigh(this.#rows.weights.address);
  }

  /** Lists the rows leaf by leaf. */
  #list(counts: Uint32Array): void {
    let place = 0;
    counts.forEach((count, leaf) => {
      this.#next[leaf] = place;
      place += count;
    });
    const { address, length } = this.#finder.leaves;
    this.#workspace.kernels.listByLeaf(address, length, this.#next.address, this.#listed.address);
    this.#pause();
  }

  /** The step of each leaf from these scores. */
  #newton(counts: Uint32Array, scores: number): Float64Array<ArrayBuffer> {
    const { kernels } = this.#workspace;
    const { nPlaces, nOutputs: nClasses, labels, weights } = this.#rows;
    kernels.softmaxProbabilities(scores, nPlaces, nClasses, this.#probabilities);
    const steps = new Float64Array(counts.length * nClasses);
    let first = 0;
    let since = 0;
    counts.forEach((count, leaf) => {
      if (count === 0) return;
      const weight = kernels.leafCurvature(
        this.#listed.address + first * 4,
        count,
        this.#probabilities,
        nPlaces * 4,
        nClasses,
        labels.address,
        weights.address,
        this.#row.address,
        this.#slopes.address,
        this.#matrix.address,
      );
      this.#solve(weight);
      steps.set(this.#slopes, leaf * nClasses);
      first += count;
      since += (count + nClasses) * nClasses * nClasses;
      if (since < PAUSE_PRODUCTS) return;
      since = 0;
      this.#pause();
    });
    return steps;
  }

  /** Replaces the slopes of a leaf, whose rows have this weight, by its step. */
  #solve(weight: number): void {
    const n = this.#slopes.length;
    let largest = 0;
    for (let k = 0; k < n; k++) largest = Math.max(largest, this.#matrix[k * n + k]);
    const penalty = Math.max(this.#l2, LEAST_PENALTY * largest, ROUNDING * weight);
    for (let k = 0; k < n; k++) this.#matrix[k * n + k] += penalty;
    new Cholesky(this.#matrix, n, penalty / 2).solve(this.#slopes, 0);
  }

  #lossAfter(step: Float64Array, scale: number, nLeaves: number): number {
    const { nPlaces, nOutputs: nClasses } = this.#rows;
    this.#stepped.set(this.#scores);
    for (let k = 0; k < nClasses; k++) {
      for (let leaf = 0; leaf < nLeaves; leaf++) this.#values[leaf] = scale * step[leaf * nClasses + k];
      this.#finder.addTo(this.#stepped.address + k * nPlaces * 4, this.#values.address);
    }
    const loss = this.#loss(this.#stepped.address);
    this.#pause();
    return loss;
  }

  #loss(scores: number): number {
    const { nPlaces, nOutputs: nClasses, labels, weights } = this.#rows;
    const { address } = this.#sums;
    this.#workspace.kernels.softmaxLogLoss(scores, labels.address, weights.address, nPlaces, nClasses, 1, address);
    return this.#sums[0];
  }
}
