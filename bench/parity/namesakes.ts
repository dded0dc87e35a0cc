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
];
