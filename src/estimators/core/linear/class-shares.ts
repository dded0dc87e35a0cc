import type { TrainingSet } from '../../estimator.js';

/** Below it a class is as good as absent, and the logarithm of its share a large number only. */
const LEAST_SHARE = 1e-9;

/** Shape: nClasses; the share of each class in the weight of the rows, at least a trace. */
export function classShares({ y, nSamples, nClasses, sampleWeight }: TrainingSet): number[] {
  const shares = Array.from({ length: nClasses }, () => 0);
  const heaviest = sampleWeight?.reduce((a, b) => Math.max(a, b)) ?? 1;
  let total = 0;
  for (let i = 0; i < nSamples; i++) {
    const weight = sampleWeight === undefined ? 1 : sampleWeight[i] / heaviest;
    shares[y[i]] += weight;
    total += weight;
  }
  return shares.map((share) => Math.max(LEAST_SHARE, share / total));
}
