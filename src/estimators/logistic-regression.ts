import { coreLogisticRegression } from './core/logistic-regression.js';
import { defineEstimator } from './estimator.js';
import { choice, flag, integer, real, type Values } from './hyperparameters.js';
import { mljsLogisticRegression } from './mljs/logistic-regression.js';

const hyperparameters = {
  penalty: choice('l2', ['l2', 'l1', 'elasticnet', 'none']),
  c: real(1, { above: 0 }),
  l1_ratio: real(0, { min: 0, max: 1 }),
  tol: real(1e-4, { above: 0 }),
  fit_intercept: flag(true),
  max_iter: integer(100, { min: 1, max: 1_000_000 }),
  solver: choice('lbfgs', ['lbfgs', 'liblinear', 'newton_cg', 'newton_cholesky', 'sag', 'saga']),
  dual: flag(false),
  intercept_scaling: real(1, { above: 0 }),
};

/** The hyperparameters of the contract's message of the same name. */
export type LogisticRegressionHyperparameters = Values<typeof hyperparameters>;

/** Linear classifier, after scikit-learn's LogisticRegression. */
export const logisticRegression = defineEstimator({
  kind: 'logistic_regression',
  hyperparameters,
  engines: { core: coreLogisticRegression, mljs: mljsLogisticRegression },
  defaultEngine: 'core',
});
