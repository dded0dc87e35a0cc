import type { Kernels } from '../../kernels/kernels.js';
import { LEAST_PROBABILITY } from '../least-probability.js';
import type { TrainingSet } from '../estimator.js';
import { LEAF } from './forest-tensors.js';
import { addLeafShares } from './leaf-shares.js';
import type { WeightedRows } from './row-weights.js';
import type { GrownTree } from './tree-grower.js';

/** Enough to see where a training is going, and few enough to cost it nothing. */
const MOST_ROWS = 512;

/**
 * Watches a growing forest: the log loss of some of its training rows, evenly
 * spaced, each by the trees that were grown without it (L. Breiman, Random
 * forests, 2001, section 3.1). On rows that its trees have seen, a forest grown
 * to purity has next to none.
 */
export class RunningLoss {
  readonly #kernels: Kernels;
  readonly #nFeatures: number;
  readonly #nClasses: number;
  /** Shape: n_watched, places among the rows that weigh something. */
  readonly #rows: Uint32Array;
  /** Shape: n_watched x nFeatures, copied: X may be given back before the trees grow. */
  readonly #x: Float64Array;
  readonly #labels: Int32Array;
  readonly #weights: Float64Array;
  /** Shape: n_watched, how many trees have not seen the row. */
  readonly #nTrees: Uint32Array;
  /** Shape: n_watched x nClasses, the sums of the class shares. */
  readonly #sums: Float64Array;

  /** The bytes that it keeps. */
  static bytes(nRows: number, nFeatures: number, nClasses: number): number {
    return Math.min(nRows, MOST_ROWS) * (8 * (nFeatures + nClasses + 1) + 3 * 4);
  }

  /** @param labels shape: nRows, class indexes */
  constructor(
    kernels: Kernels,
    { x, nFeatures, nClasses }: TrainingSet,
    { nRows, index, weights }: WeightedRows,
    labels: Int32Array,
  ) {
    const nWatched = Math.min(nRows, MOST_ROWS);
    this.#kernels = kernels;
    this.#nFeatures = nFeatures;
    this.#nClasses = nClasses;
    this.#rows = Uint32Array.from({ length: nWatched }, (_, i) => Math.floor((i * nRows) / nWatched));
    this.#labels = Int32Array.from(this.#rows, (row) => labels[row]);
    this.#weights = Float64Array.from(this.#rows, (row) => weights?.[row] ?? 1);
    this.#x = new Float64Array(nWatched * nFeatures);
    this.#rows.forEach((row, i) => {
      const from = (index?.[row] ?? row) * nFeatures;
      this.#x.set(x.subarray(from, from + nFeatures), i * nFeatures);
    });
    this.#nTrees = new Uint32Array(nWatched);
    this.#sums = new Float64Array(nWatched * nClasses);
  }

  /**
   * Takes the next tree.
   *
   * @param weights shape: nRows, those that the tree has grown on; 0 where a row was left out
   * @returns the mean log loss of the trees so far, in nats; undefined as long as no row was left out
   */
  add(tree: GrownTree, weights: Uint32Array): number | undefined {
    let [loss, total] = [0, 0];
    this.#rows.forEach((row, i) => {
      if (weights[row] === 0) {
        addLeafShares(tree, this.#leafOf(tree, i * this.#nFeatures), this.#sums, i * this.#nClasses);
        this.#nTrees[i]++;
      }
      if (this.#nTrees[i] === 0) return;
      const share = this.#sums[i * this.#nClasses + this.#labels[i]] / this.#nTrees[i];
      loss -= this.#weights[i] * this.#kernels.log2(Math.max(LEAST_PROBABILITY, share));
      total += this.#weights[i];
    });
    return total === 0 ? undefined : (loss * Math.LN2) / total;
  }

  #leafOf(tree: GrownTree, from: number): number {
    let node = 0;
    for (let feature = tree.feature(0); feature !== LEAF; feature = tree.feature(node)) {
      const value = this.#x[from + feature];
      const right = Number.isNaN(value) ? tree.missingLeft(node) === 0 : value > tree.threshold(node);
      node = tree.next(node) + (right ? 1 : 0);
    }
    return node;
  }
}
