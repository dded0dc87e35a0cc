import type { Statistic } from '../target-statistics/projection.js';

/** A split of all leaves of a level by a feature. */
export interface FeatureSplit {
  /** The number of its feature. */
  readonly feature: number;
  /** The last bin of rows of bit 0; of categories the one that rows of bit 1 have. */
  readonly cut: number;
}

/** One by a statistic of categories. */
export interface StatisticSplit {
  readonly statistic: Statistic;
  /** Where its bins are in the tiles of its projection. */
  readonly tile: number;
  readonly lane: number;
  /** The last bin of rows of bit 0. */
  readonly cut: number;
}

export type ObliviousSplit = FeatureSplit | StatisticSplit;

/** A tree whose leaves' numbers have a bit for each of its splits, the first one the lowest. */
export interface ObliviousTree {
  readonly splits: readonly ObliviousSplit[];
  /** Shape: n_leaves x n_outputs, what a leaf adds to the scores. */
  readonly values: Float64Array;
  /** Shape: n_leaves, the weight of the rows of each leaf. */
  readonly weights: Float64Array;
}

/**
 * The first split that no leaf needs: of any two leaves that differ in its bit
 * alone, one is empty. -1: there is none.
 */
export function redundantSplit(counts: Uint32Array, depth: number): number {
  for (let level = 0; level < depth; level++) {
    const bit = 1 << level;
    let needed = false;
    for (let leaf = 0; leaf < 1 << depth && !needed; leaf++) {
      needed = (leaf & bit) === 0 && counts[leaf] > 0 && counts[leaf | bit] > 0;
    }
    if (!needed) return level;
  }
  return -1;
}
