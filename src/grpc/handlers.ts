import type { ModelServerServer } from '../../generated/modelserver/v1/model_server.js';
import { DomainError } from '../errors.js';
import type { ModelService } from '../model/service.js';
import type { Calls } from './calls.js';
import { decodeFit, decodeOutputEncoding, decodePageSize, decodePageToken, encodePageToken } from './decode.js';
import { decodeMatrix } from './decode-matrix.js';
import { encodeModel, encodePrediction, encodeStatus } from './encode.js';

export interface HandlerOptions {
  readonly service: ModelService;
  readonly calls: Calls;
  readonly maxMessageBytes: number;
  readonly maxInflightBytes: number;
  readonly version: string;
  readonly startedAt: Date;
}

/** The RPCs of the contract: decode, call the use case, encode. */
export function createHandlers({
  service,
  calls,
  maxMessageBytes,
  maxInflightBytes,
  version,
  startedAt,
}: HandlerOptions): ModelServerServer {
  return {
    fit: calls.unary('Fit', async (request, call) => {
      const { envelope, rows } = decodeFit(request);
      return { model: encodeModel(await service.fit(envelope, rows, call.signal)) };
    }),

    fitStream: calls.stream('FitStream', async () => {
      throw new DomainError('NOT_IMPLEMENTED', 'FitStream is not built yet; use Fit');
    }),

    predict: calls.unary('Predict', async (request, call) => {
      // The name first: whoever asks for a model that is not there need not send rows to hear of it.
      const model = service.getLoaded(request.name);
      const encoding = decodeOutputEncoding(request);
      const prediction = await model.predict(decodeMatrix(request.x), maxMessageBytes, call.signal);
      return encodePrediction(prediction, request, encoding);
    }),

    predictStream: calls.stream('PredictStream', async () => {
      throw new DomainError('NOT_IMPLEMENTED', 'PredictStream is not built yet; use Predict');
    }),

    load: calls.unary('Load', async ({ name }) => ({ model: encodeModel(await service.load(name)) })),

    unload: calls.unary('Unload', async ({ name }) => {
      await service.unload(name);
      return {};
    }),

    remove: calls.unary('Remove', async ({ name, force }) => {
      await service.remove(name, force);
      return {};
    }),

    removeAll: calls.unary('RemoveAll', async ({ force }) => ({ removed: await service.removeAll(force) })),

    getModel: calls.unary('GetModel', ({ name }) => ({ model: encodeModel(service.getModel(name)) })),

    listModels: calls.unary('ListModels', ({ pageSize, pageToken }) => {
      const { models, more } = service.listModels(decodePageSize(pageSize), decodePageToken(pageToken));
      const last = models.at(-1);
      return {
        models: models.map((model) => encodeModel(model, false)),
        nextPageToken: more && last !== undefined ? encodePageToken(last.name) : '',
      };
    }),

    getStatus: calls.unary('GetStatus', () =>
      encodeStatus(service.status(), { version, startedAt, inflightBytes: 0, maxInflightBytes }),
    ),
  };
}
