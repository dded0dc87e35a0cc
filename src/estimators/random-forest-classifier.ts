import { coreRandomForest } from './core/random-forest.js';
import { defineEstimator } from './estimator.js';
import {
  choice,
  countOrShare,
  directions,
  flag,
  type Hyperparameter,
  integer,
  maxFeatures,
  optional,
  real,
  type Values,
} from './hyperparameters.js';
import { mljsRandomForest } from './mljs/random-forest.js';

/** The rows drawn for a tree: a count above 1, or a share; 1 is the whole share, as 1.0 in Python. */
const rowsPerTree: Hyperparameter<number> = {
  default: 1,
  parse(value) {
    const rows = typeof value === 'number' ? value : NaN;
    if (!(rows > 0 && (rows <= 1 || Number.isSafeInteger(rows)))) {
      throw new RangeError(
        `is ${JSON.stringify(value)}; must be a count above 1, or a share of n_samples above 0 and at most 1`,
      );
    }
    return rows;
  },
};

const hyperparameters = {
  n_estimators: integer(100, { min: 1, max: 100_000 }),
  criterion: choice('gini', ['gini', 'entropy', 'log_loss']),
  max_depth: optional(integer(1, { min: 1 })),
  min_samples_split: countOrShare(2, 2),
  min_samples_leaf: countOrShare(1, 1),
  min_weight_fraction_leaf: real(0, { min: 0, max: 0.5 }),
  max_features: maxFeatures('sqrt'),
  max_leaf_nodes: optional(integer(2, { min: 2 })),
  min_impurity_decrease: real(0, { min: 0 }),
  bootstrap: flag(true),
  oob_score: flag(false),
  ccp_alpha: real(0, { min: 0 }),
  max_samples: optional(rowsPerTree),
  monotonic_cst: directions(),
};

/** The hyperparameters of the contract's message of the same name. */
export type RandomForestHyperparameters = Values<typeof hyperparameters>;

/** Forest of randomised decision trees, after scikit-learn's RandomForestClassifier. */
export const randomForestClassifier = defineEstimator({
  kind: 'random_forest_classifier',
  hyperparameters,
  engines: { core: coreRandomForest, mljs: mljsRandomForest },
  defaultEngine: 'core',
});
