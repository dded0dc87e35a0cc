import fc from 'fast-check';

import type { BoostedTrees } from '../../../../src/estimators/core/boosting/boosted-trees.js';
import { CategorySetsWriter, readCategorySets } from '../../../../src/estimators/core/boosting/category-sets.js';
import { LEAF } from '../../../../src/estimators/core/boosting/gradient-tree.js';
import { runThrough } from '../../../../src/estimators/in-parts.js';

/** A tree as people draw it: a leaf, or a split with its two sides. */
export type DrawnTree =
  { readonly leaf: number } | (DrawnSplit & { readonly left: DrawnTree; readonly right: DrawnTree });

export interface DrawnSplit {
  readonly feature: number;
  /** NaN where categories are parted. */
  readonly threshold: number;
  readonly missingLeft: boolean;
  /** The categories that go one way. */
  readonly listed?: readonly number[];
  readonly listedLeft?: boolean;
}

/** How categories are numbered, and where those go that the training has not seen. */
export interface DrawnCategories {
  readonly nCategories: (feature: number) => number;
  readonly unseenLeft: boolean;
}

/** Trees of any shape, with these splits. */
export function drawnTrees(split: fc.Arbitrary<DrawnSplit>): fc.Arbitrary<DrawnTree> {
  return fc.letrec<{ tree: DrawnTree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium' },
      fc.record({ leaf: fc.integer({ min: -64, max: 64 }).map((n) => n / 16) }),
      fc.tuple(split, tie('tree'), tie('tree')).map(([of, left, right]): DrawnTree => ({ ...of, left, right })),
    ),
  })).tree;
}

/** The leaf that a row reaches. */
export function leafOf(tree: DrawnTree, row: readonly number[], categories?: DrawnCategories): number {
  if ('leaf' in tree) return tree.leaf;
  const { listed, listedLeft, threshold, missingLeft } = tree;
  const value = row[tree.feature];
  const isSeen = value < (categories?.nCategories(tree.feature) ?? Infinity);
  const byList =
    listed !== undefined && (isSeen ? listed.includes(value) === listedLeft : categories?.unseenLeft === true);
  const goesByValue = listed === undefined ? value <= threshold : byList;
  return leafOf((Number.isNaN(value) ? missingLeft : goesByValue) ? tree.left : tree.right, row, categories);
}

/** The tensors of trees, in pre-order. */
export function boostedTreesOf(trees: readonly DrawnTree[], baseScore: readonly number[]): BoostedTrees {
  const [treeStart, feature, leafValue] = [[0], [] as number[], [] as number[]];
  const [threshold, missingLeft] = [[] as number[], [] as number[]];
  const sets = new CategorySetsWriter();
  const write = (tree: DrawnTree): void => {
    if ('leaf' in tree) {
      feature.push(LEAF);
      leafValue.push(tree.leaf);
      return;
    }
    feature.push(tree.feature);
    threshold.push(tree.threshold);
    missingLeft.push(tree.missingLeft ? 1 : 0);
    if (tree.listed !== undefined) sets.add({ bins: Uint32Array.from(tree.listed), goLeft: tree.listedLeft === true });
    write(tree.left);
    write(tree.right);
  };
  for (const tree of trees) {
    write(tree);
    treeStart.push(feature.length);
  }
  return {
    treeStart: Uint32Array.from(treeStart),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    missingLeft: Uint8Array.from(missingLeft),
    leafValue: Float64Array.from(leafValue),
    baseScore: Float64Array.from(baseScore),
    categories: runThrough(readCategorySets(sets.tensors())),
  };
}
