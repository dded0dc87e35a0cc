import { coreCatBoost } from './core/cat-boost.js';
import { defineEstimator } from './estimator.js';
import { choice, integer, optional, real, share, type Values } from './hyperparameters.js';

const hyperparameters = {
  iterations: integer(1000, { min: 1, max: 100_000 }),
  learning_rate: optional(real(0.03, { above: 0 })),
  depth: integer(6, { min: 1, max: 16 }),
  // Whether these are set decides on the learning rate.
  l2_leaf_reg: optional(real(3, { min: 0 })),
  leaf_estimation_iterations: optional(integer(10, { min: 1, max: 1000 })),
  random_strength: real(1, { min: 0 }),
  bootstrap_type: optional(choice('mvs', ['bayesian', 'bernoulli', 'mvs', 'no'])),
  subsample: optional(share(0.8)),
  bagging_temperature: optional(real(1, { min: 0 })),
  rsm: share(1),
  border_count: integer(254, { min: 1, max: 65_535 }),
  one_hot_max_size: integer(2, { min: 0, max: 65_535 }),
  auto_class_weights: choice('none', ['none', 'balanced', 'sqrt_balanced']),
  nan_mode: choice('min', ['forbidden', 'min', 'max']),
};

/** The hyperparameters of the contract's message of the same name. */
export type CatBoostHyperparameters = Values<typeof hyperparameters>;

/** Boosted oblivious trees, after CatBoost's CatBoostClassifier. */
export const catBoostClassifier = defineEstimator({
  kind: 'cat_boost_classifier',
  hyperparameters,
  engines: { core: coreCatBoost },
  defaultEngine: 'core',
});
