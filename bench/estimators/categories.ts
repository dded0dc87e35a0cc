import type { Benchmark } from '../benchmark.js';
import { formatCount } from '../report/format.js';
import { compareAll, QUERIES, ROUNDS } from './compare.js';
import type { Case, Comparison } from './comparison.js';
import { catBoost, lgbm, withBoth, xgb } from './pairs.js';

const NUMBERS = 20;
const CATEGORIES = [10, 100, 1000, 5000, 10_000];
const table = (bars: Case['bars']): Case => ({
  rows: 100_000,
  columns: NUMBERS + CATEGORIES.length,
  categories: CATEGORIES,
  classes: 2,
  bars,
});

const comparisons: readonly Comparison[] = [
  {
    ...withBoth(catBoost, { iterations: 200 }),
    title: 'cat_boost_classifier: 200 trees of depth 6',
    cases: [table({ fit: 0.8, batch: 0.5, row: 0.3 })],
  },
  {
    ...lgbm,
    title: 'lgbm_classifier: 100 trees of 31 leaves',
    cases: [table({ fit: 0.8, batch: null, row: null })],
  },
  { ...xgb, title: 'xgb_classifier: 100 trees of depth 6', cases: [table({ fit: null })] },
];

/** Boosted trees against their namesakes on a table with words, one thread each, in turn. */
export const categories: Benchmark = {
  name: 'categories',
  title: 'Boosted trees of tables with words',
  description:
    `One thread each, ${ROUNDS} rounds in turn on the same rows (synthetic): ${NUMBERS} columns of numbers and ${CATEGORIES.length} of words, ` +
    `with ${CATEGORIES.map(formatCount).join(', ')} categories, as frequent as Zipf's law has it; the label depends on numbers, on words, and on ` +
    'pairs of words in the last two columns. The hyperparameters are the defaults of both, but for the trees of cat_boost_classifier. What turns words into numbers is ' +
    'in the times of neither: ours and LightGBM and XGBoost are given float64 rows with the numbers of the categories, the most frequent one 0, ' +
    'and which columns they are in; CatBoost Pools that have them as categorical features. The ratio is the median of ours ÷ theirs, the times are ' +
    "medians of fits, binning included, of a batch, and of a single row, which are LightGBM's by its C interface, CatBoost's by predict_proba of Pools. " +
    `The log loss is that of ${QUERIES} other rows.`,
  run: (circumstances) => compareAll(comparisons, circumstances),
};
