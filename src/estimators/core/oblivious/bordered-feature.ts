import type { TrainingSet } from '../../estimator.js';
import { type BinnedFeature, valueBins } from '../boosting/binned-feature.js';
import { columnsWithMissing } from '../columns-with-missing.js';
import { distinctValues, distinctValuesBytes } from '../sampled-columns.js';
import { spreadRows } from '../spread-rows.js';
import { greedyLogSum } from './greedy-log-sum.js';
import type { Logarithm } from './logarithm.js';

/** From more rows than these, the borders come from a sample (CatBoost's dev_max_subset_size_for_build_borders). */
const BORDER_SAMPLE = 200_000;
/** The largest number of single precision: beyond it is what is missing. */
export const LARGEST = 3.4028234663852886e38;

/** Where missing values are: below all others, or above them. */
export type MissingSide = 'min' | 'max';

/**
 * A feature whose values are told by how many of its borders they are above. Where
 * a training row lacks it, missing values are on one side of all others, with a
 * border between. Of few categories each has a bin of its own, and what the training
 * has not seen one more.
 */
export interface BorderedFeature extends BinnedFeature {
  /** The bin of missing values. */
  readonly missing: number;
}

/** The bytes that `borderedFeatures` takes while it is at work. */
export function borderingBytes(nRows: number): number {
  return distinctValuesBytes(Math.min(nRows, BORDER_SAMPLE));
}

/** How many ways there are to split a feature. */
export function cutsOf(feature: BorderedFeature): number {
  return feature.categories === undefined ? feature.edges.length : valueBins(feature);
}

/**
 * Sets the borders of all features; one that is the same in all rows is left out, and
 * so are those of more than `mostCategories` categories.
 *
 * @param most the most borders of a feature, at least 1
 * @param pause called after each
 */
export function borderedFeatures(
  training: TrainingSet,
  most: number,
  mostCategories: number,
  side: MissingSide,
  log: Logarithm,
  pause: () => void,
): BorderedFeature[] {
  const { x, nSamples, nFeatures, nCategories } = training;
  const lacks = columnsWithMissing(x, nFeatures);
  const features: BorderedFeature[] = [];
  let column = 0;
  const rows = spreadRows(nSamples, BORDER_SAMPLE);
  for (const { values, counts } of distinctValues({ x, nFeatures, rows, single: true })) {
    const count = nCategories?.[column] ?? 0;
    if (count > 1 && count <= mostCategories) {
      const categories = { kept: count, all: count, unseenApart: false };
      features.push({ column, edges: [], hasMissing: true, categories, missing: count });
    } else if (count === 0 && values.length > 0) {
      const isMissing = lacks[column] === 1;
      const between = greedyLogSum(values, counts, isMissing ? most - 1 : most, log);
      const edges = !isMissing ? between : side === 'min' ? [-LARGEST, ...between] : [...between, LARGEST];
      const missing = side === 'max' && isMissing ? edges.length : 0;
      if (edges.length > 0) features.push({ column, edges, hasMissing: false, missing });
    }
    column++;
    pause();
  }
  return features;
}
