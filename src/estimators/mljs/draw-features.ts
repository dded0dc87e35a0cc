import type { TrainingSet } from '../estimator.js';
import type { Random } from './random.js';

/**
 * Draws up to `count` features, without replacement, among those that vary over
 * `rows`; none when all are constant. Like scikit-learn's, the draw does not
 * spend itself on features that cannot split these rows.
 */
export function drawVaryingFeatures(
  { x, nFeatures }: TrainingSet,
  rows: Int32Array,
  count: number,
  random: Random,
): number[] {
  // Fisher and Yates' shuffle, as far as it is needed.
  const candidates = Int32Array.from({ length: nFeatures }, (_, feature) => feature);
  const drawn: number[] = [];
  for (let left = nFeatures; left > 0 && drawn.length < count; left--) {
    const at = random.below(left);
    const feature = candidates[at];
    candidates[at] = candidates[left - 1];
    if (varies(x, nFeatures, rows, feature)) drawn.push(feature);
  }
  return drawn;
}

function varies(x: Float64Array, nFeatures: number, rows: Int32Array, feature: number): boolean {
  const first = x[rows[0] * nFeatures + feature];
  for (const row of rows) if (x[row * nFeatures + feature] !== first) return true;
  return false;
}
