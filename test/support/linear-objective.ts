import type { TrainingSet } from '../../src/estimators/estimator.js';

/** A penalty as scikit-learn counts it: C Σ weight loss + l1 Σ|w| + l2/2 Σw². */
export interface NaivePenalty {
  readonly c: number;
  readonly l1: number;
  readonly l2: number;
}

export const PENALTIES: Readonly<Record<string, NaivePenalty & { readonly given: Record<string, unknown> }>> = {
  none: { c: 1, l1: 0, l2: 0, given: { penalty: 'none' } },
  l2: { c: 0.5, l1: 0, l2: 1, given: { penalty: 'l2', c: 0.5 } },
  l1: { c: 0.2, l1: 1, l2: 0, given: { penalty: 'l1', c: 0.2 } },
  elasticnet: { c: 0.3, l1: 0.4, l2: 0.6, given: { penalty: 'elasticnet', c: 0.3, l1_ratio: 0.4 } },
};

/** scikit-learn's objective by the total weight, and its gradient without the L1 part: in plain loops. */
export function naiveObjective(
  { x, y, nSamples, nFeatures, nClasses, sampleWeight }: TrainingSet,
  coef: readonly number[],
  intercept: readonly number[],
  { c, l1, l2 }: NaivePenalty,
) {
  const outputs = intercept.length;
  const slopes = { coef: coef.map(() => 0), intercept: intercept.map(() => 0) };
  let loss = 0;
  let total = 0;
  for (let i = 0; i < nSamples; i++) {
    const weight = sampleWeight?.[i] ?? 1;
    total += weight;
    const row = Array.from(x.subarray(i * nFeatures, (i + 1) * nFeatures));
    const own = intercept.map((b, k) => row.reduce((sum, value, j) => sum + value * coef[k * nFeatures + j], b));
    const scores = outputs === 1 ? [0, own[0]] : own;
    const largest = Math.max(...scores);
    const sum = scores.reduce((a, score) => a + Math.exp(score - largest), 0);
    loss += weight * (Math.log(sum) + largest - scores[y[i]]);
    for (let k = 0; k < outputs; k++) {
      const output = nClasses === 2 ? 1 : k;
      const residual = weight * (Math.exp(scores[output] - largest) / sum - (y[i] === output ? 1 : 0));
      row.forEach((value, j) => (slopes.coef[k * nFeatures + j] += residual * value));
      slopes.intercept[k] += residual;
    }
  }
  const strength = 1 / (c * total);
  const penalty = coef.reduce((sum, w) => sum + l1 * Math.abs(w) + 0.5 * l2 * w * w, 0);
  return {
    value: loss / total + strength * penalty,
    strength: strength * l1,
    coef: slopes.coef.map((slope, i) => slope / total + strength * l2 * coef[i]),
    intercept: slopes.intercept.map((slope) => slope / total),
  };
}
