import { defineEstimator } from './estimator.js';

export const kNeighborsClassifier = defineEstimator({
  kind: 'k_neighbors_classifier',
  hyperparameters: {},
  engines: {},
});
