import type { Benchmark } from '../benchmark.js';
import { compareAll, QUERIES, ROUNDS } from './compare.js';
import type { Case, Comparison } from './comparison.js';
import { catBoost, withBoth } from './pairs.js';

const TREES = 200;
const oblivious = (rows: number, columns: number): Case => ({ rows, columns, classes: 2, bars: { fit: 0.8 } });
const served = (one: Case): Case => ({
  ...one,
  bars: { ...one.bars, batch: null, row: null, array_batch: 0.5, array_row: 0.3 },
});

const pair = withBoth(catBoost, { iterations: TREES });
const comparison: Comparison = {
  ...pair,
  question: { ...pair.question, arrays: true },
  title: `cat_boost_classifier: ${TREES} trees of depth 6`,
  cases: [oblivious(10_000, 20), served(oblivious(100_000, 20)), oblivious(100_000, 100), oblivious(1_000_000, 28)],
};

/** Oblivious trees against CatBoost, one thread each, on the same rows, in turn. */
export const catboost: Benchmark = {
  name: 'catboost',
  title: 'Oblivious trees against CatBoost',
  description:
    `One thread each, ${ROUNDS} rounds in turn on the same rows (synthetic, float64), with ${TREES} trees and else the defaults of both. ` +
    'The ratio is the median of ours ÷ theirs, the times are medians; borders and bins are part of a fit. CatBoost is fitted to Pools, which are ' +
    `made outside of the times. Its predict_proba is asked about arrays of float64, as ours is (${QUERIES} rows, and a single one), to which the bars are ` +
    `held, and about Pools made beforehand. The log loss is that of ${QUERIES} other rows.`,
  run: (circumstances) => compareAll([comparison], circumstances),
};
