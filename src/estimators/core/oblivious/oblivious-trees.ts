import type { ModelShape } from '../../estimator.js';
import { outputsOf } from '../../linear-model.js';
import { dataOf, tensor, type Tensors } from '../../tensor.js';
import { ChunkedArray } from '../chunked-array.js';
import type { BorderedFeature } from './bordered-feature.js';
import type { ObliviousTree } from './oblivious-tree.js';

/** The most splits of a tree. */
export const MOST_SPLITS = 16;

/**
 * Oblivious trees as flat arrays. The number of a row's leaf has a bit for each
 * split of its tree, the first one the lowest: 1 where the value of the column, in
 * single precision, is above the border.
 */
export interface ObliviousTrees {
  /** Shape: n_trees; the splits of each tree. */
  readonly depth: Uint8Array;
  /** Shape: n_splits; the column that a split looks at. */
  readonly column: Uint32Array;
  /** Shape: n_splits. */
  readonly border: Float32Array;
  /** Shape: n_leaves x n_outputs; what a leaf adds to the scores. */
  readonly leafValue: Float64Array;
  /** Shape: n_features; 1 where missing values are above all borders, 0 where they are below. */
  readonly missingAbove: Uint8Array;
}

/**
 * Reads trained trees.
 *
 * @throws RangeError when a tensor is not one of such a model.
 */
export function readObliviousTrees(tensors: Tensors, { nFeatures, nClasses }: ModelShape): ObliviousTrees {
  const nOutputs = outputsOf(nClasses);
  const depth = dataOf(tensors, 'tree_depth', 'U8', [-1]);
  if (depth.some((splits) => splits > MOST_SPLITS)) throw new RangeError('a tree is too deep');
  const nSplits = depth.reduce((sum, splits) => sum + splits, 0);
  const nLeaves = depth.reduce((sum, splits) => sum + 2 ** splits, 0);
  const trees: ObliviousTrees = {
    depth,
    column: dataOf(tensors, 'split_feature', 'U32', [nSplits]),
    border: dataOf(tensors, 'split_border', 'F32', [nSplits]),
    leafValue: dataOf(tensors, 'leaf_value', 'F64', [nLeaves, nOutputs]),
    missingAbove: dataOf(tensors, 'missing_above', 'U8', [nFeatures]),
  };
  dataOf(tensors, 'feature_importances', 'F64', [nFeatures]);
  dataOf(tensors, 'feature_splits', 'U32', [nFeatures]);
  dataOf(tensors, 'n_iter', 'I32', [1]);
  if (!trees.column.every((column) => column < nFeatures)) throw new RangeError('a split looks at no feature');
  if (!trees.border.every(Number.isFinite)) throw new RangeError('the borders are not all finite');
  if (!trees.leafValue.every(Number.isFinite)) throw new RangeError('the scores are not all finite');
  if (!trees.missingAbove.every((flag) => flag <= 1)) throw new RangeError('tensor missing_above has wrong flags');
  return trees;
}

/** Collects grown trees in the form that `readObliviousTrees` reads. */
export class ObliviousTreesWriter {
  readonly #features: readonly BorderedFeature[];
  readonly #nFeatures: number;
  readonly #nOutputs: number;
  readonly #depth = new ChunkedArray(Uint8Array);
  readonly #column = new ChunkedArray(Uint32Array);
  readonly #border = new ChunkedArray(Float64Array);
  readonly #leafValue = new ChunkedArray(Float64Array);
  readonly #changes: Float64Array<ArrayBuffer>;
  readonly #splits: Uint32Array<ArrayBuffer>;

  constructor(nFeatures: number, nClasses: number, features: readonly BorderedFeature[]) {
    this.#features = features;
    this.#nFeatures = nFeatures;
    this.#nOutputs = outputsOf(nClasses);
    this.#changes = new Float64Array(nFeatures);
    this.#splits = new Uint32Array(nFeatures);
  }

  add(tree: ObliviousTree): void {
    this.#depth.push(tree.splits.length);
    for (const value of tree.values) this.#leafValue.push(value);
    tree.splits.forEach(({ feature, cut }, level) => {
      const { column, edges } = this.#features[feature];
      this.#column.push(column);
      this.#border.push(edges[cut]);
      this.#splits[column]++;
      this.#changes[column] += changeOf(tree, level, this.#nOutputs);
    });
  }

  /** The trees so far; nothing can be added after. */
  tensors(): Tensors {
    const total = this.#changes.reduce((sum, change) => sum + change, 0);
    const shares = total > 0 ? this.#changes.map((change) => change / total) : this.#changes;
    const missingAbove = new Uint8Array(this.#nFeatures);
    for (const { column, missing } of this.#features) missingAbove[column] = missing > 0 ? 1 : 0;
    const depth = this.#depth.take();
    const column = this.#column.take();
    const leafValue = this.#leafValue.take();
    const shape = [leafValue.length / this.#nOutputs, this.#nOutputs];
    return {
      tree_depth: tensor('U8', [depth.length], depth),
      split_feature: tensor('U32', [column.length], column),
      split_border: tensor('F32', [column.length], Float32Array.from(this.#border.take())),
      leaf_value: tensor('F64', shape, leafValue),
      missing_above: tensor('U8', [missingAbove.length], missingAbove),
      feature_importances: tensor('F64', [shares.length], shares),
      feature_splits: tensor('U32', [this.#splits.length], this.#splits),
    };
  }
}

/**
 * How much the scores change when rows change their side of a split, as CatBoost's
 * "PredictionValuesChange" has it: the squared distances of the values of two leaves
 * on both sides of it from their mean, by the weights of their rows.
 */
function changeOf({ values, weights }: ObliviousTree, level: number, nOutputs: number): number {
  const bit = 1 << level;
  let change = 0;
  for (let leaf = 0; leaf < weights.length; leaf++) {
    if ((leaf & bit) !== 0) continue;
    const [near, far] = [weights[leaf], weights[leaf | bit]];
    if (near + far === 0) continue;
    for (let output = 0; output < nOutputs; output++) {
      const [a, b] = [values[leaf * nOutputs + output], values[(leaf | bit) * nOutputs + output]];
      const mean = (a * near + b * far) / (near + far);
      change += (a - mean) ** 2 * near + (b - mean) ** 2 * far;
    }
  }
  return change;
}
