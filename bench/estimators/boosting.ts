import type { Benchmark } from '../benchmark.js';
import { boostedComparisons } from './boosted-trees.js';
import { compareAll, QUERIES, ROUNDS } from './compare.js';

/** The boosted trees against LightGBM and XGBoost, one thread each, on the same rows, in turn. */
export const boosting: Benchmark = {
  name: 'boosting',
  title: 'Boosted trees against LightGBM and XGBoost',
  description:
    `One thread each, ${ROUNDS} rounds in turn on the same rows (synthetic, float64), with the defaults of both. The ratio is the ` +
    `median of ours ÷ theirs, the times are medians of fits, binning included; batch (the second time) and row are timed by LightGBM's C interface, the row by its call for single rows. The log loss is that of ${QUERIES} other rows.`,
  run: (circumstances) => compareAll(boostedComparisons, circumstances),
};
