import {
  ClassWeight,
  type FitOptions,
  type FitRequest as WireFitRequest,
  type FitStart,
  OutputEncoding,
  type PredictRequest,
} from '../../generated/modelserver/v1/model_server.js';
import { invalid, notImplemented } from '../errors.js';
import { engineOf } from '../estimators/catalog.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import { forParts, type InParts } from '../estimators/in-parts.js';
import { requireName } from '../model/model.js';
import { type FitEnvelope, requireRequestId, type TrainingRows } from '../model/fits.js';
import { decodeLabels } from './decode-labels.js';
import { decodeMatrix, requireFeatureNames } from './decode-matrix.js';
import { decodeEstimator } from './estimator-codec.js';

/** A decoded Fit: the envelope, and the rows, whose values are checked where the training runs. */
export interface DecodedFit {
  readonly envelope: FitEnvelope;
  readonly rows: TrainingRows;
}

/** A Fit, checked in the contract's order: name, estimator, options, shape. It can pause. */
export function* decodeFit(request: WireFitRequest): InParts<DecodedFit> {
  const envelope = decodeFitEnvelope(request);
  const x = yield* decodeMatrix(request.x);
  if (x.rows < 2) throw invalid('x', `has ${x.rows} row; a training needs at least 2`);
  const y = yield* decodeLabels(request.y, x.rows);
  const sampleWeight = yield* decodeSampleWeight(request.sampleWeight, envelope.estimator, x.rows);
  requireCategoricalColumns(envelope.categoricalFeatures, x.columns);
  return { envelope, rows: { x, y, sampleWeight } };
}

/** What a Fit says before its rows: name, estimator, options. */
export function decodeFitEnvelope({ name, estimator: wire, options, requestId }: FitStart): FitEnvelope {
  requireName(name);
  const estimator = decodeEstimator(wire);
  requireRequestId(requestId);
  const featureNames = options?.featureNames ?? [];
  requireFeatureNames(featureNames, (index) => `options.feature_names[${index}]`);
  const validationFraction = options?.validationFraction ?? 0;
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw invalid('options.validation_fraction', `is ${validationFraction}; must be at least 0 and below 1`);
  }
  return {
    name,
    estimator,
    seed: options?.seed ?? 0,
    balanced: decodeClassWeight(options?.classWeight, estimator),
    validationFraction,
    earlyStoppingRounds: decodeEarlyStopping(options, estimator),
    featureNames,
    categoricalFeatures: decodeCategoricalFeatures(options),
    requestId,
    replace: options?.replace ?? false,
  };
}

/** The columns of integers that are categories. */
function decodeCategoricalFeatures(options: FitOptions | undefined): readonly number[] {
  const places = new Map<number, number>();
  const { categoricalFeatures = [] } = options ?? {};
  for (const [place, column] of categoricalFeatures.entries()) {
    const first = places.get(column);
    if (first !== undefined) {
      const field = `options.categorical_features[${place}]`;
      throw invalid(field, `is ${column}, as is the one at ${first}; name each column once`);
    }
    places.set(column, place);
  }
  return categoricalFeatures;
}

/** @throws INVALID_REQUEST unless x has these columns. */
export function requireCategoricalColumns(categoricalFeatures: readonly number[], nColumns: number): void {
  const place = categoricalFeatures.findIndex((column) => column >= nColumns);
  if (place < 0) return;
  const field = `options.categorical_features[${place}]`;
  throw invalid(field, `is ${categoricalFeatures[place]}; the columns of x are 0 to ${nColumns - 1}`);
}

function decodeEarlyStopping(options: FitOptions | undefined, estimator: EstimatorSpec): number {
  const { earlyStoppingRounds = 0, validationFraction = 0 } = options ?? {};
  if (earlyStoppingRounds === 0) return 0;
  const field = 'options.early_stopping_rounds';
  if (!engineOf(estimator).takesValidation) {
    throw notImplemented(field, `${estimator.kind} is not boosted; leave it unset`);
  }
  if (validationFraction === 0) {
    throw invalid(field, 'needs rows to look at; set options.validation_fraction too');
  }
  return earlyStoppingRounds;
}

/** The weights of a request's rows; undefined where it gives none. */
function* decodeSampleWeight(
  sampleWeight: readonly number[],
  estimator: EstimatorSpec,
  rows: number,
): InParts<Float64Array<ArrayBuffer> | undefined> {
  if (sampleWeight.length === 0) return undefined;
  if (sampleWeight.length !== rows) {
    throw invalid('sample_weight', `has ${sampleWeight.length} weights; x has ${rows} rows`);
  }
  requireWeights('sample_weight', estimator);
  const weights = new Float64Array(rows);
  yield* forParts(rows, (from, to) => {
    for (let row = from; row < to; row++) weights[row] = sampleWeight[row];
  });
  return weights;
}

/** Whether the classes are to weigh alike. */
function decodeClassWeight(
  classWeight: ClassWeight = ClassWeight.CLASS_WEIGHT_UNSPECIFIED,
  estimator: EstimatorSpec,
): boolean {
  switch (classWeight) {
    case ClassWeight.CLASS_WEIGHT_UNSPECIFIED:
      return false;
    case ClassWeight.CLASS_WEIGHT_BALANCED:
      requireWeights('options.class_weight', estimator);
      return true;
    case ClassWeight.CLASS_WEIGHT_BALANCED_SUBSAMPLE:
      throw notImplemented('options.class_weight', 'weights of each tree are not built yet; use CLASS_WEIGHT_BALANCED');
    default:
      throw invalid('options.class_weight', 'must be CLASS_WEIGHT_BALANCED, or unset');
  }
}

/** @throws NOT_IMPLEMENTED at `field` when the estimator takes no weights. */
export function requireWeights(field: string, estimator: EstimatorSpec): void {
  if (engineOf(estimator).takesSampleWeight) return;
  throw notImplemented(field, `this engine of ${estimator.kind} takes no weights; leave it unset`);
}

/** How a Predict is to be answered: as its rows came, unless it says otherwise. */
export function decodeOutputEncoding({ x, outputEncoding }: PredictRequest): 'raw' | 'readable' {
  switch (outputEncoding) {
    case OutputEncoding.OUTPUT_ENCODING_UNSPECIFIED:
      return x?.raw === undefined ? 'readable' : 'raw';
    case OutputEncoding.OUTPUT_ENCODING_READABLE:
      return 'readable';
    case OutputEncoding.OUTPUT_ENCODING_RAW:
      return 'raw';
    default:
      throw invalid('output_encoding', 'must be OUTPUT_ENCODING_READABLE or OUTPUT_ENCODING_RAW');
  }
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** The size of a page of models: 0 is the default, and more than the most is cut to it. */
export function decodePageSize(pageSize: number): number {
  return pageSize === 0 ? DEFAULT_PAGE : Math.min(pageSize, MAX_PAGE);
}

/** The name that a page comes after; '' for the first page. */
export function decodePageToken(token: string): string {
  const name = Buffer.from(token, 'base64url').toString();
  if (encodePageToken(name) !== token) throw invalid('page_token', 'is not a token of ListModels');
  return name;
}

export function encodePageToken(after: string): string {
  return Buffer.from(after).toString('base64url');
}
