import { invalid } from '../../errors.js';
import type { CatBoostHyperparameters } from '../cat-boost-classifier.js';
import type { Engine, ModelShape, TrainingSet } from '../estimator.js';
import { requireWeights } from './boosting/require-weights.js';
import { rowsWithWeight } from './boosting/rows-with-weight.js';
import { automaticClassFactors } from './oblivious/automatic-class-factors.js';
import { automaticRate } from './oblivious/automatic-rate.js';
import { obliviousBoost, obliviousBytes } from './oblivious/oblivious-boost.js';
import type { ObliviousPlan, RowSampling } from './oblivious/oblivious-plan.js';
import { obliviousPredictor } from './oblivious/oblivious-predictor.js';
import { readObliviousTrees } from './oblivious/oblivious-trees.js';

const PATH = 'estimator.cat_boost_classifier';

const DEFAULT_L2 = 3;
/** What CatBoost takes where it does not choose the rate by the data. */
const FIXED_RATE = 0.03;
/** Where there are fewer iterations and columns, CatBoost takes one step only in leaves. */
const FEW_ITERATIONS = 200;
const FEW_COLUMNS = 20;
/** Of fewer rows CatBoost's MVS takes all. */
const FEW_ROWS = 100;
/** In place of no penalty. */
const LEAST_L2 = 1e-20;

/** CatBoost's max_ctr_complexity, and where there are few iterations. */
const COMPLEXITY = 4;
const FEW_COMPLEXITY = 1;

/** Boosted oblivious trees as CatBoost grows them with Plain boosting (L. Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018). */
export const coreCatBoost: Engine<CatBoostHyperparameters> = {
  takesMissingValues: true,

  refusesMissing({ nan_mode }) {
    return {
      numbers: nan_mode === 'forbidden' ? 'nan_mode is FORBIDDEN; fill it in, or choose MIN or MAX' : undefined,
      // As in CatBoost, what a gap among categories stands for is for the caller to say.
      categories:
        'cat_boost_classifier takes no missing categories; give them one of their own, a code that no other has',
    };
  },

  takesCategories: 'natively',
  takesSampleWeight: true,
  takesValidation: true,

  honours: () => true,

  settle(training, hyperparameters) {
    const { nSamples, nFeatures, nClasses, sampleWeight, validation } = training;
    // Rows of the weight 0 leave no trace.
    const nRows = sampleWeight?.reduce((n, weight) => n + (weight > 0 ? 1 : 0), 0) ?? nSamples;
    const keepsBest = (validation?.earlyStoppingRounds ?? 0) > 0;
    const plan = catBoostPlan(hyperparameters, { nSamples: nRows, nFeatures, nClasses }, keepsBest);
    const { sampling } = plan;
    return {
      ...hyperparameters,
      learning_rate: plan.learningRate,
      l2_leaf_reg: hyperparameters.l2_leaf_reg ?? DEFAULT_L2,
      leaf_estimation_iterations: plan.steps,
      bootstrap_type: sampling.by,
      subsample: 'share' in sampling ? sampling.share : null,
      bagging_temperature: 'temperature' in sampling ? sampling.temperature : null,
    };
  },

  trainingBytes(size, hyperparameters) {
    const plan = catBoostPlan(hyperparameters, size, false);
    const weighted = size.weighted || hyperparameters.auto_class_weights !== 'none';
    return obliviousBytes({ ...size, weighted }, plan);
  },

  /**
   * @throws INVALID_REQUEST where bootstrap_type takes no subsample, or no
   *   bagging_temperature, and for weights that nothing can be learned by.
   */
  fit(training, hyperparameters, monitor) {
    const keepsBest = (training.validation?.earlyStoppingRounds ?? 0) > 0;
    const classFactors = automaticClassFactors(training, hyperparameters.auto_class_weights);
    requireWeights(training, classFactors);
    const rows = rowsWithWeight(training);
    return obliviousBoost(rows, { ...catBoostPlan(hyperparameters, rows, keepsBest), classFactors }, monitor);
  },

  *restore(tensors, shape: ModelShape) {
    return yield* obliviousPredictor(yield* readObliviousTrees(tensors, shape), shape);
  },
};

/**
 * CatBoost's rules, in numbers.
 *
 * @param keepsBest whether the best iteration is kept, rather than the last one
 * @throws INVALID_REQUEST where bootstrap_type takes no subsample, or no bagging_temperature.
 */
export function catBoostPlan(
  hyperparameters: CatBoostHyperparameters,
  { nSamples, nFeatures, nClasses }: Pick<TrainingSet, 'nSamples' | 'nFeatures' | 'nClasses'>,
  keepsBest: boolean,
): ObliviousPlan {
  const { iterations, learning_rate, l2_leaf_reg, leaf_estimation_iterations } = hyperparameters;
  const isFree = l2_leaf_reg === null && leaf_estimation_iterations === null;
  const few = iterations < FEW_ITERATIONS && nFeatures < FEW_COLUMNS;
  return {
    iterations,
    depth: hyperparameters.depth,
    learningRate: learning_rate ?? (isFree ? automaticRate(nSamples, nClasses, iterations, keepsBest) : FIXED_RATE),
    l2: Math.max(LEAST_L2, l2_leaf_reg ?? DEFAULT_L2),
    randomStrength: hyperparameters.random_strength,
    sampling: samplingOf(hyperparameters, nSamples, nClasses),
    byLevel: hyperparameters.rsm,
    borders: hyperparameters.border_count,
    steps: leaf_estimation_iterations ?? (nClasses > 2 || few ? 1 : 10),
    missing: hyperparameters.nan_mode === 'max' ? 'max' : 'min',
    oneHot: hyperparameters.one_hot_max_size,
    complexity: iterations < FEW_ITERATIONS ? FEW_COMPLEXITY : COMPLEXITY,
    inOrder: false,
  };
}

function samplingOf(
  { bootstrap_type, subsample, bagging_temperature }: CatBoostHyperparameters,
  nSamples: number,
  nClasses: number,
): RowSampling {
  const by = bootstrap_type ?? (nClasses > 2 ? 'bayesian' : 'mvs');
  if (subsample !== null && (by === 'bayesian' || by === 'no')) {
    const whose = bootstrap_type === null ? 'the default for more than two classes' : 'which is set';
    throw invalid(
      `${PATH}.subsample`,
      `is not for bootstrap_type ${by.toUpperCase()}, ${whose}; leave it unset, or choose BERNOULLI or MVS`,
    );
  }
  // CatBoost ignores it where no type is set, and MVS is the default.
  if (bagging_temperature !== null && by !== 'bayesian') {
    const whose = bootstrap_type === null ? 'the default for two classes' : 'set';
    throw invalid(
      `${PATH}.bagging_temperature`,
      `is for bootstrap_type BAYESIAN only, and ${by.toUpperCase()} is ${whose}; leave it unset, or choose BAYESIAN`,
    );
  }
  switch (by) {
    case 'no':
      return { by };
    case 'bayesian':
      return { by, temperature: bagging_temperature ?? 1 };
    case 'bernoulli':
      return { by, share: subsample ?? 0.66 };
    case 'mvs':
      return { by, share: subsample ?? (nSamples < FEW_ROWS ? 1 : 0.8) };
  }
}
