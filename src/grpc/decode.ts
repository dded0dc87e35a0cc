import {
  ClassWeight,
  type FitOptions,
  type FitRequest as WireFitRequest,
  OutputEncoding,
  type PredictRequest,
} from '../../generated/modelserver/v1/model_server.js';
import { invalid, notImplemented } from '../errors.js';
import { requireName } from '../model/model.js';
import { type FitRequest, requireRequestId } from '../model/service.js';
import { decodeLabels } from './decode-labels.js';
import { decodeMatrix, requireFeatureNames } from './decode-matrix.js';
import { decodeEstimator } from './estimator-codec.js';

/**
 * A Fit's envelope, checked in the contract's order: name, estimator, options,
 * shape. The values are checked where the training runs.
 */
export function decodeFit(request: WireFitRequest): FitRequest {
  requireName(request.name);
  const estimator = decodeEstimator(request.estimator);
  requireBuilt(request.options);
  requireRequestId(request.requestId);
  const featureNames = request.options?.featureNames ?? [];
  requireFeatureNames(featureNames, (index) => `options.feature_names[${index}]`);

  const x = decodeMatrix(request.x);
  if (x.rows < 2) throw invalid('x', `has ${x.rows} row; a training needs at least 2`);
  const y = decodeLabels(request.y, x.rows);
  if (request.sampleWeight.length > 0) {
    throw notImplemented('sample_weight', 'sample weights are not built yet; leave them out');
  }
  return {
    name: request.name,
    estimator,
    x,
    y,
    seed: request.options?.seed ?? 0,
    featureNames,
    requestId: request.requestId,
  };
}

/** @throws NOT_IMPLEMENTED for an option that would change the training, since none is ever ignored. */
function requireBuilt(options: FitOptions | undefined): void {
  if (options === undefined) return;
  const asked: [string, boolean][] = [
    ['categorical_features', options.categoricalFeatures.length > 0],
    ['validation_fraction', options.validationFraction !== 0],
    ['early_stopping_rounds', options.earlyStoppingRounds !== 0],
    ['class_weight', options.classWeight !== ClassWeight.CLASS_WEIGHT_UNSPECIFIED],
    ['replace', options.replace],
  ];
  for (const [name, isAsked] of asked) {
    if (isAsked) throw notImplemented(`options.${name}`, 'this option is not built yet; leave it unset');
  }
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
