import { resolveEstimator } from '../../src/estimators/catalog.js';
import type { TrainingSet } from '../../src/estimators/estimator.js';
import type { Tensors } from '../../src/estimators/tensor.js';
import { readDataSet } from './csv.js';
import { fit, trainingSet } from './estimation.js';

/** The specification of logistic regression by our own core, trained to the end. */
export function coreSpec(given: Readonly<Record<string, unknown>> = {}) {
  return resolveEstimator('logistic_regression', 'core', { tol: 1e-9, max_iter: 5000, ...given });
}

/** Trained tensors by name, as plain numbers. */
export function fitted(training: TrainingSet, given: Readonly<Record<string, unknown>> = {}) {
  return plain(fit(coreSpec(given), training));
}

export function plain(tensors: Tensors) {
  return {
    tensors,
    coef: Array.from(tensors.coef.data, Number),
    intercept: Array.from(tensors.intercept.data, Number),
    iterations: Number(tensors.n_iter.data[0]),
    converged: tensors.converged.data[0] === 1,
  };
}

/** A data set of test/data, classes as indexes in the order of their names. */
export function dataSet(name: Parameters<typeof readDataSet>[0]): TrainingSet {
  const { rows, labels } = readDataSet(name);
  const classes = [...new Set(labels)].toSorted();
  return trainingSet(
    rows,
    labels.map((label) => classes.indexOf(label)),
  );
}

/** Numbers that look random, the same each time: a linear congruential generator. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Rows whose classes overlap: linear scores of standard features, with noise. */
export function overlapping(nSamples: number, nFeatures: number, nClasses: number, seed = 1): TrainingSet {
  const next = numbersFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const coef = Array.from({ length: nClasses }, () => Array.from({ length: nFeatures }, normal));
  const rows = Array.from({ length: nSamples }, () => Array.from({ length: nFeatures }, normal));
  const y = rows.map((row, i) => {
    if (i < nClasses) return i;
    const scores = coef.map((c) => row.reduce((sum, value, j) => sum + value * c[j], 0) - Math.log(-Math.log(next())));
    return scores.indexOf(Math.max(...scores));
  });
  return trainingSet(rows, y);
}
