import { invalid } from '../errors.js';
import type { RandomForestHyperparameters } from './random-forest-classifier.js';

const PATH = 'estimator.random_forest_classifier';

/** How often rows are drawn for a tree is counted in 32 bits. */
const MAX_ROWS_PER_TREE = 2 ** 31 - 1;

/**
 * How many features a split looks at.
 *
 * @throws INVALID_REQUEST when the rule asks for more than there are.
 */
export function featuresPerSplit(nFeatures: number, rule: RandomForestHyperparameters['max_features']): number {
  if (rule === 'all') return nFeatures;
  if (rule === 'sqrt') return Math.floor(Math.sqrt(nFeatures));
  // The binary logarithm, rounded down, without the platform's logarithm.
  if (rule === 'log2') return Math.max(1, 31 - Math.clz32(nFeatures));
  if ('fraction' in rule) return Math.max(1, Math.floor(rule.fraction * nFeatures));
  if (rule.count > nFeatures) {
    throw invalid(`${PATH}.max_features.count`, `is ${rule.count}; must be at most n_features, ${nFeatures}`);
  }
  return rule.count;
}

/**
 * How many rows are drawn for a tree.
 *
 * @param weight what a share of max_samples is of: n_samples, or the sum of their weights
 * @throws INVALID_REQUEST when max_samples asks for more rows than there are or can be drawn, or lacks bootstrap.
 */
export function rowsPerTree(
  nSamples: number,
  { bootstrap, max_samples }: RandomForestHyperparameters,
  weight: number = nSamples,
): number {
  if (max_samples === null) return nSamples;
  if (!bootstrap) throw invalid(`${PATH}.max_samples`, 'needs bootstrap; leave it unset, or bootstrap true');
  if (max_samples <= 1) return rowsOfShare(max_samples, weight);
  if (max_samples > nSamples) {
    throw invalid(`${PATH}.max_samples`, `is ${max_samples}; must be at most n_samples, ${nSamples}`);
  }
  return max_samples;
}

/** As in scikit-learn since 1.9, a share of what the rows weigh. */
function rowsOfShare(share: number, weight: number): number {
  const nRows = Math.floor(share * weight);
  if (nRows <= MAX_ROWS_PER_TREE) return Math.max(1, nRows);
  const many = nRows < Infinity ? nRows : `more than ${Number.MAX_VALUE}`;
  throw invalid(
    `${PATH}.max_samples`,
    `is ${share} of the sum of the weights, ${weight}, and would draw ${many} rows for each tree, of at most ${MAX_ROWS_PER_TREE}; scale the weights down, or give max_samples as a count`,
  );
}
