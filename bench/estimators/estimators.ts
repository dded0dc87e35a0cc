import type { Benchmark } from '../benchmark.js';
import { compareAll, QUERIES, ROUNDS } from './compare.js';
import { forestComparison } from './forest.js';
import { logisticRegressionComparison } from './logistic-regression.js';
import { neighboursComparison } from './nearest-neighbours.js';

const COMPARISONS = [forestComparison, logisticRegressionComparison, neighboursComparison];

/** The training core against scikit-learn, one thread each, on the same rows, in turn. */
export const estimators: Benchmark = {
  name: 'estimators',
  title: 'The training core against scikit-learn',
  description:
    `One thread each, ${ROUNDS} rounds in turn on the same rows (synthetic, float64), with the defaults of both. The ratio is the ` +
    `median of ours ÷ scikit-learn's, the times are medians. Fit includes all preparation of the data, batch is ${QUERIES} rows, asked for before, ` +
    `row a single one; quality is compared on the same ${QUERIES} rows. The objective is scikit-learn's, mean log loss and ` +
    'penalty, by the number of training rows: below 0, ours is the smaller.',
  run: (circumstances) => compareAll(COMPARISONS, circumstances),
};
