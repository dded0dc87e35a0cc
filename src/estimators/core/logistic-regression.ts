import type { Engine } from '../estimator.js';
import { linearPredictor, linearTensors, outputsOf } from '../linear-model.js';
import type { LogisticRegressionHyperparameters } from '../logistic-regression.js';
import { dataOf, tensor } from '../tensor.js';
import { toRawFeatures } from './linear/to-raw-features.js';
import { train, trainingBytes } from './linear/train.js';

/**
 * Logistic regression with scikit-learn's objective: a sigmoid for two classes,
 * the softmax for more, minimised by L-BFGS on scaled features. `tol` bounds the
 * gradient by the scaled parameters, so that units do not matter.
 *
 * Tensors: `coef` F64[n_outputs, n_features], `intercept` F64[n_outputs],
 * `n_iter` I32[1], and `converged` U8[1], 0 when max_iter came first.
 */
export const coreLogisticRegression: Engine<LogisticRegressionHyperparameters> = {
  takesMissingValues: false,
  takesSampleWeight: true,

  honours(name, value) {
    if (name === 'solver') return value === 'lbfgs';
    if (name === 'dual') return value === false;
    return name !== 'intercept_scaling' || value === 1;
  },

  trainingBytes,

  fit(training, hyperparameters, monitor) {
    const { parameters, scaling, iterations, converged } = train(training, hyperparameters, monitor);
    const { coef, intercept } = toRawFeatures(parameters, scaling, outputsOf(training.nClasses));
    return {
      ...linearTensors(coef, intercept),
      n_iter: tensor('I32', [1], Int32Array.of(iterations)),
      converged: tensor('U8', [1], Uint8Array.of(converged ? 1 : 0)),
    };
  },

  *restore(tensors, shape) {
    dataOf(tensors, 'n_iter', 'I32', [1]);
    dataOf(tensors, 'converged', 'U8', [1]);
    return yield* linearPredictor(tensors, shape);
  },
};
