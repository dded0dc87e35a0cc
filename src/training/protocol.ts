/**
 * The messages between the pool and its worker threads.
 *
 *     server's thread                        worker thread
 *       │ ◀───────────────── ready ──────────────│  it can take a fit
 *       │ ─────────────────── fit ──────────────▶│  X is transferred, not copied
 *       │     (shared words: progress, cancel)   │
 *       │ ◀──── fitted │ refused │ failed ───────│  one answer a fit
 *
 * A training that was told to cancel answers `cancelled`, or its thread is
 * ended. Answers carry the id of their fit; one that nobody waits for is
 * ignored.
 */
import type { EstimatorSpec } from '../estimators/estimator.js';
import type { Classes, Labels } from '../estimators/labels.js';
import type { Matrix } from '../estimators/matrix.js';
import type { Tensors } from '../estimators/tensor.js';
import type { DomainErrorOptions, ErrorReason } from '../errors.js';
import type { Scores } from './evaluate.js';
import type { Weighting } from './sample-weights.js';

/** A column of X that holds categories. */
export interface CategoricalColumn {
  readonly column: number;
  /** The path of what made it categorical, and the name of the feature, for messages. */
  readonly path: string;
  readonly name: string;
}

/** What to train on what. The job owns its arrays: they are gone once it is sent. */
export interface FitJob {
  readonly spec: EstimatorSpec;
  /** Strings are numbers here: each is how many others came before it, in its column. */
  readonly x: Matrix;
  /** Rising; absent: none. */
  readonly categorical?: readonly CategoricalColumn[];
  /** Shape: x.rows. */
  readonly y: Labels;
  readonly seed: number;
  readonly weighting: Weighting;
  /** Share of the rows of each class to hold out and score on; 0: none. */
  readonly validationFraction: number;
  /** Iterations without a better loss on those rows after which boosting ends; 0: never. */
  readonly earlyStoppingRounds: number;
  /** The most memory that the training may take, in MiB. */
  readonly memoryMb: number;
}

/** What was learned. */
export interface FitResult {
  /** Those of the job, and those that were left open as the training has set them. */
  readonly hyperparameters: EstimatorSpec['hyperparameters'];
  readonly classes: Classes;
  readonly tensors: Tensors;
  /** The values of each categorical column in X, the most frequent in the training rows first: that of rank r is category r. */
  readonly categories: readonly Float64Array<ArrayBuffer>[];
  /** On the rows that were held out; unset where none were. */
  readonly scores?: Scores;
}

export type ToWorker = {
  readonly type: 'fit';
  readonly id: number;
  readonly job: FitJob;
  /** The words of a SharedProgress. */
  readonly progress: SharedArrayBuffer;
};

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'fitted'; readonly id: number; readonly result: FitResult }
  /** The caller's data or hyperparameters are at fault. */
  | { readonly type: 'refused'; readonly id: number; readonly error: TransportedError }
  | { readonly type: 'cancelled'; readonly id: number }
  /** The estimator is at fault; `stack` is for the log only. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly stack: string };

/** A DomainError as it crosses threads, since structured clone drops a class's own fields. */
interface TransportedError {
  readonly reason: ErrorReason;
  readonly message: string;
  readonly violations: DomainErrorOptions['violations'];
}

/** The buffers of a job that can move to its thread instead of being copied. */
export function transferablesOfJob({ x, y, weighting: { sampleWeight } }: FitJob): ArrayBuffer[] {
  return transferables([x.data, ...(y.kind === 'string' ? [] : [y.values]), ...(sampleWeight ? [sampleWeight] : [])]);
}

/** The buffers of a result, likewise. */
export function transferablesOfResult({ tensors, categories }: FitResult): ArrayBuffer[] {
  return transferables([...Object.values(tensors).map(({ data }) => data), ...categories]);
}

function transferables(arrays: readonly { buffer: ArrayBuffer; byteLength: number }[]): ArrayBuffer[] {
  // A buffer that holds more than its view belongs to someone else as well.
  const owned = arrays.filter((array) => array.buffer.byteLength === array.byteLength && array.byteLength > 0);
  return [...new Set(owned.map((array) => array.buffer))];
}
