import type { TrainingSet } from '../../estimator.js';
import { columnsWithMissing } from '../columns-with-missing.js';
import { type ColumnSample, distinctValues, distinctValuesBytes } from '../sampled-columns.js';
import { spreadRows } from '../spread-rows.js';
import type { BinningRule, Masses } from './binning-rule.js';

/** From more rows than these, the edges come from a sample, as LightGBM takes it (bin_construct_sample_cnt). */
const EDGE_SAMPLE = 200_000;
/** The most bins whose numbers fit a byte. */
export const BYTE_BINS = 256;

/** The most categories whose bins, with those of all others, have numbers of two bytes. */
export const MOST_CATEGORIES = 65_534;

/** The bytes that `binnedFeatures` takes while it is at work. */
export function binningBytes(nRows: number): number {
  return distinctValuesBytes(Math.min(nRows, EDGE_SAMPLE));
}

/** A feature that splits can look at, and how its values are binned. */
export interface BinnedFeature {
  /** Its column in X. */
  readonly column: number;
  /** Rising; a value is in the bin of the first edge that it is not above. Of categories there are none. */
  readonly edges: readonly number[];
  /** Whether missing values have a bin after all others: where a training row lacks them, and of categories always. */
  readonly hasMissing: boolean;
  /** The bin that missing numbers are placed in; absent: the one after all others. */
  readonly missing?: number;
  /** Absent: its values are numbers. */
  readonly categories?: BinnedCategories;
}

/** How categories are binned. */
export interface BinnedCategories {
  /** The first ones, that is the most frequent, have bins of their own; all others are in that of missing values. */
  readonly kept: number;
  /** How many there are. */
  readonly all: number;
  /** Whether those that the training has not seen have a bin after that of missing values, which always goes left; else they are in the latter. */
  readonly unseenApart: boolean;
}

/** Its bins, that of missing values included. */
export function binsOf(feature: BinnedFeature): number {
  const { hasMissing, categories } = feature;
  return valueBins(feature) + (hasMissing ? 1 : 0) + (categories?.unseenApart === true ? 1 : 0);
}

/** The bins of its values, or of its categories. */
export function valueBins({ edges, categories }: BinnedFeature): number {
  return categories?.kept ?? edges.length + 1;
}

/** The bin of no value. */
export const NO_BIN = 0xffff_ffff;

/** The bin of missing values, the one after those of all others. */
export function missingBin(feature: BinnedFeature): number {
  return valueBins(feature);
}

/** The bin of categories that the training has not seen. */
export function unseenBin(feature: BinnedFeature): number {
  return missingBin(feature) + (feature.categories?.unseenApart === true ? 1 : 0);
}

/**
 * Cuts the bins of all features; one that is the same in all rows is left out,
 * since no split can look at it. `pause` is called after each.
 */
export function binnedFeatures(training: TrainingSet, rule: BinningRule, pause: () => void): BinnedFeature[] {
  const { x, nSamples, nFeatures } = training;
  const missing = columnsWithMissing(x, nFeatures);
  const sample = { x, nFeatures, rows: spreadRows(nSamples, EDGE_SAMPLE), single: rule.single };
  const weights = rule.weighted ? training.sampleWeight : undefined;
  const features: BinnedFeature[] = [];
  const ofCategories = countCategories(training);
  let column = 0;
  for (const { values, counts } of distinctValues(sample)) {
    const counted = ofCategories.get(column);
    if (counted !== undefined) {
      const categories = binnedCategories(counted, nSamples, rule);
      if (categories !== undefined) features.push({ column, edges: [], hasMissing: true, categories });
      column++;
      pause();
      continue;
    }
    const hasMissing = missing[column] === 1;
    const nRows = counts.reduce((sum, count) => sum + count, 0);
    const masses = weights === undefined ? counts : weightsOf(values, sample, column, weights);
    const edges = cut(values, masses, nRows, rule, hasMissing);
    const feature = { column, edges, hasMissing };
    if (binsOf(feature) > 1) features.push(feature);
    column++;
    pause();
  }
  return features;
}

/** How the categories of a column are binned; not at all, if all rows would be in one bin. */
function binnedCategories(counts: Uint32Array, nRows: number, rule: BinningRule): BinnedCategories | undefined {
  const present = counts.reduce((sum, count) => sum + count, 0);
  const kept = Math.min(MOST_CATEGORIES, rule.keptCategories(counts, nRows - present));
  const ofKept = counts.subarray(0, kept);
  const nUsed = ofKept.reduce((n, count) => n + (count > 0 ? 1 : 0), 0);
  const isRest = ofKept.reduce((sum, count) => sum + count, 0) < nRows;
  if (nUsed + (isRest ? 1 : 0) < 2) return undefined;
  return { kept, all: counts.length, unseenApart: rule.unseenApart };
}

/** How many rows each category has, by the columns of categories. */
function countCategories({ x, nFeatures, nCategories }: TrainingSet): Map<number, Uint32Array> {
  const counts = new Map<number, Uint32Array>();
  nCategories?.forEach((n, column) => {
    if (n > 0) counts.set(column, new Uint32Array(n));
  });
  for (const [column, ofColumn] of counts) {
    for (let at = column; at < x.length; at += nFeatures) if (x[at] < ofColumn.length) ofColumn[x[at]]++;
  }
  return counts;
}

/** The edges of a feature; where missing values do not count as a bin, the highest edge makes way for them if they would not fit into the byte. */
function cut(values: Float64Array, masses: Masses, nRows: number, rule: BinningRule, hasMissing: boolean): number[] {
  const { maxBins, countsMissing } = rule;
  const edges = rule.cut(values, masses, hasMissing && countsMissing ? Math.max(1, maxBins - 1) : maxBins, nRows);
  const isTooMany = hasMissing && maxBins === BYTE_BINS && edges.length + 2 > BYTE_BINS;
  return isTooMany ? edges.slice(0, -1) : edges;
}

/** The weight of the rows of each distinct value of a column, in single precision. */
function weightsOf(
  values: Float64Array,
  { x, nFeatures, rows, single }: ColumnSample,
  column: number,
  weights: Float64Array,
): Float32Array {
  const sums = new Float32Array(values.length);
  for (const row of rows) {
    const given = x[row * nFeatures + column];
    if (Number.isNaN(given)) continue;
    const value = single ? Math.fround(given) : given;
    let place = 0;
    for (let end = values.length - 1; place < end;) {
      const middle = (place + end) >> 1;
      if (values[middle] < value) place = middle + 1;
      else end = middle;
    }
    sums[place] += weights[row];
  }
  return sums;
}
