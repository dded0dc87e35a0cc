import { defineEstimator } from './estimator.js';

export const logisticRegression = defineEstimator({ kind: 'logistic_regression', hyperparameters: {}, engines: {} });
