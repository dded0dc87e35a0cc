import type { TrainingSet } from '../estimator.js';
import { LEAF } from './forest-tensors.js';
import type { WeightedRows } from './row-weights.js';
import type { GrownTree } from './tree-grower.js';

/** After so many rows, some 10 ms of work, others may have their say. */
export const PAUSE_ROWS = 16_384;

/**
 * Follows training rows down grown trees to their leaves, by the same cuts as
 * the trained forest.
 */
export class TreeWalk {
  readonly #x: Float64Array;
  readonly #nFeatures: number;
  readonly #rows: WeightedRows;
  // The nodes of the tree, which has fewer than two a row.
  readonly #feature: Int32Array;
  readonly #threshold: Float64Array;
  readonly #missingLeft: Uint8Array;
  readonly #left: Uint32Array;

  /** The bytes that it keeps. */
  static bytes(nRows: number): number {
    return 2 * nRows * (4 + 8 + 1 + 4);
  }

  constructor({ x, nFeatures }: Pick<TrainingSet, 'x' | 'nFeatures'>, rows: WeightedRows) {
    const maxNodes = 2 * rows.nRows;
    this.#x = x;
    this.#nFeatures = nFeatures;
    this.#rows = rows;
    this.#feature = new Int32Array(maxNodes);
    this.#threshold = new Float64Array(maxNodes);
    this.#missingLeft = new Uint8Array(maxNodes);
    this.#left = new Uint32Array(maxNodes);
  }

  /**
   * Tells the leaf of each row that is wanted; `pause` is called every few
   * milliseconds.
   *
   * @param isWanted, @param atLeaf: by the place of the row among those that weigh something
   */
  visit(
    tree: GrownTree,
    isWanted: (row: number) => boolean,
    atLeaf: (row: number, leaf: number) => void,
    pause: () => void,
  ): void {
    this.#copyNodes(tree);
    const { nRows, index } = this.#rows;
    for (let row = 0; row < nRows; row++) {
      if (row % PAUSE_ROWS === 0) pause();
      if (isWanted(row)) atLeaf(row, this.#leafOf((index === undefined ? row : index[row]) * this.#nFeatures));
    }
  }

  /** What a grown tree tells of a node is found out anew each time, so it is asked once. */
  #copyNodes(tree: GrownTree): void {
    const waiting = [0];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const feature = tree.feature(node);
      this.#feature[node] = feature;
      if (feature === LEAF) continue;
      this.#threshold[node] = tree.threshold(node);
      this.#missingLeft[node] = tree.missingLeft(node);
      const left = tree.next(node);
      this.#left[node] = left;
      waiting.push(left + 1, left);
    }
  }

  #leafOf(from: number): number {
    let node = 0;
    for (let feature = this.#feature[0]; feature !== LEAF; feature = this.#feature[node]) {
      const value = this.#x[from + feature];
      const right = Number.isNaN(value) ? this.#missingLeft[node] === 0 : value > this.#threshold[node];
      node = this.#left[node] + (right ? 1 : 0);
    }
    return node;
  }
}
