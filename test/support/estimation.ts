import { engineOf, resolveEstimator } from '../../src/estimators/catalog.js';
import type {
  EngineName,
  EstimatorKind,
  EstimatorSpec,
  ModelShape,
  TrainingMonitor,
  TrainingSet,
} from '../../src/estimators/estimator.js';
import type { Tensors } from '../../src/estimators/tensor.js';
import { runThrough } from '../../src/estimators/in-parts.js';

/** Listens to nothing. */
export const silent: TrainingMonitor = { progress: () => undefined };

/** A training set of these rows and class indexes; as many classes as the largest index says. */
export function trainingSet(rows: readonly (readonly number[])[], y: readonly number[], seed = 0): TrainingSet {
  return {
    nSamples: rows.length,
    nFeatures: rows[0].length,
    nClasses: Math.max(...y) + 1,
    x: Float64Array.from(rows.flat()),
    y: Int32Array.from(y),
    seed,
  };
}

/** The specification that a request with these hyperparameters gets; of the default engine if it names none. */
export function specOf(
  kind: EstimatorKind,
  given: Readonly<Record<string, unknown>> = {},
  engine?: EngineName,
): EstimatorSpec {
  return resolveEstimator(kind, engine, given);
}

export function fit(spec: EstimatorSpec, training: TrainingSet, monitor: TrainingMonitor = silent): Tensors {
  return engineOf(spec).fit(training, spec.hyperparameters, monitor);
}

/** Restores the model and predicts `rows`: their probabilities, row by row. */
export function predict(
  spec: EstimatorSpec,
  tensors: Tensors,
  { nFeatures, nClasses, nCategories }: ModelShape,
  rows: readonly (readonly number[])[],
  Numbers: typeof Float64Array | typeof Float32Array = Float64Array,
): number[][] {
  const predictor = runThrough(
    engineOf(spec).restore(tensors, { nFeatures, nClasses, nCategories }, spec.hyperparameters),
  );
  const probabilities = new Float64Array(rows.length * nClasses).fill(NaN);
  const data = new Numbers(rows.flat());
  predictor.predictProbabilities({ rows: rows.length, columns: nFeatures, data }, probabilities);
  return rows.map((_, i) => Array.from(probabilities.subarray(i * nClasses, (i + 1) * nClasses)));
}

/** The index of the largest value; of equal ones, the first. */
export function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
