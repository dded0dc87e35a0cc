import { LEAST_PROBABILITY } from '../estimators/least-probability.js';
import { Workspace } from '../kernels/workspace.js';

/** How good probabilities are against the true classes. */
export interface Scores {
  /** Share of rows whose most probable class is the true one. */
  readonly accuracy: number;
  /** Mean negative log-likelihood of the true class, in nats. */
  readonly logLoss: number;
  /** Area under the ROC curve, one class against the rest and averaged where there are more than two; unset where a class has no row, or all of them. */
  readonly rocAuc?: number;
}

/**
 * Scores `probabilities` (shape: n_samples x nClasses, row-major) against `y`
 * (shape: n_samples, class indexes).
 *
 * @param pause called between parts of the work, each of the order of a sort of n_samples numbers
 */
export function evaluate(
  probabilities: Float64Array,
  y: Int32Array,
  nClasses: number,
  pause: () => void = () => undefined,
): Scores {
  const { kernels } = new Workspace(0);
  let right = 0;
  let loss = 0;
  y.forEach((label, row) => {
    const first = row * nClasses;
    let best = 0;
    for (let k = 1; k < nClasses; k++) if (probabilities[first + k] > probabilities[first + best]) best = k;
    if (best === label) right++;
    loss -= kernels.log2(Math.max(LEAST_PROBABILITY, probabilities[first + label]));
  });
  pause();
  const logLoss = (loss * Math.LN2) / y.length;
  return { accuracy: right / y.length, logLoss, rocAuc: rocAuc(probabilities, y, nClasses, pause) };
}

function rocAuc(probabilities: Float64Array, y: Int32Array, nClasses: number, pause: () => void): number | undefined {
  // With two classes the second one is the positive one.
  const positives = nClasses === 2 ? [1] : Array.from({ length: nClasses }, (_, label) => label);
  const scores = new Float64Array(y.length);
  const ofPositives = new Float64Array(y.length);
  let sum = 0;
  for (const positive of positives) {
    let nPositive = 0;
    for (let row = 0, at = positive; row < y.length; row++, at += nClasses) {
      scores[row] = probabilities[at];
      if (y[row] === positive) ofPositives[nPositive++] = probabilities[at];
    }
    const positiveScores = ofPositives.subarray(0, nPositive);
    // oxlint-disable-next-line unicorn/no-array-sort -- in place, so that no class takes memory of its own
    const area = areaUnderCurve(scores.sort(), positiveScores.sort());
    if (area === undefined) return undefined;
    sum += area;
    pause();
  }
  return sum / positives.length;
}

/**
 * The share of pairs (positive, negative) that the scores order rightly, ties
 * counting half (Mann and Whitney's U).
 *
 * @param scores those of all rows, ascending
 * @param positives those of the positive ones, ascending
 */
function areaUnderCurve(scores: Float64Array, positives: Float64Array): number | undefined {
  let pairs = 0;
  // Of all scores, how many are below the positives in turn.
  let below = 0;
  for (let from = 0; from < positives.length;) {
    const score = positives[from];
    while (scores[below] < score) below++;
    let to = from + 1;
    while (to < positives.length && positives[to] === score) to++;
    let upTo = below + 1;
    while (upTo < scores.length && scores[upTo] === score) upTo++;
    const tiedPositive = to - from;
    const tiedNegative = upTo - below - tiedPositive;
    pairs += tiedPositive * (below - from + tiedNegative / 2);
    below = upTo;
    from = to;
  }
  const nNegative = scores.length - positives.length;
  return positives.length === 0 || nNegative === 0 ? undefined : pairs / (positives.length * nNegative);
}
