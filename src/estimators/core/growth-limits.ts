import { featuresPerSplit } from '../forest-sizes.js';
import type { RandomForestHyperparameters } from '../random-forest-classifier.js';

const NO_LIMIT = 0xffff_ffff;

/** When trees stop, in the terms of the kernel. */
export interface GrowthLimits {
  readonly entropy: boolean;
  readonly maxFeatures: number;
  readonly maxDepth: number;
  /** 0 when there is no limit: trees grow depth first then, else best node first. */
  readonly maxLeaves: number;
  readonly minSplit: number;
  readonly minLeaf: number;
  readonly minWeightFraction: number;
  readonly minDecrease: number;
}

/** The limits that hyperparameters mean for `nRows` rows; shares round up, as scikit-learn's. */
export function growthLimits(
  nRows: number,
  nFeatures: number,
  hyperparameters: RandomForestHyperparameters,
): GrowthLimits {
  const { min_samples_split, min_samples_leaf } = hyperparameters;
  const minLeaf = min_samples_leaf < 1 ? Math.ceil(min_samples_leaf * nRows) : min_samples_leaf;
  const minSplit = min_samples_split < 1 ? Math.ceil(min_samples_split * nRows) : min_samples_split;
  return {
    entropy: hyperparameters.criterion !== 'gini',
    maxFeatures: featuresPerSplit(nFeatures, hyperparameters.max_features),
    maxDepth: atMost32Bits(hyperparameters.max_depth ?? NO_LIMIT),
    maxLeaves: Math.min(hyperparameters.max_leaf_nodes ?? 0, 0x7fff_ffff),
    minSplit: atMost32Bits(Math.max(2, minSplit, 2 * minLeaf)),
    // Twice this must fit too.
    minLeaf: Math.min(minLeaf, 0x7fff_ffff),
    minWeightFraction: hyperparameters.min_weight_fraction_leaf,
    minDecrease: hyperparameters.min_impurity_decrease,
  };
}

function atMost32Bits(limit: number): number {
  return Math.min(limit, NO_LIMIT);
}
