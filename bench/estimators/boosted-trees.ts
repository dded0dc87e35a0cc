import type { Case, Comparison } from './comparison.js';
import { lgbm, type Pair, withBoth, xgb } from './pairs.js';

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

/** With 50 rounds, for many classes. */
const shorter = (pair: Pair): Pair => withBoth(pair, { n_estimators: 50 });

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
