import type { MissingSide } from './bordered-feature.js';

/** What is to be boosted, in numbers. */
export interface ObliviousPlan {
  readonly iterations: number;
  readonly depth: number;
  readonly learningRate: number;
  /** The L2 penalty on leaves, above 0, for rows of the weight 1. */
  readonly l2: number;
  /** How strong the noise of scores is. */
  readonly randomStrength: number;
  readonly sampling: RowSampling;
  /** The share of the features that each level looks at. */
  readonly byLevel: number;
  /** The most borders of a feature. */
  readonly borders: number;
  /** Newton steps for the values of leaves. */
  readonly steps: number;
  readonly missing: MissingSide;
  /** Features of no more categories are split one category against the rest; of others there are statistics. */
  readonly oneHot: number;
  /** The most columns that a statistic tells rows apart by. */
  readonly complexity: number;
  /**
   * Whether the rows come in the order of time (CatBoost's has_time): statistics then
   * see them in that order only. The contract has no field for it; without it nothing
   * that statistics learn could be held to CatBoost's own numbers.
   */
  readonly inOrder: boolean;
  /** What the weights of each class's rows are multiplied by (shape: n_classes); absent: 1. */
  readonly classFactors?: readonly number[];
}

/** How rows are weighed anew for each tree. */
export type RowSampling =
  | { readonly by: 'no' }
  | { readonly by: 'bayesian'; readonly temperature: number }
  | { readonly by: 'bernoulli' | 'mvs'; readonly share: number };
