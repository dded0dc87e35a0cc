import {
  ClassWeight,
  type FitOptions,
  type FitRequest as WireFitRequest,
} from '../generated/modelserver/v1/model_server.js';
import { encodeEstimator, type Estimator } from './estimator.js';
import type { FloatArray } from './float-array.js';
import { InputError } from './input-error.js';
import { encodeLabels, type LabelsInput } from './labels.js';
import { encodeMatrix, isTable, type MatrixInput } from './matrix.js';
import { columnNames } from './table.js';

/** Asks for a training. Only the first four are required. */
export interface FitRequest {
  /** The model's name: [A-Za-z0-9][A-Za-z0-9._-]{0,127}. */
  readonly name: string;
  readonly estimator: Estimator;
  /** The training rows (shape: n_samples x n_features). */
  readonly x: MatrixInput;
  /** Their labels (shape: n_samples), of at least two classes. */
  readonly y: LabelsInput;
  /** Their weights (shape: n_samples). */
  readonly sampleWeight?: readonly number[] | FloatArray;
  /** Seed of every random draw, a uint32. Default 0: everything repeats. */
  readonly seed?: number;
  /** The features' names (shape: n_features). Default: x0, x1, …, or the names of a table's columns. */
  readonly featureNames?: readonly string[];
  /**
   * The columns of numbers that hold categories, as whole numbers: indexes from 0,
   * or names, of a table's columns or from `featureNames`. Columns of strings need
   * not be named, since they always do.
   */
  readonly categoricalFeatures?: readonly (number | string)[];
  /** Share of the rows, in (0, 1), that is held out for metrics. */
  readonly validationFraction?: number;
  /** Boosting stops after so many rounds without a better validation loss. */
  readonly earlyStoppingRounds?: number;
  readonly classWeight?: 'balanced';
  /** Whether a stored model of this name is replaced. */
  readonly replace?: boolean;
  /**
   * Makes a repetition safe: the server answers a Fit with the request_id of the
   * stored model with that model. With it the client retries after a lost connection.
   */
  readonly requestId?: string;
}

/**
 * The contract's form of `request`.
 *
 * @throws InputError for what cannot be sent.
 */
export function encodeFitRequest(request: FitRequest): WireFitRequest {
  return {
    ...encodeEnvelope(request),
    x: encodeMatrix(request.x),
    y: encodeLabels(request.y),
    sampleWeight: Array.from(request.sampleWeight ?? []),
  };
}

/**
 * The contract's form of all but the rows.
 *
 * @throws InputError for what cannot be sent.
 */
export function encodeEnvelope(
  request: FitRequest,
): Pick<WireFitRequest, 'name' | 'estimator' | 'options' | 'requestId'> {
  return {
    name: request.name,
    estimator: encodeEstimator(request.estimator),
    options: encodeOptions(request),
    requestId: request.requestId ?? '',
  };
}

function encodeOptions(request: FitRequest): FitOptions {
  const { seed = 0, earlyStoppingRounds = 0 } = request;
  requireUint32('seed', seed);
  requireUint32('earlyStoppingRounds', earlyStoppingRounds);
  return {
    seed,
    featureNames: [...(request.featureNames ?? [])],
    categoricalFeatures: encodeCategoricalFeatures(request),
    validationFraction: request.validationFraction ?? 0,
    earlyStoppingRounds,
    classWeight:
      request.classWeight === 'balanced' ? ClassWeight.CLASS_WEIGHT_BALANCED : ClassWeight.CLASS_WEIGHT_UNSPECIFIED,
    replace: request.replace ?? false,
  };
}

function encodeCategoricalFeatures({ categoricalFeatures = [], x, featureNames }: FitRequest): number[] {
  const names = isTable(x) ? columnNames(x) : (featureNames ?? []);
  return categoricalFeatures.map((feature, index) => {
    const field = `categoricalFeatures[${index}]`;
    if (typeof feature === 'number') {
      requireUint32(field, feature);
      return feature;
    }
    const column = names.indexOf(feature);
    if (column < 0) {
      const known = names.length === 0 ? 'the columns of x have no names' : `there are ${names.join(', ')}`;
      throw new InputError(field, `${feature} is no column; ${known}`);
    }
    return column;
  });
}

function requireUint32(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new InputError(field, `is ${value}; must be a whole number from 0 to 4294967295`);
  }
}
