import { copyWords } from './blocks';
import { Random } from './random';

/** In place of a node's feature: it is a leaf. */
export const LEAF: i32 = -1;

/**
 * A node of a tree in growth, 16 bytes. A leaf of several classes has
 * `nEntries` entries from entry `next` on; one of a single class has none, and
 * its class is `next`.
 */
@unmanaged
export class Node {
  /** The feature that the split looks at, or LEAF. */
  feature: i32;
  /** The left child, which the right one follows. */
  next: u32;
  nEntries: u32;
  /** The last bin of the node's rows that goes left, and the first that goes right. */
  low: u8;
  high: u8;
  missingLeft: u8;
  unused: u8;
}

/** A class in a leaf with the weight of its rows. */
@unmanaged
export class Entry {
  label: u32;
  weight: u32;
}

/** A node that waits: its rows are [begin, begin + count) of the tree's. */
@unmanaged
export class Pending {
  node: u32;
  begin: u32;
  count: u32;
  depth: u32;
}

/** Where a split's missing values go: the node had none, or they go left or right. */
export const NO_MISSING: u32 = 0;
export const MISSING_LEFT: u32 = 1;
export const MISSING_RIGHT: u32 = 2;

/**
 * The best split of a node so far. Its score is num / den, kept as a fraction so
 * that to compare two takes no division.
 */
@unmanaged
export class Split {
  num: f64;
  den: f64;
  feature: i32;
  /** The last bin that goes left, and the next one that occurs. */
  low: u32;
  high: u32;
  missing: u32;
}

/** Everything that the growing of trees knows; it grows them one after the other. */
@unmanaged
export class Growth {
  // The data.
  allColumns: usize;
  labels: usize;
  nRows: u32;
  nFeatures: u32;
  nClasses: u32;

  // The limits.
  entropy: bool;
  maxFeatures: u32;
  maxDepth: u32;
  /** Of best-first growth; 0 means depth first. */
  maxLeaves: u32;
  minSplit: u32;
  minLeaf: u32;
  minWeightFraction: f64;
  minDecrease: f64;

  // What comes out.
  nodes: usize;
  entries: usize;
  importances: usize;
  nNodes: u32;
  nEntries: u32;

  // The tree in growth.
  /** The columns that it looks at, and the bytes of one; of all rows, or of those of a subtree. */
  columns: usize;
  columnStride: u32;
  compact: bool;
  /** The nodes that wait for the end of that subtree. */
  compactFloor: u32;
  random: Random;
  totalWeight: f64;
  /** Whether the criterion is gini, and no limit bears on a split itself. */
  plain: bool;
  minWeight: f64;
  nStack: u32;
  nFrontier: u32;
  nSplits: u32;

  // The node in growth: its place, its weight, the features left to draw, and its best split so far.
  searching: bool;
  /** Whether the best split leaves both sides with a single class each: no other can be better. */
  perfect: bool;
  current: Pending;
  best: Split;
  nDrawn: u32;
  nTried: u32;
  nConstant: u32;
  weight: f64;
  /** Of two classes, the weight of the second. */
  second: f64;
  /** Of more classes, the sum of their squared weights. */
  squares: u64;
  /** By entropy, the sum of w log2(w) of the class weights. */
  entropies: f64;

  // Scratch: the columns of a subtree.
  compactColumns: usize;
  // By rows: the rows (those of a node stand together), what `sampleOf` packs of each, room for
  // those that go right, and the samples of a node sorted by their bins, its keys.
  rows: usize;
  samples: usize;
  spareRows: usize;
  spareSamples: usize;
  sorted: usize;
  keys: usize;
  // By bins: sums, of each class where there are more than two; rows; ends of sorted samples; which occur.
  histogram: usize;
  rowCounts: usize;
  ends: usize;
  flags: usize;
  occupied: usize;
  // By classes: the weights of the node, and of the left side.
  totals: usize;
  left: usize;
  // By features: an order, shuffled by drawing.
  features: usize;
  // Nodes that wait.
  stack: usize;
  frontier: usize;
  xlogx: usize;
}

export function nodeAt(g: Growth, node: u32): Node {
  return changetype<Node>(g.nodes + <usize>node * offsetof<Node>());
}

/** Has a node wait on top of the stack. */
export function push(g: Growth, node: u32, begin: u32, count: u32, depth: u32): void {
  const top = changetype<Pending>(g.stack + <usize>g.nStack * offsetof<Pending>());
  g.nStack++;
  top.node = node;
  top.begin = begin;
  top.count = count;
  top.depth = depth;
}

/** Makes the top of the stack the current node. */
export function pop(g: Growth): void {
  g.nStack--;
  const top = g.stack + <usize>g.nStack * offsetof<Pending>();
  copyWords(changetype<usize>(g.current), top, offsetof<Pending>());
}

/** The bins of a feature. */
export function columnOf(g: Growth, feature: u32): usize {
  return g.columns + <usize>feature * g.columnStride;
}

/** The rows of the current node, u32[current.count]. */
export function currentRows(g: Growth): usize {
  return g.rows + ((<usize>g.current.begin) << 2);
}

/** Their samples, u64[current.count]. */
export function currentSamples(g: Growth): usize {
  return g.samples + ((<usize>g.current.begin) << 3);
}

/** The bytes of a u32 for each class, rounded up to whole SIMD registers. */
export function classStride(nClasses: u32): usize {
  return (<usize>((nClasses + 3) & ~3)) << 2;
}
