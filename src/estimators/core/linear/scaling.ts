import type { TrainingSet } from '../../estimator.js';

/**
 * How features are brought to one scale for training: z = (x unit - centre) inverse.
 * A linear model of z is one of x, so this does not change the solution, only the
 * way to it; penalties are transformed with the coefficients.
 */
export interface Scaling {
  /** Shape: n_features; 1, or a power of two for numbers whose squares would overflow or vanish. */
  readonly unit: Float64Array;
  /** Shape: n_features. */
  readonly centre: Float64Array;
  /** Shape: n_features; 0 for features that do not vary, which get no coefficient. */
  readonly inverse: Float64Array;
}

/** What varies by less, relative to its mean, is rounding. */
const RELATIVE_NOISE = 1e-14;
/** The coefficients of what varies by less would overflow. */
const SMALLEST = 1e-290;
/** Squares outside are near overflow or the denormals. */
const [LEAST_SQUARE, MOST_SQUARE] = [1e-200, 1e200];

/**
 * Scales by the weighted standard deviation about the mean or, without an
 * intercept to take the mean up, by the root of the mean square. The scale
 * includes the curvature of an L2 penalty, so that a feature which varies little
 * beside its penalty keeps little of itself, and all parameters have about the
 * same curvature.
 *
 * @param ridge the strength of the penalty, relative to the curvature of the loss
 */
export function scalingOf(training: TrainingSet, centred: boolean, ridge: number): Scaling {
  const { x, nFeatures } = training;
  const unit = new Float64Array(nFeatures).fill(1);
  let { centre, square } = moments(training, centred, unit);
  let repeat = false;
  for (let j = 0; j < nFeatures; j++) {
    if (square[j] > LEAST_SQUARE && square[j] < MOST_SQUARE) continue;
    const largest = largestOf(x, j, nFeatures);
    if (largest === 0 || (square[j] === 0 && largest > LEAST_SQUARE ** 0.5)) continue;
    // Below 1/4: the difference of two opposite numbers is twice as large.
    unit[j] = 2 ** -Math.min(1021, Math.max(-1021, Math.ceil(Math.log2(largest)) + 2));
    repeat = true;
  }
  if (repeat) ({ centre, square } = moments(training, centred, unit));

  const inverse = new Float64Array(nFeatures);
  for (let j = 0; j < nFeatures; j++) {
    const deviation = Math.sqrt(square[j]);
    if (deviation <= RELATIVE_NOISE * Math.abs(centre[j]) || deviation < SMALLEST * unit[j]) continue;
    inverse[j] = 1 / Math.hypot(deviation, Math.sqrt(ridge) * unit[j]);
    // So little is left of it that its squares vanish in single precision.
    if (deviation * inverse[j] < 1e-15) inverse[j] = 0;
  }
  return { unit, centre, inverse };
}

/** Means, and mean squares about them, of x * unit. */
function moments(
  { x, nSamples, nFeatures, sampleWeight }: TrainingSet,
  centred: boolean,
  unit: Float64Array,
): { centre: Float64Array; square: Float64Array } {
  const centre = new Float64Array(nFeatures);
  const square = new Float64Array(nFeatures);
  const heaviest = sampleWeight?.reduce((a, b) => Math.max(a, b)) ?? 1;
  const weightOf = (i: number) => (sampleWeight === undefined ? 1 : sampleWeight[i] / heaviest);
  let total = 0;
  for (let i = 0; i < nSamples; i++) total += weightOf(i);
  if (centred) {
    // About the first row that counts, so that a constant is its own mean exactly.
    const first = (sampleWeight?.findIndex((weight) => weight > 0) ?? 0) * nFeatures;
    for (let i = 0, at = 0; i < nSamples; i++, at += nFeatures) {
      const weight = weightOf(i);
      if (weight === 0) continue;
      for (let j = 0; j < nFeatures; j++) centre[j] += weight * (x[at + j] * unit[j] - x[first + j] * unit[j]);
    }
    for (let j = 0; j < nFeatures; j++) centre[j] = x[first + j] * unit[j] + centre[j] / total;
  }
  for (let i = 0, at = 0; i < nSamples; i++, at += nFeatures) {
    const weight = weightOf(i);
    if (weight === 0) continue;
    for (let j = 0; j < nFeatures; j++) {
      const difference = x[at + j] * unit[j] - centre[j];
      square[j] += weight * difference * difference;
    }
  }
  for (let j = 0; j < nFeatures; j++) square[j] /= total;
  return { centre, square };
}

function largestOf(x: Float64Array, from: number, pitch: number): number {
  let largest = 0;
  for (let i = from; i < x.length; i += pitch) largest = Math.max(largest, Math.abs(x[i]));
  return largest;
}
