import type { Test, TreeSplit } from '../target-statistics/projection.js';
import type { BorderedFeature } from './bordered-feature.js';
import type { FeatureSplit, ObliviousSplit } from './oblivious-tree.js';

/** A split by a feature, as rows see it. */
export function testOf(features: readonly BorderedFeature[], { feature, cut }: FeatureSplit): Test {
  const { column, edges, categories, missing } = features[feature];
  if (categories !== undefined) return { column, category: cut };
  return { column, border: edges[cut], missing: missing > 0 };
}

/** The split by a feature that is such a test. */
export function splitOf(features: readonly BorderedFeature[], test: Test): FeatureSplit {
  const feature = features.findIndex(({ column }) => column === test.column);
  return { feature, cut: 'category' in test ? test.category : features[feature].edges.indexOf(test.border) };
}

export function treeSplitOf(features: readonly BorderedFeature[], split: ObliviousSplit): TreeSplit {
  return 'feature' in split ? { test: testOf(features, split) } : split;
}
