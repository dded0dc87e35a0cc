import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ScoredRows } from '../boosting/scored-rows.js';
import type { LeafFinder } from './leaf-finder.js';
import { LeafRows } from './leaf-rows.js';
import { backtrack, type FoldedRows, type LeafSteps } from './leaf-steps.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** The rows of a vector. */
const LANES = 4;

/**
 * Newton's steps in the leaves of two classes. The rows of each leaf and label are
 * brought together once a tree; a step then multiplies their odds by one factor.
 */
export class SigmoidLeafSteps implements LeafSteps {
  readonly #workspace: Workspace;
  readonly #folded: FoldedRows;
  readonly #finder: LeafFinder;
  readonly #leafRows: LeafRows;
  readonly #steps: number;
  readonly #l2: number;
  readonly #pause: () => void;
  readonly #starts: Placed<Uint32Array<ArrayBuffer>>;
  readonly #next: Placed<Uint32Array<ArrayBuffer>>;
  readonly #factors: Placed<Float64Array<ArrayBuffer>>;
  readonly #slopes: Placed<Float64Array<ArrayBuffer>>;
  readonly #weights: Placed<Float32Array<ArrayBuffer>> | undefined;
  /** Of the fold that steps are taken in. */
  #rows: ScoredRows;
  #odds: Placed<Float32Array<ArrayBuffer>>;
  #stepped: Placed<Float32Array<ArrayBuffer>>;

  static bytes(nRows: number, depth: number, weighted: boolean): number {
    const nGroups = 2 * 2 ** depth;
    return (
      LeafRows.bytes(depth, true) +
      2 * Workspace.sizeOf(nGroups + 1, 4) +
      Workspace.sizeOf(nGroups, 8) +
      Workspace.sizeOf(2 * nGroups, 8) +
      (weighted ? 3 : 2) * Workspace.sizeOf(groupedPlaces(nRows, nGroups), 4)
    );
  }

  /**
   * @param weighted whether rows have weights other than 1
   * @param steps how many there are, at least 1
   * @param l2 the penalty on leaves, for the mean weight of rows
   * @param pause called every few milliseconds
   */
  constructor(
    workspace: Workspace,
    folded: FoldedRows,
    finder: LeafFinder,
    depth: number,
    weighted: boolean,
    steps: number,
    l2: number,
    pause: () => void,
  ) {
    const nGroups = 2 * 2 ** depth;
    const nPlaces = groupedPlaces(finder.leaves.length, nGroups);
    this.#workspace = workspace;
    this.#folded = folded;
    this.#rows = folded.folds[0];
    this.#finder = finder;
    this.#leafRows = new LeafRows(workspace, finder, this.#rows, depth, true);
    this.#steps = steps;
    this.#l2 = l2;
    this.#pause = pause;
    this.#starts = workspace.u32(nGroups + 1);
    this.#next = workspace.u32(nGroups + 1);
    this.#factors = workspace.f64(nGroups);
    this.#slopes = workspace.f64(2 * nGroups);
    this.#odds = workspace.f32(nPlaces);
    this.#stepped = workspace.f32(nPlaces);
    this.#weights = weighted ? workspace.f32(nPlaces) : undefined;
  }

  countLeaves(splits: readonly ObliviousSplit[], fold: number): Uint32Array {
    return this.#leafRows.countLeaves(splits, fold, (projection) => this.#folded.tilesOf(projection, fold));
  }

  take(splits: readonly ObliviousSplit[], fold: number): Float64Array {
    this.#rows = this.#folded.folds[fold];
    const counts = this.#leafRows.count(splits, fold, (projection) => this.#folded.tilesOf(projection, fold));
    const nLeaves = 2 ** splits.length;
    this.#group(counts);
    let step = new Float64Array(nLeaves);
    let loss = this.#multiply(2 * nLeaves, this.#odds, () => 0);
    return backtrack(
      this.#steps,
      () => (step = this.#newton(nLeaves)),
      (scale) => (loss = this.#multiply(2 * nLeaves, this.#stepped, (leaf) => scale * step[leaf])),
      () => ([this.#odds, this.#stepped] = [this.#stepped, this.#odds]),
      () => loss,
    );
  }

  weigh(): Float64Array {
    return this.#leafRows.weigh(this.#rows.weights.address);
  }

  /** Brings the rows of each group together, each group from a multiple of the vector's rows on. */
  #group(counts: Uint32Array): void {
    let place = 0;
    counts.forEach((count, group) => {
      this.#starts[group] = this.#next[group] = place;
      const end = place + count;
      place = Math.ceil(end / LANES) * LANES;
      this.#odds.fill(0, end, place);
      this.#weights?.fill(0, end, place);
    });
    this.#starts[counts.length] = place;
    const { labels, weights } = this.#rows;
    const { leaves } = this.#finder;
    this.#workspace.kernels.groupRows(
      this.#rows.scoresOf(0),
      labels.address,
      weights.address,
      leaves.address,
      leaves.length,
      this.#next.address,
      this.#odds.address,
      this.#weights?.address ?? 0,
    );
    this.#pause();
  }

  /** Takes the odds of all groups to those after a step of each leaf, and returns the loss there. */
  #multiply(nGroups: number, to: Placed<Float32Array>, step: (leaf: number) => number): number {
    const { kernels } = this.#workspace;
    for (let group = 0; group < nGroups; group += 2) {
      const by = step(group / 2);
      // To be of the first class is wrong for rows of the second one.
      this.#factors[group] = by;
      this.#factors[group + 1] = -by;
    }
    kernels.exponentials64(this.#factors.address, nGroups);
    const loss = kernels.stepGroups(
      this.#odds.address,
      this.#weights?.address ?? 0,
      this.#starts.address,
      nGroups,
      this.#factors.address,
      to.address,
      this.#slopes.address,
    );
    this.#pause();
    return loss;
  }

  /** The step of each leaf, by the slopes that were taken last. */
  #newton(nLeaves: number): Float64Array<ArrayBuffer> {
    const slopes = this.#slopes;
    return Float64Array.from({ length: nLeaves }, (_, leaf) => {
      const at = 4 * leaf;
      return (slopes[at + 2] - slopes[at]) / (slopes[at + 1] + slopes[at + 3] + this.#l2);
    });
  }
}

/** The places that rows take when each group begins at a multiple of the vector's rows. */
function groupedPlaces(nRows: number, nGroups: number): number {
  return Math.ceil(nRows / LANES) * LANES + LANES * Math.min(nRows, nGroups);
}
