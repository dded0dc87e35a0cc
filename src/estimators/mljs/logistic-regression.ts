import PackageLogisticRegression from 'ml-logistic-regression';

import type { Engine, TrainingSet } from '../estimator.js';
import type { LogisticRegressionHyperparameters } from '../logistic-regression.js';
import { largestEigenvalue } from './largest-eigenvalue.js';
import { linearPredictor, linearTensors, outputsOf } from '../linear-model.js';
import { LinearScores, type OnStep } from './linear-scores.js';
import { standardise } from './standardise.js';

/**
 * Logistic regression by the gradient ascent of ml-logistic-regression, without
 * a penalty: a sigmoid for two classes, the softmax for more.
 */
export const mljsLogisticRegression: Engine<LogisticRegressionHyperparameters> = {
  takesMissingValues: false,
  defaults: { penalty: 'none', max_iter: 500 },

  honours(name, value) {
    if (name === 'penalty') return value === 'none';
    if (name === 'dual') return value === false;
    if (name === 'intercept_scaling') return value === 1;
    return name === 'fit_intercept' || name === 'max_iter';
  },

  fit(training, { fit_intercept, max_iter }, monitor) {
    const { nFeatures, nClasses } = training;
    const { z, scale, offset } = standardise(training, fit_intercept);
    const inputs = fit_intercept ? withOnes(z, nFeatures) : z;
    const nInputs = fit_intercept ? nFeatures + 1 : nFeatures;
    const weights = ascend(training, inputs, nInputs, max_iter, (step, loss) => monitor.progress(step, max_iter, loss));

    const nOutputs = outputsOf(nClasses);
    const coef = new Float64Array(nOutputs * nFeatures);
    const intercept = new Float64Array(nOutputs);
    for (let k = 0; k < nOutputs; k++) {
      const from = k * nInputs;
      if (fit_intercept) intercept[k] = weights[from + nFeatures];
      for (let j = 0; j < nFeatures; j++) {
        coef[k * nFeatures + j] = weights[from + j] / scale[j];
        intercept[k] -= weights[from + j] * offset[j];
      }
    }
    return linearTensors(coef, intercept);
  },

  *restore(tensors, shape) {
    return yield* linearPredictor(tensors, shape);
  },
};

/** Appends a column of ones, whose weight is the intercept. */
function withOnes(z: Float64Array, nFeatures: number): Float64Array {
  const nSamples = z.length / nFeatures;
  const inputs = new Float64Array(nSamples * (nFeatures + 1)).fill(1);
  for (let i = 0; i < nSamples; i++) {
    inputs.set(z.subarray(i * nFeatures, (i + 1) * nFeatures), i * (nFeatures + 1));
  }
  return inputs;
}

/** Trains with the package; the weights have the shape n_outputs x nInputs. */
function ascend(training: TrainingSet, inputs: Float64Array, nInputs: number, steps: number, onStep: OnStep): number[] {
  const nOutputs = outputsOf(training.nClasses);
  // The steepest curvature there can be: λ/4 for a sigmoid, λ/2 for the softmax
  // (Böhning, "Multinomial logistic regression algorithm", 1992). The step of
  // its inverse can not overshoot.
  const curvature = largestEigenvalue(inputs, nInputs) / (nOutputs === 1 ? 4 : 2);
  const learningRate = curvature > 0 ? 1 / curvature : 0;
  // The package starts the ascents of one class against the rest by itself.
  // What it loads is such an ascent too, and can be started alone.
  const [ascent] = PackageLogisticRegression.load({
    name: 'LogisticRegression',
    numberClasses: 1,
    classifiers: [{ numSteps: steps, learningRate }],
  }).classifiers;
  const features = new LinearScores(inputs, training.y, nInputs, nOutputs, onStep);
  ascent.train(features, features.targets());
  return ascent.weights.to1DArray();
}
