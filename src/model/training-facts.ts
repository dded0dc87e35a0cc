import type { Tensors } from '../estimators/tensor.js';
import type { Feature, Metrics } from './model.js';

/** The features with their importances, where the training has measured them. */
export function withImportances(features: readonly Feature[], tensors: Tensors): Feature[] {
  const importances = tensors.feature_importances?.data;
  return features.map((feature, i) =>
    importances === undefined ? feature : { ...feature, importance: Number(importances[i]) },
  );
}

/** How an iterative training has ended, where it says so. */
export function endOfTraining({ converged, n_iter: nIter }: Tensors): Pick<Metrics, 'converged' | 'nIter'> {
  return {
    ...(converged === undefined ? {} : { converged: converged.data[0] === 1 }),
    ...(nIter === undefined ? {} : { nIter: Number(nIter.data[0]) }),
  };
}
