import type { ModelShape } from '../estimator.js';
import { allFit, countOf, forParts, type InParts, PART } from '../in-parts.js';
import { dataOf, type Tensors } from '../tensor.js';

/** Marks a node as a leaf, in the place of its feature. */
export const LEAF = -1;

/**
 * Trees as flat arrays. The nodes of a tree stand in pre-order: after a split
 * come the nodes of its left side, then those of its right side; so the marks of
 * the leaves alone tell the shape of a tree.
 */
export interface Forest {
  /** Shape: n_trees + 1; nodes [treeStart[t], treeStart[t + 1]) are tree t. */
  readonly treeStart: Uint32Array;
  /** Shape: n_nodes; LEAF, or the feature that a split looks at. */
  readonly feature: Int32Array;
  /** Shape: n_splits; rows above it go right. Infinity sends only missing values right. */
  readonly threshold: Float64Array;
  /** Shape: n_splits; 1 where missing values go left, else 0. */
  readonly missingLeft: Uint8Array;
  /** Shape: n_leaves; the class of a leaf of one class, or n_classes at a mixed leaf. */
  readonly leaf: Uint32Array;
  /** Shape: n_mixed_leaves + 1; entries [shareStart[m], shareStart[m + 1]) are those of the m-th mixed leaf. */
  readonly shareStart: Uint32Array;
  /** Shape: n_entries. */
  readonly shareClass: Uint32Array;
  /** Shape: n_entries; those of a leaf sum to 1. */
  readonly share: Float64Array;
}

/**
 * Reads the trees of a trained forest. That they are whole shows when they are
 * walked; here their leaves are checked.
 *
 * @throws RangeError when a tensor is not one of such a forest.
 */
export function* readForest(tensors: Tensors, { nFeatures, nClasses }: ModelShape, nTrees: number): InParts<Forest> {
  const feature = dataOf(tensors, 'feature', 'I32', [-1]);
  const nLeaves = yield* countOf(feature, LEAF);
  const shareClass = dataOf(tensors, 'share_class', 'U32', [-1]);
  const leaf = dataOf(tensors, 'leaf', 'U32', [nLeaves]);
  const nMixed = yield* countOf(leaf, nClasses);
  const forest: Forest = {
    treeStart: dataOf(tensors, 'tree_start', 'U32', [nTrees + 1]),
    feature,
    threshold: dataOf(tensors, 'threshold', 'F64', [feature.length - nLeaves]),
    missingLeft: dataOf(tensors, 'missing_left', 'U8', [feature.length - nLeaves]),
    leaf,
    shareStart: dataOf(tensors, 'share_start', 'U32', [nMixed + 1]),
    shareClass,
    share: dataOf(tensors, 'share', 'F64', [shareClass.length]),
  };
  dataOf(tensors, 'feature_importances', 'F64', [nFeatures]);
  yield* requireOffsets('tree_start', forest.treeStart, feature.length);
  yield* requireOffsets('share_start', forest.shareStart, shareClass.length);
  yield* requireLeaves(forest, nClasses);
  return forest;
}

/** Offsets rise from 0 to `length`, and no part is empty. */
function* requireOffsets(name: string, offsets: Uint32Array, length: number): InParts<void> {
  const rises = yield* allFit(offsets, (offset, i) => (i === 0 ? offset === 0 : offset > offsets[i - 1]));
  if (!rises || offsets[offsets.length - 1] !== length) throw new RangeError(`tensor ${name} has wrong offsets`);
}

function* requireLeaves({ leaf, shareStart, shareClass, share }: Forest, nClasses: number): InParts<void> {
  yield* forParts(leaf.length, (from, to) => {
    for (let i = from; i < to; i++) {
      if (leaf[i] > nClasses) throw new RangeError(`leaf ${i} of the forest is not valid`);
    }
  });
  let last = 0;
  for (let mixed = 0; mixed + 1 < shareStart.length; mixed++) {
    if (shareStart[mixed] - last >= PART) {
      last = shareStart[mixed];
      yield;
    }
    let sum = 0;
    let fits = true;
    for (let i = shareStart[mixed]; i < shareStart[mixed + 1]; i++) {
      fits &&= shareClass[i] < nClasses && share[i] > 0;
      sum += share[i];
    }
    if (!fits || !(Math.abs(sum - 1) <= 1e-6)) throw new RangeError(`mixed leaf ${mixed} of the forest is not valid`);
  }
}
