import { DomainError } from '../errors.js';
import { engineOf } from '../estimators/catalog.js';
import type { Engine, TrainingMonitor, TrainingSet } from '../estimators/estimator.js';
import { encodeLabels } from '../estimators/labels.js';
import { requireFinite, toFloat64 } from '../estimators/matrix.js';
import type { Tensors } from '../estimators/tensor.js';
import { evaluate, type Scores } from './evaluate.js';
import type { FitJob, FitResult } from './protocol.js';
import { weightsOf } from './sample-weights.js';
import { stratifiedSplit } from './stratified-split.js';

const MEGABYTE = 1024 * 1024;

/**
 * Checks the data of a job, holds out its validation rows, trains, and scores.
 * It runs on a worker thread, so that none of this holds up the server.
 *
 * @throws DomainError for data that cannot be trained on, or that needs more
 *   memory than the job may take; TrainingCancelled from the monitor.
 */
export function train(job: FitJob, monitor: TrainingMonitor): FitResult {
  const { spec, x, seed, validationFraction, earlyStoppingRounds } = job;
  const engine = engineOf(spec);
  requireFinite(x, engine.takesMissingValues);
  const { classes, indexes: y } = encodeLabels(job.y);
  const nClasses = classes.values.length;
  const sampleWeight = weightsOf(job.weighting, y, nClasses);
  const whole: TrainingSet = {
    nSamples: x.rows,
    nFeatures: x.columns,
    nClasses,
    x: toFloat64(x),
    y,
    sampleWeight,
    seed,
  };
  requireMemory(job, engine, whole);

  if (validationFraction === 0) {
    return { classes, tensors: engine.fit(whole, spec.hyperparameters, monitor) };
  }
  const split = stratifiedSplit(y, nClasses, validationFraction, seed);
  const validation = rowsOf(whole, split.validation);
  const training: TrainingSet = {
    ...rowsOf(whole, split.training),
    validation: engine.takesValidation ? { ...validation, earlyStoppingRounds } : undefined,
  };
  const tensors = engine.fit(training, spec.hyperparameters, monitor);
  return { classes, tensors, scores: score(job, engine, tensors, validation) };
}

/** The rows of a training set at `rows`. */
function rowsOf(set: TrainingSet, rows: Int32Array): TrainingSet {
  const { nFeatures } = set;
  const x = new Float64Array(rows.length * nFeatures);
  rows.forEach((row, i) => x.set(set.x.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
  const { sampleWeight } = set;
  return {
    ...set,
    nSamples: rows.length,
    x,
    y: rows.map((row) => set.y[row]),
    sampleWeight: sampleWeight && Float64Array.from(rows, (row) => sampleWeight[row]),
  };
}

function score({ spec }: FitJob, engine: Engine, tensors: Tensors, validation: TrainingSet): Scores {
  const { nSamples, nFeatures, nClasses, x, y } = validation;
  const predictor = engine.restore(tensors, { nFeatures, nClasses }, spec.hyperparameters);
  const probabilities = new Float64Array(nSamples * nClasses);
  predictor.predictProbabilities({ rows: nSamples, columns: nFeatures, data: x }, probabilities);
  return evaluate(probabilities, y, nClasses);
}

function requireMemory({ spec, memoryMb }: FitJob, engine: Engine, training: TrainingSet): void {
  const bytes = engine.trainingBytes?.(training, spec.hyperparameters) ?? 0;
  if (bytes <= memoryMb * MEGABYTE) return;
  throw new DomainError(
    'TRAINING_MEMORY_LIMIT',
    `the training would take about ${Math.ceil(bytes / MEGABYTE)} MB, and TRAINING_MEMORY_MB allows ${memoryMb}; train on fewer rows or features, or a smaller model`,
  );
}
