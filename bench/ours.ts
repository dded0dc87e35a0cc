import { engineOf, resolveEstimator } from '../src/estimators/catalog.js';
import type { EstimatorKind, Predictor, TrainingMonitor } from '../src/estimators/estimator.js';
import type { Tensors } from '../src/estimators/tensor.js';
import type { Problem } from './data/problem.js';
import { runThrough } from '../src/estimators/in-parts.js';

/** A model of ours, and how long it took. */
export interface Trained {
  /** Seconds. */
  readonly fit: number;
  readonly tensors: Tensors;
  readonly predictor: Predictor;
}

const UNWATCHED: TrainingMonitor = { progress: () => undefined };

/** Trains on a problem's rows with the training core. */
export function trainOurs(
  kind: EstimatorKind,
  given: Readonly<Record<string, unknown>>,
  { x, y, columns, classes, nCategories }: Problem,
  seed = 0,
): Trained {
  const spec = resolveEstimator(kind, 'core', given);
  const engine = engineOf(spec);
  // The training may keep its X, as it does in the server, where it owns it.
  const training = { nSamples: y.length, nFeatures: columns, nClasses: classes, nCategories, x: x.slice(), y, seed };
  const [fit, tensors] = seconds(() => engine.fit(training, spec.hyperparameters, UNWATCHED));
  const shape = { nFeatures: columns, nClasses: classes, nCategories };
  return { fit, tensors, predictor: runThrough(engine.restore(tensors, shape, spec.hyperparameters)) };
}

/** The probabilities of a problem's queries (shape: queries x classes). */
export function probabilitiesOf({ predictor }: Trained, { q, qy, columns, classes }: Problem): Float64Array {
  const probabilities = new Float64Array(qy.length * classes);
  predictor.predictProbabilities({ rows: qy.length, columns, data: q }, probabilities);
  return probabilities;
}

/** How long a task takes, and what it returns. */
export function seconds<T>(task: () => T): [number, T] {
  const start = performance.now();
  const result = task();
  return [(performance.now() - start) / 1000, result];
}
