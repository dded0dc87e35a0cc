import { invalid } from '../../errors.js';
import type { TrainingSet } from '../estimator.js';
import type { RandomForestHyperparameters } from '../random-forest-classifier.js';
import { tensor, type Tensors } from '../tensor.js';
import { addLeafShares } from './leaf-shares.js';
import type { WeightedRows } from './row-weights.js';
import type { GrownTree } from './tree-grower.js';
import { PAUSE_ROWS, TreeWalk } from './tree-walk.js';

/** @throws INVALID_REQUEST when rows are to be scored on trees without them, and every tree has all. */
export function requireRowsOutOfBag({ oob_score, bootstrap }: RandomForestHyperparameters): void {
  if (!oob_score || bootstrap) return;
  throw invalid(
    'estimator.random_forest_classifier.oob_score',
    'needs bootstrap, which leaves rows out of each tree; leave it unset, or bootstrap true',
  );
}

/**
 * Scores a forest on its own training rows, each by the trees that were grown
 * without it (L. Breiman, Random forests, 2001, section 3.1), which takes no rows
 * away from the training.
 */
export class OutOfBag {
  readonly #walk: TreeWalk;
  readonly #labels: Int32Array;
  readonly #nClasses: number;
  /** Shape: nRows x nClasses, the sums of the class shares. */
  readonly #sums: Float64Array;

  /** The bytes that it keeps. */
  static bytes(nRows: number, nClasses: number): number {
    return TreeWalk.bytes(nRows) + nRows * nClasses * 8;
  }

  /** @param labels shape: nRows, class indexes */
  constructor(training: TrainingSet, rows: WeightedRows, labels: Int32Array) {
    this.#walk = new TreeWalk(training, rows);
    this.#labels = labels;
    this.#nClasses = training.nClasses;
    this.#sums = new Float64Array(rows.nRows * training.nClasses);
  }

  /**
   * Adds what a tree says of the rows that it has not seen.
   *
   * @param weights shape: nRows, those that the tree has grown on; 0 where a row was left out
   */
  add(tree: GrownTree, weights: Uint32Array, pause: () => void): void {
    const isOut = (row: number) => weights[row] === 0;
    const add = (row: number, leaf: number) => addLeafShares(tree, leaf, this.#sums, row * this.#nClasses);
    this.#walk.visit(tree, isOut, add, pause);
  }

  /**
   * The tensor `oob_score`: the share of rows whose most probable class is the
   * true one, among those that some tree has not seen. It is missing when there
   * are none.
   */
  tensors(pause: () => void): Tensors {
    let scored = 0;
    let right = 0;
    this.#labels.forEach((label, row) => {
      if (row % PAUSE_ROWS === 0) pause();
      const shares = this.#sums.subarray(row * this.#nClasses, (row + 1) * this.#nClasses);
      const largest = Math.max(...shares);
      if (largest === 0) return;
      scored++;
      if (shares.indexOf(largest) === label) right++;
    });
    return scored === 0 ? {} : { oob_score: tensor('F64', [1], Float64Array.of(right / scored)) };
  }
}
