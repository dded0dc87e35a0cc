import { invalid } from '../errors.js';

/**
 * Checks that there is a row to learn from, once rows are held out.
 *
 * @param weights shape: n_samples, at least 0; absent: 1
 * @throws INVALID_REQUEST when all rows of a weight above 0 are held out.
 */
export function requireSomeWeight(weights: Float64Array | undefined): void {
  if (!weights?.every((weight) => weight === 0)) return;
  throw invalid('options.validation_fraction', 'holds out all rows of a weight above 0; there is none to learn from');
}
