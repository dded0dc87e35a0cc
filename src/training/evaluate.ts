/** How good probabilities are against the true classes. */
export interface Scores {
  /** Share of rows whose most probable class is the true one. */
  readonly accuracy: number;
  /** Mean negative log-likelihood of the true class, in nats. */
  readonly logLoss: number;
  /** Area under the ROC curve, one class against the rest and averaged where there are more than two; unset where a class has no row, or all of them. */
  readonly rocAuc?: number;
}

/** Below this a probability counts as this, as in scikit-learn's log_loss: the spacing of doubles at 1. */
const LEAST_PROBABILITY = Number.EPSILON;

/**
 * Scores `probabilities` (shape: n_samples x nClasses, row-major) against `y`
 * (shape: n_samples, class indexes).
 */
export function evaluate(probabilities: Float64Array, y: Int32Array, nClasses: number): Scores {
  let right = 0;
  let loss = 0;
  y.forEach((label, row) => {
    const first = row * nClasses;
    let best = 0;
    for (let k = 1; k < nClasses; k++) if (probabilities[first + k] > probabilities[first + best]) best = k;
    if (best === label) right++;
    loss -= Math.log(Math.max(LEAST_PROBABILITY, probabilities[first + label]));
  });
  return { accuracy: right / y.length, logLoss: loss / y.length, rocAuc: rocAuc(probabilities, y, nClasses) };
}

function rocAuc(probabilities: Float64Array, y: Int32Array, nClasses: number): number | undefined {
  // With two classes the second one is the positive one.
  const positives = nClasses === 2 ? [1] : Array.from({ length: nClasses }, (_, label) => label);
  let sum = 0;
  for (const positive of positives) {
    const scores = Float64Array.from(y, (_, row) => probabilities[row * nClasses + positive]);
    const area = areaUnderCurve(scores, y, positive);
    if (area === undefined) return undefined;
    sum += area;
  }
  return sum / positives.length;
}

/** The share of pairs (positive, negative) that the scores order rightly, ties counting half (Mann and Whitney's U). */
function areaUnderCurve(scores: Float64Array, y: Int32Array, positive: number): number | undefined {
  const order = Int32Array.from(scores, (_, row) => row).toSorted((a, b) => scores[a] - scores[b]);
  let nPositive = 0;
  let pairs = 0;
  let negativesBelow = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let tiedPositive = 0;
    while (to < order.length && scores[order[to]] === scores[order[from]]) {
      if (y[order[to++]] === positive) tiedPositive++;
    }
    const tiedNegative = to - from - tiedPositive;
    pairs += tiedPositive * (negativesBelow + tiedNegative / 2);
    nPositive += tiedPositive;
    negativesBelow += tiedNegative;
    from = to;
  }
  return nPositive === 0 || negativesBelow === 0 ? undefined : pairs / (nPositive * negativesBelow);
}
