import { engineOf } from '../estimators/catalog.js';
import type { Engine, TrainingMonitor, TrainingSet } from '../estimators/estimator.js';
import { encodeLabels } from '../estimators/labels.js';
import { requireFinite, toFloat64 } from '../estimators/matrix.js';
import { requireSomeWeight } from '../estimators/require-some-weight.js';
import type { Tensors } from '../estimators/tensor.js';
import { collectGarbage } from './collect-garbage.js';
import { evaluate, type Scores } from './evaluate.js';
import { requireMemory } from './memory.js';
import type { FitJob, FitResult } from './protocol.js';
import { predictInBlocks } from './predict-in-blocks.js';
import { releaseBuffer } from './release-buffer.js';
import { weightsOf } from './sample-weights.js';
import { splitInPlace } from './split-in-place.js';
import { stratifiedSplit } from './stratified-split.js';
import { TrainingWatch } from './training-watch.js';

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
  requireMemory(job, engine, nClasses);
  const doubles = toFloat64(x);
  // Labels and weights, which may have come in the same buffer, have been copied.
  if (doubles !== x.data) releaseBuffer(x.data.buffer);
  const whole: TrainingSet = {
    nSamples: x.rows,
    nFeatures: x.columns,
    nClasses,
    x: doubles,
    y,
    sampleWeight,
    seed,
    releaseX: () => releaseBuffer(doubles.buffer),
  };

  if (validationFraction === 0) {
    return { classes, tensors: engine.fit(whole, spec.hyperparameters, monitor) };
  }
  const split = stratifiedSplit(y, nClasses, validationFraction, seed);
  const { training, validation } = splitInPlace(whole, split);
  requireSomeWeight(training.sampleWeight);
  const watch = new TrainingWatch(monitor);
  const tensors = engine.fit(
    engine.takesValidation ? { ...training, validation: { ...validation, earlyStoppingRounds } } : training,
    spec.hyperparameters,
    watch,
  );
  // What the training has worked with must not add to what the predictor takes.
  collectGarbage();
  return { classes, tensors, scores: score(job, engine, tensors, validation, () => watch.pause()) };
}

function score({ spec }: FitJob, engine: Engine, tensors: Tensors, validation: TrainingSet, pause: () => void): Scores {
  const { nSamples: rows, nFeatures: columns, nClasses, x, y } = validation;
  const predictor = engine.restore(tensors, { nFeatures: columns, nClasses }, spec.hyperparameters);
  const probabilities = predictInBlocks(predictor, { rows, columns, data: x }, nClasses, pause);
  return evaluate(probabilities, y, nClasses, pause);
}
