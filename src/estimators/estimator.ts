import type { HyperparameterTable, Values } from './hyperparameters.js';
import type { InParts } from './in-parts.js';
import type { Matrix } from './matrix.js';
import type { MissingRefusals } from './missing-values.js';
import type { Tensors } from './tensor.js';

/** The estimators of the contract, by the names of its fields. */
export const ESTIMATOR_KINDS = [
  'logistic_regression',
  'random_forest_classifier',
  'k_neighbors_classifier',
  'xgb_classifier',
  'lgbm_classifier',
  'cat_boost_classifier',
] as const;
export type EstimatorKind = (typeof ESTIMATOR_KINDS)[number];

/** The implementations of an estimator: our own training core, or the ml-* packages. */
export const ENGINE_NAMES = ['core', 'mljs'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/**
 * What to train: every hyperparameter that the engine has is set, so that the
 * specification alone repeats the training.
 */
export interface EstimatorSpec {
  readonly kind: EstimatorKind;
  readonly engine: EngineName;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
}

/** The training rows as estimators take them: checked, and owned by the training. */
export interface TrainingSet {
  readonly nSamples: number;
  readonly nFeatures: number;
  readonly nClasses: number;
  /**
   * How many categories each feature has (shape: nFeatures); 0: it is a number.
   * Absent: all are. A category is a whole number in `x`, from 0 on, by how many
   * rows have it: the most frequent one is 0. In rows that are predicted, the
   * number of categories stands for one that the training has not seen.
   */
  readonly nCategories?: Uint32Array;
  /** Shape: nSamples x nFeatures, row-major, finite unless the engine takes missing values. */
  readonly x: Float64Array<ArrayBuffer>;
  /** Shape: nSamples, indexes into the sorted classes; every class occurs. */
  readonly y: Int32Array;
  /** Shape: nSamples, finite and at least 0, not all 0; absent: all 1. Class weights are multiplied in already. */
  readonly sampleWeight?: Float64Array;
  /** How many rows were held out of those that came, for messages about nSamples; absent: none. */
  readonly nHeldOut?: number;
  /** Seed of every random draw, 0 to 2^32 - 1. */
  readonly seed: number;
  /** Rows that are held out, for engines that look at them while they train. */
  readonly validation?: ValidationSet;
  /** For an engine that has the rows in a form of its own and needs X no more: `x` is empty from then on. */
  readonly releaseX?: () => void;
}

/** Rows that a training is not trained on, but watched by. */
export interface ValidationSet extends Pick<TrainingSet, 'nSamples' | 'x' | 'y' | 'sampleWeight'> {
  /** The training ends after so many iterations without a better loss on these rows, and keeps the best; 0: never. */
  readonly earlyStoppingRounds: number;
}

/** What the memory of a training depends on. */
export interface TrainingSize extends Pick<TrainingSet, 'nSamples' | 'nFeatures' | 'nClasses' | 'nCategories'> {
  /** Rows that are held out besides. */
  readonly nValidation: number;
  /** Whether rows have weights. */
  readonly weighted: boolean;
  /** All values that there are, in the precision that they came in. */
  readonly values: Float64Array | Float32Array;
}

/** The most bytes that an engine takes at one time, beyond what it is given. */
export interface TrainingBytes {
  /** While it has X. */
  readonly reading: number;
  /** Once it has let go of X. */
  readonly learning: number;
  /** The tensors, and what is restored from them to predict. */
  readonly predicting: number;
}

/** How a training tells of itself, and hears that it should end. */
export interface TrainingMonitor {
  /**
   * Reports that `iteration` of `iterations` are done, with the mean losses on the
   * training and on the validation rows where there are any. Cheap enough for every iteration; inside
   * long ones it is called again, every 50 ms or so, to hear of a cancellation.
   *
   * @throws TrainingCancelled when the training should end.
   */
  progress(iteration: number, iterations: number, trainLoss?: number, validationLoss?: number): void;
}

/** Answers from a trained model, on the thread that serves. */
export interface Predictor {
  /**
   * What it keeps in memory, but for some kilobytes that every one takes: kernel
   * memory and arrays, the tensors where it reads them, and an estimate of what is
   * on the heap.
   */
  readonly memoryBytes: number;
  /** Whether it reads the tensors that it was made of, which are to stay then; else it has all of them that it needs. */
  readonly readsTensors?: boolean;
  /**
   * Class probabilities of every row of `x` (shape: rows x nFeatures), written
   * to `probabilities` (shape: rows x nClasses, row-major; each row sums to 1).
   */
  predictProbabilities(x: Matrix, probabilities: Float64Array): void;
}

/** The sizes that every predictor needs beside its tensors. */
export interface ModelShape extends Pick<TrainingSet, 'nFeatures' | 'nClasses' | 'nCategories'> {}

/** One implementation of an estimator. `H` is what its hyperparameter table describes. */
export interface Engine<H = Readonly<Record<string, unknown>>> {
  /** Whether NaN in X means "missing"; otherwise it is refused. */
  readonly takesMissingValues: boolean;
  /** Which missing values it refuses although it takes others. */
  refusesMissing?(hyperparameters: H): MissingRefusals;
  /**
   * Whether it is given categories as their numbers: `natively`, to part them as it
   * likes, or `in order`, as numbers like others. Absent: each becomes a feature of
   * its own, which is 1 in the rows that have it, and else 0.
   */
  readonly takesCategories?: 'natively' | 'in order';
  /** Whether it trains with sample weights; otherwise they are refused. */
  readonly takesSampleWeight?: boolean;
  /** Whether it watches validation rows while it trains, and can stop early; otherwise it is not given any. */
  readonly takesValidation?: boolean;
  /**
   * The memory that a training of this size is likely to take, so that one which
   * would outgrow what it may have is refused beforehand.
   */
  trainingBytes?(size: TrainingSize, hyperparameters: H): TrainingBytes;
  /** Whether the engine honours this hyperparameter; setting one that it does not is an error. */
  honours(name: keyof H & string, value: unknown): boolean;
  /** Defaults that differ from the estimator's own. */
  readonly defaults?: Partial<H>;
  /**
   * The hyperparameters with those that a request may leave open as this training
   * sets them: with the result, the same is learned. Absent: there are none such.
   */
  settle?(training: TrainingSet, hyperparameters: H): H;
  /**
   * Trains, on a worker thread. Equal arguments give equal tensors, on every
   * machine. Some tensors are shown to people: `feature_importances`
   * (F64, nFeatures), `feature_splits` (U32, nFeatures), `n_iter` (I32, 1),
   * `best_iteration` (I32, 1), `converged` (U8, 1: 0 or 1) and `oob_score` (F64, 1).
   */
  fit(training: TrainingSet, hyperparameters: H, monitor: TrainingMonitor): Tensors;
  /**
   * Makes the trained tensors ready to predict, in parts, since a model may have
   * hundreds of megabytes.
   *
   * @throws RangeError when the tensors are not those of such a model.
   */
  restore(tensors: Tensors, shape: ModelShape, hyperparameters: H): InParts<Predictor>;
}

/** An estimator: its hyperparameters, and the engines that can train it. */
export interface Estimator {
  readonly kind: EstimatorKind;
  readonly hyperparameters: HyperparameterTable;
  readonly engines: Partial<Record<EngineName, Engine>>;
  /** The engine of requests that name none. */
  readonly defaultEngine: EngineName;
}

/** Declares an estimator; the engines are checked against the hyperparameter table. */
export function defineEstimator<const Table extends HyperparameterTable>(definition: {
  readonly kind: EstimatorKind;
  readonly hyperparameters: Table;
  readonly engines: Partial<Record<EngineName, Engine<Values<Table>>>>;
  readonly defaultEngine: EngineName;
}): Estimator {
  return definition;
}

/** Thrown inside a training that should end; no one waits for its result any more. */
export class TrainingCancelled extends Error {
  override readonly name = 'TrainingCancelled';
}
