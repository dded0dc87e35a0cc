import { invalid } from '../../errors.js';
import type { Engine, ModelShape } from '../estimator.js';
import { outputsOf } from '../linear-model.js';
import type { XgbHyperparameters } from '../xgb-classifier.js';
import { boost, boostingBytes } from './boosting/boost.js';
import type { BoostingPlan } from './boosting/boosting-plan.js';
import { boostedPredictor } from './boosting/boosted-predictor.js';
import { readBoostedTrees } from './boosting/boosted-trees.js';
import { quantileBins } from './boosting/quantile-bins.js';

/** XGBoost takes a smaller gain for none (kRtEps). */
const LEAST_GAIN = 1e-6;
/** The least hessian of a row (kRtEps of its softmax). */
const LEAST_HESSIAN = 1e-16;

/** XGBoost's max_cat_to_onehot, of which fewer categories are tried one against the rest, and max_cat_threshold; the contract has neither. */
const MAX_CAT_TO_ONEHOT = 4;
const MAX_CAT_THRESHOLD = 64;

/** Boosted trees as XGBoost grows them with the method `hist` (T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016). */
export const coreXgb: Engine<XgbHyperparameters> = {
  takesMissingValues: true,
  takesCategories: 'natively',
  takesSampleWeight: true,
  takesValidation: true,

  honours() {
    return true;
  },

  trainingBytes(size, hyperparameters) {
    return boostingBytes(size, xgbPlan(hyperparameters, size.nClasses));
  },

  /**
   * @throws INVALID_REQUEST when there are more than two classes and scale_pos_weight
   * is set, or features of categories while enable_categorical is not.
   */
  fit(training, hyperparameters, monitor) {
    const { nClasses, nCategories } = training;
    const column = nCategories?.findIndex((n) => n > 0) ?? -1;
    if (!hyperparameters.enable_categorical && column >= 0) {
      throw invalid(
        'estimator.xgb_classifier.enable_categorical',
        `is false, and feature ${column} has categories; set it, or leave out the features that are strings or in options.categorical_features`,
      );
    }
    if (nClasses > 2 && hyperparameters.scale_pos_weight !== 1) {
      throw invalid(
        'estimator.xgb_classifier.scale_pos_weight',
        `is for two classes, and y has ${nClasses}; leave it unset, or weigh classes by options.class_weight`,
      );
    }
    return boost(training, xgbPlan(hyperparameters, nClasses), monitor);
  },

  *restore(tensors, shape: ModelShape) {
    return yield* boostedPredictor(
      yield* readBoostedTrees(tensors, shape, outputsOf(shape.nClasses)),
      shape,
      true,
      true,
    );
  },
};

/** XGBoost's rules, in the terms of this family. */
function xgbPlan(hyperparameters: XgbHyperparameters, nClasses: number): BoostingPlan {
  const { max_depth, max_leaves, gamma, scale_pos_weight, base_score } = hyperparameters;
  return {
    iterations: hyperparameters.n_estimators,
    binning: {
      maxBins: hyperparameters.max_bin,
      countsMissing: false,
      weighted: true,
      single: true,
      cut: quantileBins,
      // Up to the last one that occurs.
      keptCategories: (counts) => counts.findLastIndex((count) => count > 0) + 1,
      mostCategories: (nRows) => nRows,
      unseenApart: true,
    },
    growth: {
      bestFirst: hyperparameters.grow_policy === 'lossguide',
      tiesByFeature: false,
      maxLeaves: max_leaves > 0 ? max_leaves : Infinity,
      maxDepth: max_depth > 0 ? max_depth : Infinity,
      minSamples: 0,
      minHessian: hyperparameters.min_child_weight,
      inheritsSplittable: false,
      fromAbove: false,
      extraHessian: 0,
      single: true,
      // A gain of gamma itself is enough.
      minGain: Math.max(LEAST_GAIN, gamma * (1 - Number.EPSILON)),
      lambda: hyperparameters.reg_lambda,
      alpha: hyperparameters.reg_alpha,
      maxStep: hyperparameters.max_delta_step,
      categories: {
        like: 'XGBoost',
        mostSingled: MAX_CAT_TO_ONEHOT - 1,
        most: MAX_CAT_THRESHOLD,
        smooth: 0,
        l2: 0,
        minPerGroup: 0,
      },
      learningRate: hyperparameters.learning_rate,
      byTree: hyperparameters.colsample_bytree,
      byLevel: hyperparameters.colsample_bylevel,
      byNode: hyperparameters.colsample_bynode,
      featureCount: (share, n) => Math.max(1, Math.floor(share * n)),
    },
    hessian: { factor: 2, least: LEAST_HESSIAN },
    rows: { share: hyperparameters.subsample, every: 'tree' },
    classFactors: nClasses === 2 && scale_pos_weight !== 1 ? [1, scale_pos_weight] : undefined,
    baseScore(shares, log) {
      if (nClasses > 2) return base_score === null ? centred(shares.map(log)) : shares.map(() => 0);
      // With weights of its own, XGBoost takes a Newton step from 0 in place of the share itself.
      if (base_score === null && scale_pos_weight !== 1) return [4 * shares[1] - 2];
      // In single precision, step by step, as XGBoost's.
      const rate = Math.fround(base_score ?? shares[1]);
      return [-Math.fround(log(Math.fround(Math.fround(1 / rate) - 1)))];
    },
    unseenMissing: () => 'right',
    splitsOnly: false,
  };
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}
