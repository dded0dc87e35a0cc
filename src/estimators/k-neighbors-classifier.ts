import { coreKNeighbors } from './core/k-neighbors.js';
import { defineEstimator } from './estimator.js';
import { choice, integer, real, type Values } from './hyperparameters.js';
import { mljsKNeighbors } from './mljs/k-neighbors.js';

const hyperparameters = {
  n_neighbors: integer(5, { min: 1 }),
  weights: choice('uniform', ['uniform', 'distance']),
  algorithm: choice('auto', ['auto', 'ball_tree', 'kd_tree', 'brute']),
  leaf_size: integer(30, { min: 1 }),
  p: { ...real(2, { above: 0 }), values: [1, 2] },
};

/** The hyperparameters of the contract's message of the same name. */
export type KNeighborsHyperparameters = Values<typeof hyperparameters>;

/** Vote of the nearest training rows, after scikit-learn's KNeighborsClassifier. */
export const kNeighborsClassifier = defineEstimator({
  kind: 'k_neighbors_classifier',
  hyperparameters,
  engines: { core: coreKNeighbors, mljs: mljsKNeighbors },
  defaultEngine: 'core',
});
