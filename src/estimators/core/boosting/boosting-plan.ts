import type { BinningRule } from './binning-rule.js';
import type { UnseenMissing } from './boosted-trees.js';
import type { GrowthRules } from './growth-rules.js';
import type { HessianRule } from './log-loss-gradients.js';

/** What is to be boosted, in terms that the estimators of this family share. */
export interface BoostingPlan {
  readonly iterations: number;
  readonly binning: BinningRule;
  readonly growth: GrowthRules;
  readonly hessian: HessianRule;
  readonly rows: RowSampling;
  /** What the weights of each class's rows are multiplied by (shape: n_classes); absent: 1. */
  readonly classFactors?: readonly number[];
  /**
   * The score of each output before the first tree.
   *
   * @param shares shape: n_classes, the share of each class in the weight of all rows
   * @param log the natural logarithm, the same on every machine
   */
  readonly baseScore: (shares: readonly number[], log: (x: number) => number) => number[];
  readonly unseenMissing: UnseenMissing;
  /** Whether trees without a split add nothing, and an iteration of nothing else is dropped, and ends the boosting. */
  readonly splitsOnly: boolean;
}

/** Which rows a tree is grown on. */
export interface RowSampling {
  /** The share of rows that are drawn; 1: all. */
  readonly share: number;
  /** They are drawn once for each tree, or for all trees of so many iterations. */
  readonly every: 'tree' | number;
}
