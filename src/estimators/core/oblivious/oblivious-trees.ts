import type { ModelShape } from '../../estimator.js';
import { allFit, forParts, type InParts } from '../../in-parts.js';
import { outputsOf } from '../../linear-model.js';
import { dataOf, tensor, type Tensors } from '../../tensor.js';
import { ChunkedArray } from '../chunked-array.js';
import type { Projection, Statistic } from '../target-statistics/projection.js';
import { StatisticTables } from '../target-statistics/statistic-tables.js';
import type { BorderedFeature } from './bordered-feature.js';
import type { ObliviousSplit, ObliviousTree } from './oblivious-tree.js';

/** The most splits of a tree. */
const MOST_SPLITS = 16;
/** The last bin of a statistic but one. */
const MOST_CUT = 14;

/** What a split asks: is the value above a border, is it a category, is the bin of a statistic above a cut? */
export const SPLIT_KINDS = { border: 0, category: 1, statistic: 2 } as const;

/**
 * Oblivious trees as flat arrays. The number of a row's leaf has a bit for each
 * split of its tree, the first one the lowest: 1 where the answer is yes. Values are
 * rounded to single precision.
 */
export interface ObliviousTrees {
  /** Shape: n_trees; the splits of each tree. */
  readonly depth: Uint8Array;
  /** Shape: n_splits; one of SPLIT_KINDS. */
  readonly kind: Uint8Array;
  /** Shape: n_splits; the column, or the number of the statistic, that a split looks at. */
  readonly column: Uint32Array;
  /** Shape: n_splits; the border, the category or the cut. */
  readonly border: Float32Array;
  /** Shape: n_leaves x n_outputs; what a leaf adds to the scores. */
  readonly leafValue: Float64Array;
  /** Shape: n_features; 1 where missing values are above all borders, 0 where they are below. */
  readonly missingAbove: Uint8Array;
  readonly statistics: StatisticTables;
}

/**
 * Reads trained trees.
 *
 * @throws RangeError when a tensor is not one of such a model.
 */
export function* readObliviousTrees(tensors: Tensors, shape: ModelShape): InParts<ObliviousTrees> {
  const { nFeatures, nClasses } = shape;
  const nOutputs = outputsOf(nClasses);
  const depth = dataOf(tensors, 'tree_depth', 'U8', [-1]);
  let [nSplits, nLeaves] = [0, 0];
  yield* forParts(depth.length, (from, to) => {
    for (let tree = from; tree < to; tree++) {
      if (depth[tree] > MOST_SPLITS) throw new RangeError('a tree is too deep');
      nSplits += depth[tree];
      nLeaves += 2 ** depth[tree];
    }
  });
  const trees: ObliviousTrees = {
    depth,
    kind: dataOf(tensors, 'split_kind', 'U8', [nSplits]),
    column: dataOf(tensors, 'split_feature', 'U32', [nSplits]),
    border: dataOf(tensors, 'split_border', 'F32', [nSplits]),
    leafValue: dataOf(tensors, 'leaf_value', 'F64', [nLeaves, nOutputs]),
    missingAbove: dataOf(tensors, 'missing_above', 'U8', [nFeatures]),
    statistics: yield* StatisticTables.read(tensors, shape),
  };
  dataOf(tensors, 'feature_importances', 'F64', [nFeatures]);
  dataOf(tensors, 'feature_splits', 'U32', [nFeatures]);
  dataOf(tensors, 'n_iter', 'I32', [1]);
  const requireSplit = (kind: number, split: number) => {
    const border = trees.border[split];
    const isStatistic = kind === SPLIT_KINDS.statistic;
    const isWhole = Number.isInteger(border) && border >= 0;
    const fits =
      kind <= SPLIT_KINDS.statistic &&
      trees.column[split] < (isStatistic ? trees.statistics.statistics.length : nFeatures) &&
      Number.isFinite(border) &&
      (kind === SPLIT_KINDS.border || isWhole) &&
      (!isStatistic || border <= MOST_CUT);
    if (!fits) throw new RangeError(`split ${split} of the trees is not valid`);
    return fits;
  };
  yield* allFit(trees.kind, requireSplit);
  if (!(yield* allFit(trees.leafValue, Number.isFinite))) throw new RangeError('the scores are not all finite');
  if (!(yield* allFit(trees.missingAbove, (flag) => flag <= 1)))
    throw new RangeError('tensor missing_above has wrong flags');
  return trees;
}

/** Collects grown trees in the form that `readObliviousTrees` reads. */
export class ObliviousTreesWriter {
  readonly #features: readonly BorderedFeature[];
  readonly #nFeatures: number;
  readonly #nOutputs: number;
  readonly #depth = new ChunkedArray(Uint8Array);
  readonly #kind = new ChunkedArray(Uint8Array);
  /** Those that splits look at, by their keys. */
  readonly #statistics = new Map<string, { readonly number: number; readonly statistic: Statistic }>();
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
    tree.splits.forEach((split, level) => {
      const columns = this.#write(split);
      const change = changeOf(tree, level, this.#nOutputs);
      for (const column of columns) this.#changes[column] += change / columns.length;
      for (const column of new Set(columns)) this.#splits[column]++;
    });
  }

  /** Returns the columns that the split looks at, one as often as it does. */
  #write(split: ObliviousSplit): number[] {
    if ('feature' in split) {
      const { column, edges, categories } = this.#features[split.feature];
      this.#kind.push(categories === undefined ? SPLIT_KINDS.border : SPLIT_KINDS.category);
      this.#column.push(column);
      this.#border.push(categories === undefined ? edges[split.cut] : split.cut);
      return [column];
    }
    const { statistic, cut } = split;
    const known = this.#statistics.get(statistic.key);
    const number = known?.number ?? this.#statistics.size;
    if (known === undefined) this.#statistics.set(statistic.key, { number, statistic });
    this.#kind.push(SPLIT_KINDS.statistic);
    this.#column.push(number);
    this.#border.push(cut);
    return columnsOf(statistic.projection);
  }

  /**
   * The trees so far; nothing can be added after.
   *
   * @param tablesOf the tensors of the tables that these statistics are looked up in
   */
  tensors(tablesOf: (statistics: readonly Statistic[]) => Tensors): Tensors {
    const total = this.#changes.reduce((sum, change) => sum + change, 0);
    const shares = total > 0 ? this.#changes.map((change) => change / total) : this.#changes;
    const missingAbove = new Uint8Array(this.#nFeatures);
    for (const { column, missing, categories } of this.#features) {
      missingAbove[column] = missing > 0 && categories === undefined ? 1 : 0;
    }
    const depth = this.#depth.take();
    const column = this.#column.take();
    const leafValue = this.#leafValue.take();
    const shape = [leafValue.length / this.#nOutputs, this.#nOutputs];
    return {
      tree_depth: tensor('U8', [depth.length], depth),
      ...tablesOf([...this.#statistics.values()].map(({ statistic }) => statistic)),
      split_kind: tensor('U8', [column.length], this.#kind.take()),
      split_feature: tensor('U32', [column.length], column),
      split_border: tensor('F32', [column.length], Float32Array.from(this.#border.take())),
      leaf_value: tensor('F64', shape, leafValue),
      missing_above: tensor('U8', [missingAbove.length], missingAbove),
      feature_importances: tensor('F64', [shares.length], shares),
      feature_splits: tensor('U32', [this.#splits.length], this.#splits),
    };
  }
}

/** The columns of a projection, and of each of its tests. */
function columnsOf({ columns, tests }: Projection): number[] {
  return [...columns, ...tests.map(({ column }) => column)];
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
