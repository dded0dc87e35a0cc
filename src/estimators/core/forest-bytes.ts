import type { TrainingBytes } from '../estimator.js';
import { binnedBytes, binningBytes } from './binned-features.js';
import { drawerBytes } from './row-drawer.js';
import { type GrowthSize, TreeGrower } from './tree-grower.js';

/** Per node of the tensors: its feature, half a threshold with its direction, and half a leaf. */
const NODE_BYTES = 4 + (8 + 1) / 2 + 4 / 2;
/** Per class in a mixed leaf. */
const SHARE_BYTES = 4 + 8;
/** Per node and per class in a mixed leaf, laid out for predictions; pure leaves take nothing then. */
const FLAT_NODE_BYTES = 24;
const FLAT_SHARE_BYTES = 16;
/** What the heap grows by, as measured, for what is short-lived. */
const GARBAGE_BYTES = 2 * 2 ** 20;
/** The place and the weight of a row. */
const WEIGHTED_ROW_BYTES = 4 + 8;
/** The trees are kept in chunks until they are put together, and these are seldom collected before the end. */
const COPIES = 1.8;
/** The leaves that trees have, as measured, of those that their least rows would let them have. */
const SHARE_OF_LEAVES = 0.55;

/** The bytes of the workspace of a training. */
export function forestWorkspaceBytes(size: GrowthSize, bootstrap: boolean, weighted: boolean): number {
  const { nRows, nFeatures } = size;
  return binnedBytes(nRows, nFeatures) + TreeGrower.bytes(size) + drawerBytes(nRows, bootstrap, weighted);
}

/**
 * The most bytes that a training is likely to take: its workspace, of which the
 * nodes of the largest tree are touched, and the trees as tensors. How far trees
 * grow depends on the noise in the data; this takes it to be strong, as where a
 * forest labels three rows in four correctly.
 *
 * @param nDrawn the rows that a tree is grown on
 */
export function forestBytes(
  size: GrowthSize,
  nTrees: number,
  nDrawn: number,
  bootstrap: boolean,
  weighted: boolean,
): TrainingBytes {
  const rowIndex = weighted ? WEIGHTED_ROW_BYTES * size.nRows : 0;
  const nLeaves = likelyLeaves(size, nDrawn, bootstrap);
  const nNodes = 2 * nLeaves - 1;
  const { minLeaf, minSplit, maxDepth, maxLeaves } = size.limits;
  const pure = minLeaf === 1 && minSplit === 2 && maxLeaves === 0 && maxDepth > 31;
  const entries = pure ? 0 : nLeaves * Math.min(size.nClasses, nDrawn / nLeaves);
  const tree = nNodes * NODE_BYTES + entries * SHARE_BYTES;
  const flatTree = (pure ? nLeaves : nNodes) * FLAT_NODE_BYTES + entries * FLAT_SHARE_BYTES;
  const { nRows, nFeatures } = size;
  const workspace = forestWorkspaceBytes(size, bootstrap, weighted) - TreeGrower.untouchedBytes(size, nNodes, pure);
  return {
    reading: binnedBytes(nRows, nFeatures) + binningBytes(nRows) + rowIndex,
    // What the bins were cut with is as good as ever there: nobody hurries to collect it.
    learning: GARBAGE_BYTES + binningBytes(nRows) + workspace + rowIndex + COPIES * nTrees * tree,
    predicting: nTrees * (tree + flatTree),
  };
}

function likelyLeaves({ nClasses, limits }: GrowthSize, nDrawn: number, bootstrap: boolean): number {
  // Bootstrap leaves about 63 % of the rows in the bag.
  const nInBag = bootstrap ? 0.63 * nDrawn : nDrawn;
  const unlimited = 0.6 * (1 - 1 / nClasses) ** 1.3 * nInBag;
  const byRows = (SHARE_OF_LEAVES * 2 * nInBag) / Math.max(2 * limits.minLeaf, limits.minSplit);
  const byDepth = limits.maxDepth < 31 ? 2 ** limits.maxDepth : Infinity;
  return Math.max(1, Math.min(unlimited, byRows, byDepth, limits.maxLeaves || Infinity));
}
