import type { Predictor } from '../estimators/estimator.js';
import type { Matrix } from '../estimators/matrix.js';

/** The batch of most predictors, so that a block costs them no more than its rows do. */
const BLOCK_ROWS = 1024;

/**
 * The class probabilities of the rows of `x` (shape: rows x nClasses,
 * row-major); `pause` is called after every block.
 */
export function predictInBlocks(
  predictor: Predictor,
  { rows, columns, data }: Matrix,
  nClasses: number,
  pause: () => void,
): Float64Array {
  const probabilities = new Float64Array(rows * nClasses);
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const last = Math.min(rows, first + BLOCK_ROWS);
    const block = { rows: last - first, columns, data: data.subarray(first * columns, last * columns) };
    predictor.predictProbabilities(block, probabilities.subarray(first * nClasses, last * nClasses));
    pause();
  }
  return probabilities;
}
