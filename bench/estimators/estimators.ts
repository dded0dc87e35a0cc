import type { Benchmark } from '../benchmark.js';
import { Peer } from '../peers/peer.js';
import { compare, QUERIES, ROUNDS } from './compare.js';
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
    `median of ours ÷ scikit-learn's, the times are medians. Fit includes all preparation of the data, batch is ${QUERIES} rows, ` +
    `row a single one; quality is compared on the same ${QUERIES} rows. The objective is scikit-learn's, mean log loss and ` +
    'penalty, by the number of training rows: below 0, ours is the smaller.',
  async run(circumstances) {
    const peer = await Peer.start(circumstances);
    const { progress } = circumstances;
    try {
      progress.begin(ROUNDS * COMPARISONS.reduce((sum, { cases }) => sum + cases.length, 0));
      const tables = [];
      for (const comparison of COMPARISONS) tables.push(await compare(comparison, peer, progress));
      return tables;
    } finally {
      await peer.stop();
    }
  },
};
