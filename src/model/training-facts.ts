import type { Tensors } from '../estimators/tensor.js';
import type { Feature, Metrics } from './model.js';

/** The features with their importances, where the training has measured them. */
export function withImportances(features: readonly Feature[], tensors: Tensors): Feature[] {
  const { feature_importances: importances, feature_splits: splits } = tensors;
  return features.map((feature, i) => ({
    ...feature,
    ...(importances === undefined ? {} : { importance: Number(importances.data[i]) }),
    ...(splits === undefined ? {} : { splits: Number(splits.data[i]) }),
  }));
}

/** How a training has ended, and what it has scored its model by itself, where it says so. */
export function endOfTraining({
  converged,
  n_iter: nIter,
  best_iteration: bestIteration,
  oob_score: oobScore,
}: Tensors): Pick<Metrics, 'converged' | 'nIter' | 'bestIteration' | 'oobScore'> {
  return {
    ...(converged === undefined ? {} : { converged: converged.data[0] === 1 }),
    ...(nIter === undefined ? {} : { nIter: Number(nIter.data[0]) }),
    ...(bestIteration === undefined ? {} : { bestIteration: Number(bestIteration.data[0]) }),
    ...(oobScore === undefined ? {} : { oobScore: Number(oobScore.data[0]) }),
  };
}
