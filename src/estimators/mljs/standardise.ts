import type { TrainingSet } from '../estimator.js';

/** Features with mean 0 and variance 1, and the way back. */
interface Standardised {
  /** Shape: n_samples x n_features, row-major; columns that do not vary are 0. */
  readonly z: Float64Array;
  /** Shape: n_features; z = x / scale - offset. */
  readonly scale: Float64Array;
  /** Shape: n_features. */
  readonly offset: Float64Array;
}

/**
 * Standardises the features, so that one step size fits all of them. Without
 * `centre` they are only scaled, to a mean square of 1: a model without an
 * intercept must not get one through the means.
 */
export function standardise({ x, nSamples, nFeatures }: TrainingSet, centre: boolean): Standardised {
  const z = new Float64Array(nSamples * nFeatures);
  const scale = new Float64Array(nFeatures).fill(1);
  const offset = new Float64Array(nFeatures);
  for (let j = 0; j < nFeatures; j++) {
    // Relative to the largest value, since squares of large numbers overflow.
    let largest = 0;
    for (let i = j; i < x.length; i += nFeatures) largest = Math.max(largest, Math.abs(x[i]));
    if (largest === 0) continue;
    let mean = 0;
    if (centre) for (let i = j; i < x.length; i += nFeatures) mean += x[i] / largest / nSamples;
    let variance = 0;
    for (let i = j; i < x.length; i += nFeatures) variance += (x[i] / largest - mean) ** 2 / nSamples;
    const deviation = Math.sqrt(variance);
    // What is left of a constant after rounding is no information, and the
    // coefficients of numbers next to zero would overflow.
    if (deviation <= 1e-12 || deviation * largest < 1e-290) continue;
    scale[j] = deviation * largest;
    offset[j] = mean / deviation;
    for (let i = j; i < x.length; i += nFeatures) z[i] = (x[i] / largest - mean) / deviation;
  }
  return { z, scale, offset };
}
