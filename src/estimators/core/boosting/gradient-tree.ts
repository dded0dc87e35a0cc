/** In place of a node's feature: it is a leaf. */
export const LEAF = -1;

/** Which rows go left. */
export interface NodeSplit {
  /** The number of the binned feature that it looks at. */
  readonly feature: number;
  /** The last bin that goes left; of categories it says nothing. */
  readonly cut: number;
  readonly missingLeft: boolean;
  /** Of categories: those that go one way. All others go the other way. */
  readonly listed?: CategoryList;
}

/** Some categories. */
export interface CategoryList {
  /** Their bins. */
  readonly bins: Uint32Array;
  readonly goLeft: boolean;
}

/** A node of a boosted tree as it has grown. */
export interface GradientNode {
  /** LEAF, or that of its split. */
  feature: number;
  cut: number;
  missingLeft: boolean;
  listed?: CategoryList;
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
