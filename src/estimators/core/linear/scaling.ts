import type { TrainingSet } from '../../estimator.js';
import { binaryExponent } from '../binary-exponent.js';

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

/** Weighted means of features (times their unit), and mean squares about them. */
export interface Moments {
  readonly mean: Float64Array;
  readonly square: Float64Array;
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
 * @param first moments in units of 1, whatever came of extreme numbers in them
 * @param ridge the strength of the penalty, relative to the curvature of the loss
 */
export function scalingOf(training: TrainingSet, first: Moments, centred: boolean, ridge: number): Scaling {
  const unit = unitsOf(training, first);
  const { mean, square } = unit.every((value) => value === 1) ? first : momentsInUnits(training, centred, unit);
  const inverse = new Float64Array(training.nFeatures);
  for (let j = 0; j < inverse.length; j++) {
    const deviation = Math.sqrt(square[j]);
    if (deviation <= RELATIVE_NOISE * Math.abs(mean[j]) || deviation < SMALLEST * unit[j]) continue;
    inverse[j] = 1 / Math.sqrt(square[j] + ridge * unit[j] * unit[j]);
    // So little is left of it that its squares vanish in single precision.
    if (deviation * inverse[j] < 1e-15) inverse[j] = 0;
  }
  return { unit, centre: mean, inverse };
}

/** Units in which squares neither overflow nor vanish. */
function unitsOf({ x, nFeatures }: TrainingSet, { square }: Moments): Float64Array {
  const unit = new Float64Array(nFeatures).fill(1);
  for (let j = 0; j < nFeatures; j++) {
    if (square[j] > LEAST_SQUARE && square[j] < MOST_SQUARE) continue;
    let largest = 0;
    for (let i = j; i < x.length; i += nFeatures) largest = Math.max(largest, Math.abs(x[i]));
    const isConstant = square[j] === 0 && largest > Math.sqrt(LEAST_SQUARE);
    // Below 1/4: the difference of two opposite numbers is twice as large.
    if (largest > 0 && !isConstant) unit[j] = 2 ** -Math.min(1021, Math.max(-1021, binaryExponent(largest) + 3));
  }
  return unit;
}

/** The moments of x * unit: slower than the kernel, for extreme numbers only. */
function momentsInUnits(
  { x, nSamples, nFeatures, sampleWeight }: TrainingSet,
  centred: boolean,
  unit: Float64Array,
): Moments {
  const mean = new Float64Array(nFeatures);
  const square = new Float64Array(nFeatures);
  const heaviest = sampleWeight?.reduce((a, b) => Math.max(a, b)) ?? 1;
  const weights = Float64Array.from({ length: nSamples }, (_, i) => (sampleWeight?.[i] ?? 1) / heaviest);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // About the first row that counts, so that a constant is its own mean exactly.
  const first = weights.findIndex((weight) => weight > 0) * nFeatures;
  for (let j = 0; j < nFeatures; j++) {
    const origin = x[first + j] * unit[j];
    let sum = 0;
    for (let i = 0; i < nSamples; i++) sum += weights[i] * (x[i * nFeatures + j] * unit[j] - origin);
    if (centred) mean[j] = origin + sum / total;
    for (let i = 0; i < nSamples; i++) square[j] += weights[i] * (x[i * nFeatures + j] * unit[j] - mean[j]) ** 2;
    square[j] /= total;
  }
  return { mean, square };
}
