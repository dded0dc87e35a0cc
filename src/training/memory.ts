import { DomainError } from '../errors.js';
import type { Engine } from '../estimators/estimator.js';
import type { Labels } from '../estimators/labels.js';
import type { FitJob } from './protocol.js';

const MEGABYTE = 1024 * 1024;

/** What the smallest training takes, as measured: compiled code, and the growth of the heap. */
const BASE_BYTES = 5 * MEGABYTE;
/** A short string on the heap and the reference to it, in this thread and in the one that it came from. */
const STRING_BYTES = 2 * 40;
/** A category in the table that it is looked up in, as measured: tables grow by doubling, and are there twice then. */
const CATEGORY_BYTES = 100;
/** The scores of the validation rows by a class, and those of its own rows, while they are sorted. */
const RANKING_BYTES = 16;

/**
 * The most bytes that a training is likely to take at one time, from the rows as
 * they came to the scores of those held out. What is held when:
 *
 *     all along    labels, weights
 *     ranking      X as it came, the categories of one column
 *     converting   X as it came, X in double precision where it came otherwise
 *     splitting    X, the validation rows
 *     reading      X, the validation rows, what the engine makes of X
 *     learning     the validation rows, what the engine works with
 *     scoring      the validation rows, the model, their probabilities
 */
export function trainingBytes(job: FitJob, engine: Engine, nClasses: number, nCategories?: Uint32Array): number {
  const { spec, x, weighting, validationFraction } = job;
  const { rows, columns: nFeatures } = x;
  const nValidation = Math.round(rows * validationFraction);
  const weighted = weighting.balanced || weighting.sampleWeight !== undefined;
  const nSamples = rows - nValidation;
  const size = { nSamples, nFeatures, nClasses, nCategories, nValidation, weighted, values: x.data };
  const engineBytes = engine.trainingBytes?.(size, spec.hyperparameters);

  const asItCame = x.data.buffer.byteLength;
  const inDoubles = x.data instanceof Float64Array ? asItCame : 8 * rows * nFeatures;
  const heldOut = 8 * nValidation * nFeatures;
  const ranking =
    nCategories === undefined
      ? 0
      : asItCame + CATEGORY_BYTES * nCategories.reduce((most, count) => Math.max(most, count), 0);
  const converting = x.data instanceof Float64Array ? 0 : asItCame + inDoubles;
  const reading = inDoubles + heldOut + (engineBytes?.reading ?? 0);
  const learning = heldOut + (engineBytes?.learning ?? inDoubles);
  const scoring =
    nValidation === 0 ? 0 : heldOut + (engineBytes?.predicting ?? 0) + nValidation * (8 * nClasses + RANKING_BYTES);
  return BASE_BYTES + rowBytes(job) + Math.max(ranking, converting, reading, learning, scoring);
}

/** Labels and weights, as they came and as they are trained with. */
function rowBytes({ y, weighting: { sampleWeight, balanced }, validationFraction }: FitJob): number {
  const n = y.values.length;
  const weights = sampleWeight === undefined && !balanced ? 0 : 8 * n;
  // Once more in the parts; rows by class and by part are drawn from.
  const split = validationFraction === 0 ? 0 : 4 * n + weights + 13 * n;
  return labelBytes(y) + (sampleWeight?.byteLength ?? 0) + 4 * n + weights + split;
}

function labelBytes({ kind, values }: Labels): number {
  return kind === 'string' ? STRING_BYTES * values.length : values.byteLength;
}

/** @throws TRAINING_MEMORY_LIMIT when the training would take more than its job may. */
export function requireMemory(job: FitJob, engine: Engine, nClasses: number, nCategories?: Uint32Array): void {
  const bytes = trainingBytes(job, engine, nClasses, nCategories);
  if (bytes <= job.memoryMb * MEGABYTE) return;
  const trees = ['n_estimators', 'iterations'].find((name) => name in job.spec.hyperparameters);
  const fewerTrees = trees === undefined ? '' : `, or fewer trees (${trees})`;
  throw new DomainError(
    'TRAINING_MEMORY_LIMIT',
    `the training would take about ${Math.ceil(bytes / MEGABYTE)} MB, and TRAINING_MEMORY_MB allows ${job.memoryMb}; train on fewer rows or features${fewerTrees}, or raise TRAINING_MEMORY_MB on the server`,
  );
}
