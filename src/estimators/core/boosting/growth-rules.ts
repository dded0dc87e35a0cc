/** How categories are parted, in the way of one of the namesakes. */
export interface CategoryRules {
  readonly like: 'LightGBM' | 'XGBoost';
  /** The most bins of a feature, all for LightGBM and those of categories for XGBoost, whose categories are tried one against the rest. */
  readonly mostSingled: number;
  /** The most categories that are taken from either end of their order. */
  readonly most: number;
  /** LightGBM: what is added to hessians in the order, and the fewest rows of a category in it. */
  readonly smooth: number;
  /** LightGBM: what is added to lambda where sides are sets of categories. */
  readonly l2: number;
  /** LightGBM: the fewest rows by which one set differs from the one before, and that are left. */
  readonly minPerGroup: number;
}

/** How a boosted tree grows, in the terms that its namesakes share. */
export interface GrowthRules {
  /** Whether the node of the largest gain is split next; else level by level. */
  readonly bestFirst: boolean;
  /** Which of nodes that gain the same is split next: the one whose split looks at the lowest feature, and of those the one with the lowest leaf number; or else the oldest. */
  readonly tiesByFeature: boolean;
  /** Infinity: no limit. */
  readonly maxLeaves: number;
  /** Infinity: no limit. */
  readonly maxDepth: number;
  /** The fewest rows of a child, as estimated from its hessians; 0: no limit. */
  readonly minSamples: number;
  /** The least sum of hessians of a child. */
  readonly minHessian: number;
  /** What is added to the hessians of each side while cuts are compared. */
  readonly extraHessian: number;
  /** Whether the gains of cuts are compared in single precision. */
  readonly single: boolean;
  /** A split has to gain more. */
  readonly minGain: number;
  /** Whether a feature of which no cut gained enough at a node is not looked at below it. */
  readonly inheritsSplittable: boolean;
  /** Whether of equal cuts of a feature the highest one is taken; else the lowest. */
  readonly fromAbove: boolean;
  /** The L2 and L1 penalties on leaves. */
  readonly lambda: number;
  readonly alpha: number;
  /** The largest step of a leaf before shrinkage; 0: any. */
  readonly maxStep: number;
  /** What a leaf's step is multiplied by. */
  readonly learningRate: number;
  readonly categories: CategoryRules;
  /** Shares of the features that are drawn for each tree; of those for each level; of those for each node. */
  readonly byTree: number;
  readonly byLevel: number;
  readonly byNode: number;
  /** How many of `n` features a share is. */
  readonly featureCount: (share: number, n: number) => number;
}

/** The most leaves that a tree of `nRows` rows can have. */
export function mostLeaves({ maxLeaves, maxDepth }: GrowthRules, nRows: number): number {
  return Math.min(nRows, maxLeaves, 2 ** maxDepth);
}
