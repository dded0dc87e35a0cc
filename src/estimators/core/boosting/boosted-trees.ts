import type { ModelShape } from '../../estimator.js';
import { allFit, countOf, type InParts } from '../../in-parts.js';
import { dataOf, tensor, type Tensors } from '../../tensor.js';
import { ChunkedArray } from '../chunked-array.js';
import type { BinnedFeature } from './binned-feature.js';
import { type CategorySets, CategorySetsWriter, readCategorySets } from './category-sets.js';
import { type GradientTree, LEAF } from './gradient-tree.js';

/**
 * Boosted trees as flat arrays. The nodes of a tree stand in pre-order: after a
 * split come the nodes of its left side, then those of its right side; so the
 * marks of the leaves alone tell the shape of a tree. Tree t is of output
 * t % n_outputs.
 */
export interface BoostedTrees {
  /** Shape: n_trees + 1; nodes [treeStart[t], treeStart[t + 1]) are tree t. */
  readonly treeStart: Uint32Array;
  /** Shape: n_nodes; LEAF, or the column that a split looks at. */
  readonly feature: Int32Array;
  /** Shape: n_splits; rows above it go right. Infinity sends only missing values right. NaN where categories are parted. */
  readonly threshold: Float64Array;
  /** Shape: n_splits; 1 where missing values go left, else 0. */
  readonly missingLeft: Uint8Array;
  /** Shape: n_leaves; what a leaf adds to the score. */
  readonly leafValue: Float64Array;
  /** Shape: n_outputs; the score before the first tree. */
  readonly baseScore: Float64Array;
  /** Of the splits whose threshold is NaN, in their order; absent: there are none. */
  readonly categories?: CategorySets;
}

/**
 * Reads trained trees. That they are whole shows when they are laid out.
 *
 * @throws RangeError when a tensor is not one of such a model.
 */
export function* readBoostedTrees(
  tensors: Tensors,
  { nFeatures }: ModelShape,
  nOutputs: number,
): InParts<BoostedTrees> {
  const treeStart = dataOf(tensors, 'tree_start', 'U32', [-1]);
  const feature = dataOf(tensors, 'feature', 'I32', [-1]);
  const nLeaves = yield* countOf(feature, LEAF);
  const trees: BoostedTrees = {
    treeStart,
    feature,
    threshold: dataOf(tensors, 'threshold', 'F64', [feature.length - nLeaves]),
    missingLeft: dataOf(tensors, 'missing_left', 'U8', [feature.length - nLeaves]),
    leafValue: dataOf(tensors, 'leaf_value', 'F64', [nLeaves]),
    baseScore: dataOf(tensors, 'base_score', 'F64', [nOutputs]),
    categories: yield* readCategorySets(tensors),
  };
  dataOf(tensors, 'feature_importances', 'F64', [nFeatures]);
  dataOf(tensors, 'feature_splits', 'U32', [nFeatures]);
  dataOf(tensors, 'n_iter', 'I32', [1]);
  const rises = yield* allFit(treeStart, (start, i) => (i === 0 ? start === 0 : start > treeStart[i - 1]));
  if (!rises || treeStart[treeStart.length - 1] !== feature.length || (treeStart.length - 1) % nOutputs !== 0) {
    throw new RangeError('tensor tree_start has wrong offsets');
  }
  if (!(yield* allFit(trees.leafValue, Number.isFinite)) || !trees.baseScore.every(Number.isFinite)) {
    throw new RangeError('the scores are not all finite');
  }
  return trees;
}

/** Where missing values go at a split of a feature that no training row lacked. */
export type UnseenMissing = (threshold: number) => 'left' | 'right';

/** Collects grown trees in the form that `readBoostedTrees` reads. */
export class BoostedTreesWriter {
  readonly #features: readonly BinnedFeature[];
  readonly #unseen: UnseenMissing;
  readonly #treeStart = new ChunkedArray(Uint32Array);
  readonly #feature = new ChunkedArray(Int32Array);
  readonly #threshold = new ChunkedArray(Float64Array);
  readonly #missingLeft = new ChunkedArray(Uint8Array);
  readonly #leafValue = new ChunkedArray(Float64Array);
  readonly #categories = new CategorySetsWriter();
  readonly #gains: Float64Array<ArrayBuffer>;
  readonly #splits: Uint32Array<ArrayBuffer>;
  #nNodes = 0;

  constructor(nFeatures: number, features: readonly BinnedFeature[], unseen: UnseenMissing) {
    this.#features = features;
    this.#unseen = unseen;
    this.#gains = new Float64Array(nFeatures);
    this.#splits = new Uint32Array(nFeatures);
    this.#treeStart.push(0);
  }

  /** Writes the nodes of a tree in pre-order, and adds its importances. */
  add(tree: GradientTree): void {
    const waiting = [0];
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      const { feature, cut, missingLeft, listed, gain, left, right, value } = tree[number];
      this.#nNodes++;
      if (feature === LEAF) {
        this.#feature.push(LEAF);
        this.#leafValue.push(value);
        continue;
      }
      const { column, edges, hasMissing } = this.#features[feature];
      const threshold = listed !== undefined ? NaN : cut < edges.length ? edges[cut] : Infinity;
      this.#feature.push(column);
      this.#threshold.push(threshold);
      if (listed !== undefined) this.#categories.add(listed);
      this.#missingLeft.push((hasMissing ? missingLeft : this.#unseen(threshold) === 'left') ? 1 : 0);
      this.#gains[column] += gain;
      this.#splits[column]++;
      waiting.push(right, left);
    }
    this.#treeStart.push(this.#nNodes);
  }

  /** The trees so far; nothing can be added after. */
  tensors(baseScore: Float64Array<ArrayBuffer>): Tensors {
    const total = this.#gains.reduce((sum, gain) => sum + gain, 0);
    const shares = total > 0 ? this.#gains.map((gain) => gain / total) : this.#gains;
    return {
      tree_start: vector('U32', this.#treeStart.take()),
      feature: vector('I32', this.#feature.take()),
      threshold: vector('F64', this.#threshold.take()),
      missing_left: vector('U8', this.#missingLeft.take()),
      leaf_value: vector('F64', this.#leafValue.take()),
      base_score: vector('F64', baseScore),
      feature_importances: vector('F64', shares),
      feature_splits: vector('U32', this.#splits),
      ...this.#categories.tensors(),
    };
  }
}

function vector<D extends 'U32' | 'I32' | 'F64' | 'U8'>(dtype: D, data: Parameters<typeof tensor<D>>[2]) {
  return tensor(dtype, [data.length], data);
}
