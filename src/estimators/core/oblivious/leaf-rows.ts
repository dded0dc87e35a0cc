import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ScoredRows } from '../boosting/scored-rows.js';
import type { LeafFinder, TilesOf } from './leaf-finder.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** Counts the rows of the leaves of a tree, those of each label apart if so wanted. */
export class LeafRows {
  readonly #workspace: Workspace;
  readonly #finder: LeafFinder;
  readonly #labels: number;
  readonly #counts: Placed<Uint32Array<ArrayBuffer>>;
  readonly #weights: Placed<Float64Array<ArrayBuffer>>;
  readonly #byLabel: boolean;
  #fold = 0;
  #found: readonly ObliviousSplit[] | undefined;

  static bytes(depth: number, byLabel: boolean): number {
    return Workspace.sizeOf((byLabel ? 2 : 1) * 2 ** depth, 4) + Workspace.sizeOf(2 ** depth, 8);
  }

  /** @param byLabel whether those of both of two labels are counted apart */
  constructor(workspace: Workspace, finder: LeafFinder, rows: ScoredRows, depth: number, byLabel: boolean) {
    this.#workspace = workspace;
    this.#finder = finder;
    this.#labels = rows.labels.address;
    this.#byLabel = byLabel;
    this.#counts = workspace.u32((byLabel ? 2 : 1) * 2 ** depth);
    this.#weights = workspace.f64(2 ** depth);
  }

  /**
   * Shape: n_leaves, or n_leaves x 2 where labels are counted apart.
   *
   * @param fold the one that the tiles are of
   */
  count(splits: readonly ObliviousSplit[], fold: number, tilesOf: TilesOf): Uint32Array {
    const counts = this.#counts.subarray(0, (this.#byLabel ? 2 : 1) * 2 ** splits.length);
    const found = this.#found;
    const isFound = found?.length === splits.length && found.every((split, i) => split === splits[i]);
    if (isFound && fold === this.#fold) return counts;
    this.#finder.find(splits, tilesOf);
    counts.fill(0);
    const { address, length } = this.#finder.leaves;
    this.#workspace.kernels.countGroups(address, this.#labels, this.#byLabel ? 1 : 0, length, this.#counts.address);
    this.#found = [...splits];
    this.#fold = fold;
    return counts;
  }

  /** Shape: n_leaves. */
  countLeaves(splits: readonly ObliviousSplit[], fold: number, tilesOf: TilesOf): Uint32Array {
    const counts = this.count(splits, fold, tilesOf);
    if (!this.#byLabel) return counts;
    return Uint32Array.from({ length: counts.length / 2 }, (_, leaf) => counts[2 * leaf] + counts[2 * leaf + 1]);
  }

  /** The weights of the rows of the leaves that have been counted last (shape: n_leaves), by the address of those of all rows (f32). */
  weigh(weights: number): Float64Array {
    const sums = this.#weights.subarray(0, 2 ** (this.#found?.length ?? 0));
    sums.fill(0);
    const { address, length } = this.#finder.leaves;
    this.#workspace.kernels.addWeightsByLeaf(weights, address, length, sums.byteOffset);
    return sums.slice();
  }
}
