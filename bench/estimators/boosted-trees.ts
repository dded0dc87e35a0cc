import { figures } from '../benchmark.js';
import { logLossOf } from '../scores.js';
import type { Case, Comparison } from './comparison.js';

const BAR = 0.8;
const boosted = (rows: number, columns: number, classes = 2): Case => ({
  rows,
  columns,
  classes,
  bars: { fit: BAR },
});
const served = (one: Case): Case => ({ ...one, bars: { ...one.bars, batch: 0.3, row: 0.8 } });

const middle = boosted(100_000, 20);
const binary = [boosted(10_000, 20), middle, boosted(100_000, 100), boosted(1_000_000, 28)];
const multiclass = [boosted(100_000, 20, 10)];

const quality: Comparison['quality'] = {
  columns: [figures('Log loss, ours / theirs')],
  compare({ qy, classes }, ours, theirs) {
    return {
      cells: [[ours, theirs].map(({ probabilities }) => logLossOf(probabilities, qy, classes).toFixed(4)).join(' / ')],
    };
  },
};

const lgbm: Omit<Comparison, 'title' | 'cases'> = {
  kind: 'lgbm_classifier',
  peer: 'LightGBM',
  question: { estimator: 'lightgbm.LGBMClassifier', parameters: { n_jobs: 1, verbose: -1 }, c_api: true },
  quality,
};
const xgb: Omit<Comparison, 'title' | 'cases'> = {
  kind: 'xgb_classifier',
  peer: 'XGBoost',
  question: { estimator: 'xgboost.XGBClassifier', parameters: { n_jobs: 1, tree_method: 'hist' } },
  quality,
};

/** The same with 50 rounds, for many classes. */
function shorter(comparison: Omit<Comparison, 'title' | 'cases'>): Omit<Comparison, 'title' | 'cases'> {
  const { question } = comparison;
  const parameters = { ...question.parameters, n_estimators: 50 };
  return { ...comparison, given: { n_estimators: 50 }, question: { ...question, parameters } };
}

export const boostedComparisons: readonly Comparison[] = [
  {
    ...lgbm,
    title: 'lgbm_classifier: 100 trees of 31 leaves',
    cases: binary.map((one) => (one === middle ? served(one) : one)),
  },
  { ...shorter(lgbm), title: 'lgbm_classifier: 50 rounds', cases: multiclass },
  { ...xgb, title: 'xgb_classifier: 100 trees of depth 6', cases: binary },
  { ...shorter(xgb), title: 'xgb_classifier: 50 rounds', cases: multiclass },
];
