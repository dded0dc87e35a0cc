import { invalid } from '../errors.js';

/** What a request says of the weights of its rows. */
export interface Weighting {
  /** Shape: n_samples; absent: all 1. */
  readonly sampleWeight?: Float64Array<ArrayBuffer>;
  /** Whether each class weighs as much as the others: n_samples / (n_classes * samples of the class). */
  readonly balanced: boolean;
}

/**
 * The weight of each row, or undefined where all are 1.
 *
 * @param y shape: n_samples, class indexes
 * @throws INVALID_REQUEST for a weight that is negative or not finite, and unless
 *   rows of at least two classes weigh something.
 */
export function weightsOf(
  { sampleWeight, balanced }: Weighting,
  y: Int32Array,
  nClasses: number,
): Float64Array | undefined {
  if (sampleWeight === undefined && !balanced) return undefined;
  const weights = sampleWeight === undefined ? new Float64Array(y.length).fill(1) : sampleWeight.slice();
  requireWeights(weights, y);
  if (balanced) {
    const counts = new Int32Array(nClasses);
    for (const label of y) counts[label]++;
    y.forEach((label, row) => (weights[row] *= y.length / (nClasses * counts[label])));
    // The largest and the least of numbers may have become infinite, or 0.
    requireWeights(weights, y, ', the weight of its class multiplied in');
  }
  return weights;
}

function requireWeights(weights: Float64Array, y: Int32Array, what = ''): void {
  const weighed = new Set<number>();
  weights.forEach((weight, row) => {
    if (!(weight >= 0 && weight < Infinity)) {
      throw invalid(`sample_weight[${row}]`, `is ${weight}${what}; must be finite and at least 0`);
    }
    if (weight > 0) weighed.add(y[row]);
  });
  if (weighed.size < 2) throw invalid('sample_weight', 'leaves fewer than 2 classes with a weight above 0');
}
