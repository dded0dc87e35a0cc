import type { ModelShape } from '../estimator.js';
import { allFit, forParts, type InParts, PART } from '../in-parts.js';
import { dataOf, tensor, type Tensors } from '../tensor.js';

/** Marks a node as a leaf, in the place of its feature. */
export const LEAF = -1;

/**
 * Trees as flat arrays. The nodes of a tree stand in pre-order: a split's left
 * child follows it, and `next` is its right child; at a leaf, `next` is the
 * number of the leaf, whose classes and their shares are the entries
 * [leafStart[leaf], leafStart[leaf + 1]).
 */
export interface Forest {
  /** Shape: n_trees + 1; nodes [treeStart[t], treeStart[t + 1]) are tree t. */
  readonly treeStart: Uint32Array;
  /** Shape: n_nodes; LEAF, or the feature that a split looks at. */
  readonly feature: Int32Array;
  /** Shape: n_nodes; rows below it go left. */
  readonly threshold: Float64Array;
  /** Shape: n_nodes. */
  readonly next: Uint32Array;
  /** Shape: n_leaves + 1. */
  readonly leafStart: Uint32Array;
  /** Shape: n_entries. */
  readonly leafClass: Uint32Array;
  /** Shape: n_entries; those of a leaf sum to 1. */
  readonly leafShare: Float64Array;
}

/** Collects the nodes of trees, in pre-order, tree after tree. */
export class ForestWriter {
  readonly #treeStart = [0];
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #next: number[] = [];
  readonly #leafStart = [0];
  readonly #leafClass: number[] = [];
  readonly #leafShare: number[] = [];

  /** Writes a split, and returns its number for `setRight`. */
  split(feature: number, threshold: number): number {
    this.#threshold.push(threshold);
    this.#next.push(0);
    return this.#feature.push(feature) - 1;
  }

  /** Makes the node that is written next the right child of `split`. */
  setRight(split: number): void {
    this.#next[split] = this.#feature.length;
  }

  /** Writes a leaf of `total` rows, `counts` of each class. */
  leaf(counts: Int32Array, total: number): void {
    this.#feature.push(LEAF);
    this.#threshold.push(0);
    this.#next.push(this.#leafStart.length - 1);
    counts.forEach((count, index) => {
      if (count === 0) return;
      this.#leafClass.push(index);
      this.#leafShare.push(count / total);
    });
    this.#leafStart.push(this.#leafClass.length);
  }

  endTree(): void {
    this.#treeStart.push(this.#feature.length);
  }

  tensors(): Tensors {
    const [nodes, entries] = [this.#feature.length, this.#leafClass.length];
    return {
      tree_start: tensor('U32', [this.#treeStart.length], Uint32Array.from(this.#treeStart)),
      feature: tensor('I32', [nodes], Int32Array.from(this.#feature)),
      threshold: tensor('F64', [nodes], Float64Array.from(this.#threshold)),
      next: tensor('U32', [nodes], Uint32Array.from(this.#next)),
      leaf_start: tensor('U32', [this.#leafStart.length], Uint32Array.from(this.#leafStart)),
      leaf_class: tensor('U32', [entries], Uint32Array.from(this.#leafClass)),
      leaf_share: tensor('F64', [entries], Float64Array.from(this.#leafShare)),
    };
  }
}

/**
 * Reads what ForestWriter wrote, and checks that a walk from any root ends in a
 * leaf of the model's classes.
 *
 * @throws RangeError when it would not.
 */
export function* readForest(tensors: Tensors, { nFeatures, nClasses }: ModelShape, nTrees: number): InParts<Forest> {
  const feature = dataOf(tensors, 'feature', 'I32', [-1]);
  const leafClass = dataOf(tensors, 'leaf_class', 'U32', [-1]);
  const forest: Forest = {
    treeStart: dataOf(tensors, 'tree_start', 'U32', [nTrees + 1]),
    feature,
    threshold: dataOf(tensors, 'threshold', 'F64', [feature.length]),
    next: dataOf(tensors, 'next', 'U32', [feature.length]),
    leafStart: dataOf(tensors, 'leaf_start', 'U32', [-1]),
    leafClass,
    leafShare: dataOf(tensors, 'leaf_share', 'F64', [leafClass.length]),
  };
  yield* requireOffsets('tree_start', forest.treeStart, feature.length);
  yield* requireOffsets('leaf_start', forest.leafStart, leafClass.length);
  for (let t = 0; t < nTrees; t++) yield* requireTree(forest, forest.treeStart[t], forest.treeStart[t + 1], nFeatures);
  yield* requireLeaves(forest, nClasses);
  return forest;
}

/** Offsets rise from 0 to `length`, and no part is empty. */
function* requireOffsets(name: string, offsets: Uint32Array, length: number): InParts<void> {
  const rises = yield* allFit(offsets, (offset, i) => (i === 0 ? offset === 0 : offset > offsets[i - 1]));
  if (!rises || offsets[offsets.length - 1] !== length) throw new RangeError(`tensor ${name} has wrong offsets`);
}

/** Children come after their split and before the tree's end: no walk can go round, or out. */
function* requireTree(
  { feature, threshold, next, leafStart }: Forest,
  begin: number,
  end: number,
  nFeatures: number,
): InParts<void> {
  const requireNode = (node: number) => {
    const fits =
      feature[node] === LEAF
        ? next[node] < leafStart.length - 1
        : feature[node] >= 0 &&
          feature[node] < nFeatures &&
          Number.isFinite(threshold[node]) &&
          next[node] > node + 1 &&
          next[node] < end;
    if (!fits) throw new RangeError(`node ${node} of the forest is not valid`);
  };
  yield* forParts(end - begin, (from, to) => {
    for (let node = begin + from; node < begin + to; node++) requireNode(node);
  });
}

function* requireLeaves({ leafStart, leafClass, leafShare }: Forest, nClasses: number): InParts<void> {
  let last = 0;
  for (let leaf = 0; leaf + 1 < leafStart.length; leaf++) {
    if (leafStart[leaf] - last >= PART) {
      last = leafStart[leaf];
      yield;
    }
    let sum = 0;
    let fits = true;
    for (let i = leafStart[leaf]; i < leafStart[leaf + 1]; i++) {
      fits &&= leafClass[i] < nClasses && leafShare[i] > 0;
      sum += leafShare[i];
    }
    if (!fits || Math.abs(sum - 1) > 1e-6) throw new RangeError(`leaf ${leaf} of the forest is not valid`);
  }
}
