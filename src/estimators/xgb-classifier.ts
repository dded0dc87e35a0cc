import { coreXgb } from './core/xgb.js';
import { defineEstimator } from './estimator.js';
import { choice, flag, integer, optional, real, share, type Values } from './hyperparameters.js';

const hyperparameters = {
  n_estimators: integer(100, { min: 1, max: 100_000 }),
  learning_rate: real(0.3, { above: 0 }),
  max_depth: integer(6, { min: 0 }),
  max_leaves: integer(0, { min: 0 }),
  max_bin: integer(256, { min: 2, max: 65_535 }),
  grow_policy: choice('depthwise', ['depthwise', 'lossguide']),
  gamma: real(0, { min: 0 }),
  min_child_weight: real(1, { min: 0 }),
  max_delta_step: real(0, { min: 0 }),
  subsample: share(1),
  colsample_bytree: share(1),
  colsample_bylevel: share(1),
  colsample_bynode: share(1),
  reg_alpha: real(0, { min: 0 }),
  reg_lambda: real(1, { min: 0 }),
  scale_pos_weight: real(1, { above: 0 }),
  base_score: optional(real(0.5, { above: 0, below: 1 })),
  enable_categorical: flag(true),
};

/** The hyperparameters of the contract's message of the same name. */
export type XgbHyperparameters = Values<typeof hyperparameters>;

/** Boosted trees that grow level by level, after XGBoost's XGBClassifier with the tree method `hist`. */
export const xgbClassifier = defineEstimator({
  kind: 'xgb_classifier',
  hyperparameters,
  engines: { core: coreXgb },
  defaultEngine: 'core',
});
