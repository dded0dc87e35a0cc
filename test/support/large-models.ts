import { outputsOf } from '../../src/estimators/linear-model.js';
import type { EngineName, EstimatorKind, EstimatorSpec, ModelShape } from '../../src/estimators/estimator.js';
import { type Tensor, tensor, type Tensors } from '../../src/estimators/tensor.js';
import { fit, specOf, trainingSet } from './estimation.js';
import { lcg } from './problems.js';

/** A model of some tens of megabytes. */
export interface LargeModel {
  readonly spec: EstimatorSpec;
  readonly tensors: Tensors;
  readonly shape: ModelShape;
}

/** How to make one of each engine, in a second or so: those of trees have the same trees again and again. */
export const largeModels: Readonly<Record<string, () => LargeModel>> = {
  'logistic_regression (core)': () => linear('core'),
  'logistic_regression (mljs)': () => linear('mljs'),
  'k_neighbors_classifier (core)': () => neighbours('core', 200_000, 20),
  'k_neighbors_classifier (core) of few features': () => neighbours('core', 1_000_000, 3),
  'k_neighbors_classifier (core) in single precision': () => neighbours('core', 200_000, 20, true),
  'k_neighbors_classifier (mljs)': () => neighbours('mljs', 50_000, 10),
  'k_neighbors_classifier (core) with categories': () => encodedNeighbours(),
  'random_forest_classifier (core)': () => trees('random_forest_classifier', { min_samples_leaf: 3 }, 'core'),
  'random_forest_classifier (mljs)': () => trees('random_forest_classifier', {}, 'mljs'),
  'xgb_classifier (core)': () => trees('xgb_classifier'),
  'lgbm_classifier (core)': () => trees('lgbm_classifier'),
  'lgbm_classifier (core) with categories': () => trees('lgbm_classifier', {}, 'core', 40),
  'cat_boost_classifier (core)': () => trees('cat_boost_classifier', { depth: 8, iterations: 5 }),
  'cat_boost_classifier (core) with categories': () => trees('cat_boost_classifier', { iterations: 20 }, 'core', 40),
};

const TREE_BYTES = 24 * 2 ** 20;

function linear(engine: EngineName): LargeModel {
  const [nFeatures, nClasses] = [2000, 2000];
  const nOutputs = outputsOf(nClasses);
  const random = lcg(1);
  const coef = Float64Array.from({ length: nOutputs * nFeatures }, random);
  const tensors = {
    coef: tensor('F64', [nOutputs, nFeatures], coef),
    intercept: tensor('F64', [nOutputs], new Float64Array(nOutputs)),
    n_iter: tensor('I32', [1], Int32Array.of(1)),
    converged: tensor('U8', [1], Uint8Array.of(1)),
  };
  return { spec: specOf('logistic_regression', {}, engine), tensors, shape: { nFeatures, nClasses } };
}

function neighbours(engine: EngineName, nSamples: number, nFeatures: number, single = false): LargeModel {
  const random = lcg(1);
  const x = Float64Array.from({ length: nSamples * nFeatures }, () => (single ? Math.fround(random()) : random()));
  // A few rows far out.
  for (let row = 0; row < nSamples; row += 1000) x[row * nFeatures] *= 2 ** 20;
  const y = Int32Array.from({ length: nSamples }, (_, i) => i % 3);
  const shape = { nFeatures, nClasses: 3 };
  const spec = specOf('k_neighbors_classifier', {}, engine);
  return { spec, tensors: fit(spec, { ...shape, nSamples, x, y, seed: 0 }), shape };
}

function encodedNeighbours(): LargeModel {
  const [nSamples, nFeatures] = [60_000, 4];
  const x = Float64Array.from({ length: nSamples * nFeatures }, (_, i) => i % 20);
  const y = Int32Array.from({ length: nSamples }, (_, i) => i % 3);
  const shape = { nFeatures, nClasses: 3, nCategories: Uint32Array.of(20, 20, 20, 0) };
  const spec = specOf('k_neighbors_classifier', {}, 'core');
  return { spec, tensors: fit(spec, { ...shape, nSamples, x, y, seed: 0 }), shape };
}

/** @param categories how many the first two columns have; 0: they are numbers */
function trees(
  kind: EstimatorKind,
  hyperparameters: Readonly<Record<string, unknown>> = {},
  engine: EngineName = 'core',
  categories = 0,
): LargeModel {
  const random = lcg(1);
  const rows = Array.from({ length: engine === 'mljs' ? 300 : 2000 }, () => {
    const numbers = Array.from({ length: 5 }, random);
    return categories === 0 ? numbers : numbers.map((value, j) => (j < 2 ? Math.floor(value * categories) : value));
  });
  const training = {
    ...trainingSet(rows, rows.map(() => Math.floor(random() * 3))), // prettier-ignore
    nCategories: categories === 0 ? undefined : Uint32Array.of(categories, categories, 0, 0, 0),
  };
  const few = kind === 'cat_boost_classifier' ? {} : { n_estimators: 4 };
  const spec = specOf(kind, { ...few, ...hyperparameters }, engine);
  const tensors = fit(spec, training);
  const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  const times = Math.ceil(TREE_BYTES / bytes);
  const { nFeatures, nClasses, nCategories } = training;
  const asked = spec.hyperparameters;
  return {
    spec: { ...spec, hyperparameters: { ...asked, n_estimators: Number(asked['n_estimators'] ?? 0) * times } },
    tensors: repeated(tensors, times),
    shape: { nFeatures, nClasses, nCategories },
  };
}

/** Tensors of all trees once: what is learned of features, classes and statistics. */
const SHARED = /^(feature_|n_iter|best_iteration|base_score|missing_above|projection_|statistic_|bucket_|tuple_)/;
/** Offsets, which begin with 0. */
const STARTS = /_start$/;

/** The trees of a model, so many times. */
function repeated(tensors: Tensors, times: number): Tensors {
  const of = ([name, each]: [string, Tensor]): [string, Tensor] => {
    if (SHARED.test(name)) return [name, each];
    const values = each.data as Float64Array<ArrayBuffer>;
    if (STARTS.test(name)) {
      const n = values.length - 1;
      return [name, again(each, n * times + 1, (i) => values[i % n] + values[n] * Math.floor(i / n))];
    }
    const n = values.length;
    const step = name === 'next' ? stepOfNext(tensors) : () => 0;
    return [name, again(each, n * times, (i) => values[i % n] + step(i % n) * Math.floor(i / n))];
  };
  return Object.fromEntries(Object.entries(tensors).map(of));
}

/** In forests of ml-random-forest, `next` is the number of a node at a split, and that of a leaf at a leaf. */
function stepOfNext({ feature, leaf_start: leafStart }: Tensors): (node: number) => number {
  return (node) => (feature.data[node] === -1 ? leafStart.data.length - 1 : feature.data.length);
}

function again({ dtype, shape, data }: Tensor, length: number, valueOf: (i: number) => number): Tensor {
  const repeatedData = new (data.constructor as typeof Float64Array)(length);
  for (let i = 0; i < length; i++) repeatedData[i] = valueOf(i);
  const rest = shape.slice(1);
  const perRow = rest.reduce((product, each) => product * each, 1);
  return { dtype, shape: [length / perRow, ...rest], data: repeatedData } as Tensor;
}
