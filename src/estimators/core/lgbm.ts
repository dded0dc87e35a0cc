import type { Engine, ModelShape } from '../estimator.js';
import type { LgbmHyperparameters } from '../lgbm-classifier.js';
import { boost, boostingBytes } from './boosting/boost.js';
import type { BoostingPlan } from './boosting/boosting-plan.js';
import { boostedPredictor } from './boosting/boosted-predictor.js';
import { readBoostedTrees } from './boosting/boosted-trees.js';
import { greedyBins } from './boosting/greedy-bins.js';
import { keptCategories } from './boosting/kept-categories.js';
import { outputsOf } from '../linear-model.js';

/** LightGBM counts so much with the hessians of each side (kEpsilon, in single precision). */
const EXTRA_HESSIAN = Math.fround(1e-15);

/** LightGBM's min_data_per_group, which the contract has not. */
const MIN_PER_GROUP = 100;

/** Boosted trees as LightGBM grows them (G. Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", 2017). */
export const coreLgbm: Engine<LgbmHyperparameters> = {
  takesMissingValues: true,
  takesCategories: 'natively',
  takesSampleWeight: true,
  takesValidation: true,

  honours() {
    return true;
  },

  trainingBytes(size, hyperparameters) {
    return boostingBytes(size, lgbmPlan(hyperparameters, size.nClasses));
  },

  fit(training, hyperparameters, monitor) {
    return boost(training, lgbmPlan(hyperparameters, training.nClasses), monitor);
  },

  *restore(tensors, shape: ModelShape) {
    return yield* boostedPredictor(
      yield* readBoostedTrees(tensors, shape, outputsOf(shape.nClasses)),
      shape,
      false,
      false,
    );
  },
};

/** LightGBM's rules, in the terms of this family. */
function lgbmPlan(hyperparameters: LgbmHyperparameters, nClasses: number): BoostingPlan {
  const { max_depth, max_bin, min_data_in_bin, subsample, subsample_freq } = hyperparameters;
  return {
    iterations: hyperparameters.n_estimators,
    binning: {
      maxBins: max_bin,
      countsMissing: true,
      weighted: false,
      single: false,
      cut: (values, counts, maxBins) => greedyBins(values, counts, maxBins, min_data_in_bin),
      keptCategories: (counts, nMissing) => keptCategories(counts, nMissing, max_bin, min_data_in_bin),
      // The first two may be as rare as they like.
      mostCategories: (nRows) => Math.floor(nRows / min_data_in_bin) + 2,
      unseenApart: false,
    },
    growth: {
      bestFirst: true,
      tiesByFeature: true,
      maxLeaves: hyperparameters.num_leaves,
      maxDepth: max_depth > 0 ? max_depth : Infinity,
      minSamples: hyperparameters.min_child_samples,
      minHessian: hyperparameters.min_child_weight,
      inheritsSplittable: true,
      fromAbove: true,
      extraHessian: EXTRA_HESSIAN,
      single: false,
      minGain: hyperparameters.min_split_gain,
      lambda: hyperparameters.reg_lambda,
      alpha: hyperparameters.reg_alpha,
      maxStep: 0,
      categories: {
        like: 'LightGBM',
        mostSingled: hyperparameters.max_cat_to_onehot,
        most: hyperparameters.max_cat_threshold,
        smooth: hyperparameters.cat_smooth,
        l2: hyperparameters.cat_l2,
        minPerGroup: MIN_PER_GROUP,
      },
      learningRate: hyperparameters.learning_rate,
      byTree: hyperparameters.colsample_bytree,
      byLevel: 1,
      byNode: 1,
      featureCount: (share, n) => Math.max(Math.min(2, n), Math.round(share * n)),
    },
    // Friedman's factor of the softmax (2001, section 4.6).
    hessian: { factor: nClasses / (nClasses - 1), least: 0 },
    rows: { share: subsample_freq > 0 ? subsample : 1, every: Math.max(1, subsample_freq) },
    baseScore: (shares, log) => (nClasses === 2 ? [log(shares[1] / shares[0])] : shares.map(log)),
    // LightGBM takes a missing value for 0 where the training has seen none.
    unseenMissing: (threshold) => (threshold >= 0 ? 'left' : 'right'),
    splitsOnly: true,
  };
}
