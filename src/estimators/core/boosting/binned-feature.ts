import type { TrainingSet } from '../../estimator.js';
import { type ColumnSample, distinctValues, distinctValuesBytes } from '../sampled-columns.js';
import type { BinningRule, Masses } from './binning-rule.js';

/** From more rows than these, the edges come from a sample, as LightGBM takes it (bin_construct_sample_cnt). */
const EDGE_SAMPLE = 200_000;
/** The most bins whose numbers fit a byte. */
export const BYTE_BINS = 256;

/** The bytes that `binnedFeatures` takes while it is at work. */
export function binningBytes(nRows: number): number {
  return distinctValuesBytes(Math.min(nRows, EDGE_SAMPLE));
}

/** A feature that splits can look at, and how its values are binned. */
export interface BinnedFeature {
  /** Its column in X. */
  readonly column: number;
  /** Rising; a value is in the bin of the first edge that it is not above. */
  readonly edges: readonly number[];
  /** Whether a training row lacks it; missing values then have a bin after all others. */
  readonly hasMissing: boolean;
}

/** Its bins, that of missing values included. */
export function binsOf({ edges, hasMissing }: BinnedFeature): number {
  return edges.length + 1 + (hasMissing ? 1 : 0);
}

/** The bin of no value. */
export const NO_BIN = 0xffff_ffff;

/** The bin of missing values, the one after those of all others. */
export function missingBin({ edges }: BinnedFeature): number {
  return edges.length + 1;
}

/**
 * Cuts the bins of all features; one that is the same in all rows is left out,
 * since no split can look at it. `pause` is called after each.
 */
export function binnedFeatures(training: TrainingSet, rule: BinningRule, pause: () => void): BinnedFeature[] {
  const { x, nSamples, nFeatures } = training;
  const missing = columnsWithMissing(x, nFeatures);
  const sample = { x, nFeatures, rows: sampleRows(nSamples), single: rule.single };
  const weights = rule.weighted ? training.sampleWeight : undefined;
  const features: BinnedFeature[] = [];
  let column = 0;
  for (const { values, counts } of distinctValues(sample)) {
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

/** Flags of the columns that hold a NaN. */
function columnsWithMissing(x: Float64Array, nFeatures: number): Uint8Array {
  const missing = new Uint8Array(nFeatures);
  for (let at = 0; at < x.length; at += nFeatures) {
    for (let column = 0; column < nFeatures; column++) {
      if (Number.isNaN(x[at + column])) missing[column] = 1;
    }
  }
  return missing;
}

/** All rows, or one of every so many. */
function sampleRows(nRows: number): Uint32Array {
  const length = Math.min(nRows, EDGE_SAMPLE);
  return Uint32Array.from({ length }, (_, i) => {
    // Not the same place in every stretch, lest the rows come in periods.
    const within = length === nRows ? 0 : ((i * 0x9e3779b1) >>> 0) / 2 ** 32;
    return Math.floor(((i + within) * nRows) / length);
  });
}
