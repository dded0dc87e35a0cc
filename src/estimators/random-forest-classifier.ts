import { defineEstimator } from './estimator.js';

export const randomForestClassifier = defineEstimator({
  kind: 'random_forest_classifier',
  hyperparameters: {},
  engines: {},
});
