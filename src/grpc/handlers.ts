import type { ModelServerServer } from '../../generated/modelserver/v1/model_server.js';
import type { ModelService } from '../model/service.js';
import type { Calls } from './calls.js';
import { decodeFit, decodeOutputEncoding, decodePageSize, decodePageToken, encodePageToken } from './decode.js';
import { decodeMatrix } from './decode-matrix.js';
import { encodeModel, encodePrediction, encodeStatus } from './encode.js';

export interface HandlerOptions {
  readonly service: ModelService;
  readonly calls: Calls;
  readonly maxMessageBytes: number;
  readonly version: string;
  readonly startedAt: Date;
}

/** The RPCs of the contract: decode, call the use case, encode. */
export function createHandlers({
  service,
  calls,
  maxMessageBytes,
  version,
  startedAt,
}: HandlerOptions): ModelServerServer {
  return {
    fit: calls.unary('Fit', async (request, signal) => ({
      model: encodeModel(await service.fit(decodeFit(request), signal)),
    })),

    predict: calls.unary('Predict', async (request, signal) => {
      // The name first: whoever asks for a model that is not there need not send rows to hear of it.
      const model = service.getLoaded(request.name);
      const encoding = decodeOutputEncoding(request);
      return encodePrediction(await model.predict(decodeMatrix(request.x), maxMessageBytes, signal), request, encoding);
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

    getStatus: calls.unary('GetStatus', () => encodeStatus(service.status(), version, startedAt)),

    fitStream: calls.notImplementedStream('FitStream'),
    predictStream: calls.notImplementedStream('PredictStream'),
  };
}
