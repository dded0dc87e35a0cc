import type { Comparison } from './comparison.js';
import { logLoss } from './log-loss.js';

/** An estimator and its namesake, with the defaults of both. */
export type Pair = Omit<Comparison, 'title' | 'cases'>;

export const lgbm: Pair = {
  kind: 'lgbm_classifier',
  peer: 'LightGBM',
  question: { estimator: 'lightgbm.LGBMClassifier', parameters: { n_jobs: 1, verbose: -1 }, c_api: true },
  quality: logLoss,
};

export const xgb: Pair = {
  kind: 'xgb_classifier',
  peer: 'XGBoost',
  question: { estimator: 'xgboost.XGBClassifier', parameters: { n_jobs: 1, tree_method: 'hist' } },
  quality: logLoss,
};

export const catBoost: Pair = {
  kind: 'cat_boost_classifier',
  peer: 'CatBoost',
  question: {
    estimator: 'catboost.CatBoostClassifier',
    parameters: { thread_count: 1, verbose: false, allow_writing_files: false },
    rows: 200,
  },
  quality: logLoss,
};

/** The pair with hyperparameters that both have by the same name. */
export function withBoth(pair: Pair, hyperparameters: Readonly<Record<string, number>>): Pair {
  const { question } = pair;
  const parameters = { ...question.parameters, ...hyperparameters };
  return { ...pair, given: hyperparameters, question: { ...question, parameters } };
}
