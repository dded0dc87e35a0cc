/** In place of a node's feature: it is a leaf. */
export const LEAF = -1;

/** A node of a boosted tree as it has grown. */
export interface GradientNode {
  /** LEAF, or the number of the binned feature that the split looks at. */
  feature: number;
  /** The last bin that goes left. */
  cut: number;
  missingLeft: boolean;
  /** How much the split lowers the penalised loss, doubled. */
  gain: number;
  left: number;
  right: number;
  /** What a leaf adds to the score. */
  value: number;
  /** The place and number of its rows among the tree's. */
  readonly begin: number;
  readonly count: number;
}

/** The nodes of a tree, the root first. */
export type GradientTree = readonly GradientNode[];
