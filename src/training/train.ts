import { engineOf } from '../estimators/catalog.js';
import type { Engine, TrainingMonitor, TrainingSet } from '../estimators/estimator.js';
import { runThrough } from '../estimators/in-parts.js';
import { encodeLabels } from '../estimators/labels.js';
import { requireFinite, toFloat64 } from '../estimators/matrix.js';
import { missingRefusals } from '../estimators/missing-values.js';
import { requireFewFeatures } from '../estimators/one-hot.js';
import { releaseBuffer } from '../estimators/release-buffer.js';
import { requireSomeWeight } from '../estimators/require-some-weight.js';
import { requireWhole } from '../estimators/require-whole.js';
import type { Tensors } from '../estimators/tensor.js';
import { collectGarbage } from './collect-garbage.js';
import { evaluate, type Scores } from './evaluate.js';
import { requireMemory } from './memory.js';
import type { FitJob, FitResult } from './protocol.js';
import { predictInBlocks } from './predict-in-blocks.js';
import { rankCategories } from './rank-categories.js';
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
  const { spec, x, categorical = [], seed, validationFraction, earlyStoppingRounds } = job;
  const engine = engineOf(spec);
  const isCategorical = new Set(categorical.map(({ column }) => column));
  requireFinite(x, missingRefusals(engine, spec.hyperparameters), (column) => isCategorical.has(column));
  for (const { column } of categorical) requireWhole(x, column);
  const { classes, indexes: y } = encodeLabels(job.y);
  const nClasses = classes.values.length;
  const sampleWeight = weightsOf(job.weighting, y, nClasses);
  const split = validationFraction === 0 ? undefined : stratifiedSplit(y, nClasses, validationFraction, seed);
  const categories = rankCategories(x, categorical, split?.training, () => monitor.progress(0, 0));
  const nCategories = counted(categories, job);
  if (nCategories !== undefined && engine.takesCategories === undefined) {
    requireFewFeatures(nCategories, (feature) => categorical.find(({ column }) => column === feature));
  }
  requireMemory(job, engine, nClasses, nCategories);
  const doubles = toFloat64(x);
  // Labels and weights, which may have come in the same buffer, have been copied.
  if (doubles !== x.data) releaseBuffer(x.data.buffer);
  const whole: TrainingSet = {
    nSamples: x.rows,
    nFeatures: x.columns,
    nClasses,
    nCategories,
    x: doubles,
    y,
    sampleWeight,
    seed,
    releaseX: () => releaseBuffer(doubles.buffer),
  };

  if (split === undefined) {
    const hyperparameters = engine.settle?.(whole, spec.hyperparameters) ?? spec.hyperparameters;
    return { hyperparameters, classes, tensors: engine.fit(whole, hyperparameters, monitor), categories };
  }
  const { training, validation } = splitInPlace(whole, split);
  requireSomeWeight(training.sampleWeight);
  const watch = new TrainingWatch(monitor);
  const watched = engine.takesValidation
    ? { ...training, validation: { ...validation, earlyStoppingRounds } }
    : training;
  const hyperparameters = engine.settle?.(watched, spec.hyperparameters) ?? spec.hyperparameters;
  const tensors = engine.fit(watched, hyperparameters, watch);
  // What the training has worked with must not add to what the predictor takes.
  collectGarbage();
  return {
    hyperparameters,
    classes,
    tensors,
    categories,
    scores: score(engine, hyperparameters, tensors, validation, () => watch.pause()),
  };
}

/** How many categories each feature has; undefined where none has any. */
function counted(categories: readonly Float64Array[], { x, categorical = [] }: FitJob): Uint32Array | undefined {
  if (categorical.length === 0) return undefined;
  const counts = new Uint32Array(x.columns);
  categorical.forEach(({ column }, i) => (counts[column] = categories[i].length));
  return counts;
}

function score(
  engine: Engine,
  hyperparameters: FitResult['hyperparameters'],
  tensors: Tensors,
  validation: TrainingSet,
  pause: () => void,
): Scores {
  const { nSamples: rows, nFeatures: columns, nClasses, nCategories, x, y } = validation;
  const shape = { nFeatures: columns, nClasses, nCategories };
  const predictor = runThrough(engine.restore(tensors, shape, hyperparameters));
  const probabilities = predictInBlocks(predictor, { rows, columns, data: x }, nClasses, pause);
  return evaluate(probabilities, y, nClasses, pause);
}
