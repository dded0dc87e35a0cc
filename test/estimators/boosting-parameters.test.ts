import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { readDataSet } from '../support/csv.js';
import { trainingSet } from '../support/estimation.js';
import { flag, itHasParameters, noField, type Parameter } from '../support/parameters.js';

const nEstimators: Parameter = { works: [1, 7], outOfRange: [0, 1.5, 100_001, NaN] };
const penalty: Parameter = { works: [0, 0.5, 1e6], outOfRange: [-0.1, NaN, Infinity] };
const share: Parameter = { works: [0.3, 1], outOfRange: [0, -0.5, 1.1, NaN] };

/** The parameters of LightGBM 4.7.0's and XGBoost 3.2.0's classes: all that `get_params` names, and those of the library that the contract has. */
const PARAMETERS = {
  lgbm_classifier: {
    n_estimators: nEstimators,
    learning_rate: { works: [1e-3, 0.5, 2], outOfRange: [0, -0.1, NaN, Infinity] },
    num_leaves: { works: [2, 9, 131_072], outOfRange: [1, 0, 2.5, 131_073] },
    max_depth: { works: [-1, 0, 1, 4, 2_147_483_647], outOfRange: [-2, 2.5] },
    min_child_samples: { works: [0, 1, 40, 4_294_967_295], outOfRange: [-1, 1.5] },
    min_child_weight: penalty,
    min_split_gain: penalty,
    subsample: share,
    subsample_freq: { works: [0, 1, 5], outOfRange: [-1, 0.5] },
    colsample_bytree: share,
    reg_alpha: penalty,
    reg_lambda: penalty,
    max_bin: { works: [2, 3, 255, 256, 65_535], outOfRange: [1, 2.5, 65_536] },
    min_data_in_bin: { works: [1, 30, 4_294_967_295], outOfRange: [0, 1.5] },
    cat_smooth: penalty,
    cat_l2: penalty,
    max_cat_threshold: { works: [1, 32, 4_294_967_295], outOfRange: [0, 1.5] },
    max_cat_to_onehot: { works: [1, 4, 4_294_967_295], outOfRange: [0, 1.5] },
    class_weight: { insteadOfIt: 'options.class_weight' },
    random_state: { insteadOfIt: 'options.seed' },
    boosting_type: noField,
    objective: noField,
    importance_type: noField,
    subsample_for_bin: noField,
    n_jobs: noField,
  },
  xgb_classifier: {
    n_estimators: nEstimators,
    learning_rate: { works: [1e-3, 0.5, 2], outOfRange: [0, -0.1, NaN, Infinity] },
    max_depth: { works: [0, 1, 4, 4_294_967_295], outOfRange: [-1, 2.5] },
    max_leaves: { works: [0, 1, 5, 4_294_967_295], outOfRange: [-1, 2.5] },
    max_bin: { works: [2, 3, 255, 256, 257, 65_535], outOfRange: [1, 2.5, 65_536] },
    grow_policy: { works: ['depthwise', 'lossguide'], outOfRange: ['breadthwise', 0] },
    gamma: penalty,
    min_child_weight: penalty,
    max_delta_step: penalty,
    subsample: share,
    colsample_bytree: share,
    colsample_bylevel: share,
    colsample_bynode: share,
    reg_alpha: penalty,
    reg_lambda: penalty,
    scale_pos_weight: { works: [0.1, 1, 30], outOfRange: [0, -1, NaN, Infinity] },
    base_score: { works: [0.01, 0.5, 0.99], outOfRange: [0, 1, -0.1, NaN] },
    enable_categorical: flag,
    early_stopping_rounds: { insteadOfIt: 'options.early_stopping_rounds' },
    random_state: { insteadOfIt: 'options.seed' },
    booster: noField,
    callbacks: noField,
    device: noField,
    eval_metric: noField,
    feature_types: noField,
    feature_weights: noField,
    importance_type: noField,
    interaction_constraints: noField,
    max_cat_threshold: noField,
    max_cat_to_onehot: noField,
    missing: noField,
    monotone_constraints: noField,
    multi_strategy: noField,
    n_jobs: noField,
    num_parallel_tree: noField,
    objective: noField,
    sampling_method: noField,
    tree_method: noField,
    validate_parameters: noField,
    verbosity: noField,
  },
} as const satisfies Partial<Record<EstimatorKind, Record<string, Parameter>>>;

describe('A parameter of the class of boosted trees', () => {
  const { rows, labels } = readDataSet('iris');
  // Two classes, since scale_pos_weight is for no more.
  const virginica = trainingSet(
    rows,
    labels.map((label) => (label === 'virginica' ? 1 : 0)),
  );

  for (const [kind, parameters] of Object.entries(PARAMETERS) as [EstimatorKind, Record<string, Parameter>][]) {
    itHasParameters(kind, parameters, virginica, { n_estimators: 3 });
  }
});
