import type { LogisticRegressionHyperparameters } from '../../logistic-regression.js';
import type { Scaling } from './scaling.js';

/** The strengths of the two penalties beside the mean loss: l1 Σ|w| + l2/2 Σw². */
export interface Strengths {
  readonly l1: number;
  readonly l2: number;
}

/** Penalties beyond this leave nothing of a coefficient anyhow, and their squares are still finite. */
const STRONGEST = 1e100;

/**
 * scikit-learn minimises C Σ weight loss + penalty; beside the weighted mean of
 * the losses the penalty has the strength 1 / (C Σ weight).
 */
export function strengthsOf(
  { penalty, c, l1_ratio }: LogisticRegressionHyperparameters,
  totalWeight: number,
): Strengths {
  const strength = Math.min(STRONGEST, 1 / (c * totalWeight));
  switch (penalty) {
    case 'none':
      return { l1: 0, l2: 0 };
    case 'l2':
      return { l1: 0, l2: strength };
    case 'l1':
      return { l1: strength, l2: 0 };
    case 'elasticnet':
      return { l1: l1_ratio * strength, l2: (1 - l1_ratio) * strength };
  }
}

/** The L1 penalty of each parameter: shape nOutputs x pitch, 0 for what is no coefficient. */
export function perParameter(l1: Float64Array, pitch: number, nOutputs: number): Float64Array {
  const strengths = new Float64Array(nOutputs * pitch);
  for (let k = 0; k < nOutputs; k++) strengths.set(l1, k * pitch);
  return strengths;
}

/** The penalties of scaled coefficients u, of which w = u * inverse * unit, feature by feature. */
export interface ScaledPenalty {
  /** Shape: n_features, the factors of |u|. */
  readonly l1: Float64Array;
  /** Shape: n_features, the factors of u²/2. */
  readonly l2: Float64Array;
}

export function scaledPenalty({ l1, l2 }: Strengths, { unit, inverse }: Scaling): ScaledPenalty {
  return {
    // A feature that does not vary has no gradient either, so that any penalty will do.
    l1: inverse.map((value, j) => (value === 0 ? l1 : Math.min(STRONGEST, l1 * value * unit[j]))),
    l2: inverse.map((value, j) => (value === 0 ? 0 : l2 * (value * unit[j]) ** 2)),
  };
}
