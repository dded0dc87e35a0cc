import type { TrainingSet } from '../../estimator.js';

/** A class of no more weight counts as one of the weight 1. */
const LEAST = 1e-8;

/**
 * CatBoost's `auto_class_weights`: what the heaviest class weighs more than each,
 * or the root of it. (CatBoost itself cuts the weights of classes down to whole
 * numbers first, which makes a difference where weights are no whole numbers.)
 */
export function automaticClassFactors(
  { y, nClasses, sampleWeight }: TrainingSet,
  rule: 'none' | 'balanced' | 'sqrt_balanced',
): number[] | undefined {
  if (rule === 'none') return undefined;
  const weights = Array.from({ length: nClasses }, () => 0);
  y.forEach((label, row) => (weights[label] += sampleWeight?.[row] ?? 1));
  const counted = weights.map((weight) => (weight > LEAST ? weight : 1));
  const heaviest = Math.max(...counted);
  return counted.map((weight) => (rule === 'balanced' ? heaviest / weight : Math.sqrt(heaviest / weight)));
}
