import type { Namesake } from './namesake.js';

const DEFAULTS = { name: 'defaults', hyperparameters: {} };

/** All that the parity benchmark holds together; another estimator joins by an entry here. */
export const NAMESAKES: readonly Namesake[] = [
  {
    kind: 'lgbm_classifier',
    peer: 'LightGBM',
    estimator: 'lightgbm.LGBMClassifier',
    quietly: { n_jobs: 1, verbose: -1 },
    settings: [
      DEFAULTS,
      {
        name: 'tuned',
        hyperparameters: {
          n_estimators: 200,
          learning_rate: 0.05,
          num_leaves: 15,
          min_child_samples: 10,
          subsample: 0.8,
          subsample_freq: 1,
          colsample_bytree: 0.8,
          reg_lambda: 1,
        },
      },
    ],
  },
  {
    kind: 'xgb_classifier',
    peer: 'XGBoost',
    estimator: 'xgboost.XGBClassifier',
    quietly: { n_jobs: 1, tree_method: 'hist' },
    settings: [
      DEFAULTS,
      {
        name: 'tuned',
        hyperparameters: {
          n_estimators: 200,
          learning_rate: 0.05,
          max_depth: 4,
          min_child_weight: 2,
          subsample: 0.8,
          colsample_bytree: 0.8,
          reg_lambda: 2,
        },
      },
    ],
  },
  {
    kind: 'cat_boost_classifier',
    peer: 'CatBoost',
    estimator: 'catboost.CatBoostClassifier',
    quietly: { thread_count: 1, verbose: false, allow_writing_files: false },
    settings: [
      // The default is 1,000; the learning rate follows from it.
      { name: 'defaults but for fewer iterations', hyperparameters: { iterations: 300 } },
      {
        name: 'tuned',
        hyperparameters: {
          iterations: 200,
          learning_rate: 0.1,
          depth: 4,
          l2_leaf_reg: 5,
          random_strength: 2,
          rsm: 0.8,
          border_count: 64,
          leaf_estimation_iterations: 3,
          one_hot_max_size: 10,
        },
      },
    ],
  },
];

export const NAMESAKE_KINDS = NAMESAKES.map(({ kind }) => kind);
