import { invalid } from '../errors.js';
import type { TrainingSet } from './estimator.js';

/** @throws INVALID_REQUEST when there are fewer training rows than neighbours. */
export function requireNeighbours(
  { nSamples, nHeldOut = 0 }: Pick<TrainingSet, 'nSamples' | 'nHeldOut'>,
  nNeighbors: number,
): void {
  if (nNeighbors <= nSamples) return;
  const most =
    nHeldOut === 0
      ? `n_samples, ${nSamples}`
      : `${nSamples}, the rows that options.validation_fraction leaves of n_samples, ${nSamples + nHeldOut}`;
  throw invalid('estimator.k_neighbors_classifier.n_neighbors', `is ${nNeighbors}; must be at most ${most}`);
}
