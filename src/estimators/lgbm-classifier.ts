import { coreLgbm } from './core/lgbm.js';
import { defineEstimator } from './estimator.js';
import { integer, real, share, type Values } from './hyperparameters.js';

const hyperparameters = {
  n_estimators: integer(100, { min: 1, max: 100_000 }),
  learning_rate: real(0.1, { above: 0 }),
  num_leaves: integer(31, { min: 2, max: 131_072 }),
  max_depth: integer(-1, { min: -1 }),
  min_child_samples: integer(20, { min: 0 }),
  min_child_weight: real(1e-3, { min: 0 }),
  min_split_gain: real(0, { min: 0 }),
  subsample: share(1),
  subsample_freq: integer(0, { min: 0 }),
  colsample_bytree: share(1),
  reg_alpha: real(0, { min: 0 }),
  reg_lambda: real(0, { min: 0 }),
  max_bin: integer(255, { min: 2, max: 65_535 }),
  min_data_in_bin: integer(3, { min: 1 }),
  cat_smooth: real(10, { min: 0 }),
  cat_l2: real(10, { min: 0 }),
  max_cat_threshold: integer(32, { min: 1 }),
  max_cat_to_onehot: integer(4, { min: 1 }),
};

/** The hyperparameters of the contract's message of the same name. */
export type LgbmHyperparameters = Values<typeof hyperparameters>;

/** Boosted trees that grow leaf by leaf, after LightGBM's LGBMClassifier. */
export const lgbmClassifier = defineEstimator({
  kind: 'lgbm_classifier',
  hyperparameters,
  engines: { core: coreLgbm },
  defaultEngine: 'core',
});
