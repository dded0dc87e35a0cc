import { invalid } from '../../../errors.js';
import type { TrainingSet } from '../../estimator.js';
import { requireSomeWeight } from '../../require-some-weight.js';

/** Sums of so many times the largest loss still fit single precision. */
const HEAVIEST = 1e30;

/**
 * Checks that there are rows to learn from, and rows to stop by, and that their
 * weights can be summed up.
 *
 * @param classFactors what the weights of each class's rows are multiplied by; absent: 1
 * @throws INVALID_REQUEST when not.
 */
export function requireWeights(
  { y, sampleWeight, validation }: TrainingSet,
  classFactors: readonly number[] | undefined,
): void {
  requireSomeWeight(sampleWeight);
  if (sampleWeight?.every(isNothing)) {
    throw invalid('sample_weight', 'is 0 in single precision for all rows; multiply all weights by one factor');
  }
  const stops = validation !== undefined && validation.earlyStoppingRounds > 0;
  if (stops && validation.sampleWeight?.every(isNothing)) {
    throw invalid(
      'options.early_stopping_rounds',
      'needs a row of a weight above 0 among those that options.validation_fraction holds out',
    );
  }
  y.forEach((label, row) => {
    const weight = (sampleWeight?.[row] ?? 1) * (classFactors?.[label] ?? 1);
    if (weight <= HEAVIEST) return;
    throw invalid(
      'sample_weight',
      `is ${weight} for a row, the weight of its class multiplied in; must be at most ${HEAVIEST} for boosted trees`,
    );
  });
}

/** Rows are weighed in single precision. */
function isNothing(weight: number): boolean {
  return Math.fround(weight) === 0;
}
