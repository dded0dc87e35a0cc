import { inTurns } from '../model/in-turns.js';
import type { ModelService } from '../model/service.js';
import { Turns } from '../model/turns.js';
import { answerPredict } from './answer-predict.js';
import type { Calls } from './calls.js';
import { decodeFit, decodePageSize, decodePageToken, encodePageToken } from './decode.js';
import { encodeModel, encodeStatus } from './encode.js';
import { fitStream, type FitStreamOptions } from './fit-stream.js';
import type { InFlightBytes } from './in-flight-bytes.js';
import { MessageStream } from './message-stream.js';
import { predictStream } from './predict-stream.js';
import { dropPredictRequest } from './read-request.js';
import type { ModelServerHandlers } from './service-definition.js';
import { Undecoded } from './undecoded.js';

export interface HandlerOptions {
  readonly service: ModelService;
  readonly calls: Calls;
  readonly maxMessageBytes: number;
  readonly inFlightBytes: InFlightBytes;
  readonly uploads: Omit<FitStreamOptions, 'service'>;
  readonly version: string;
  readonly startedAt: Date;
}

/** The RPCs of the contract: decode, call the use case, encode. */
export function createHandlers({
  service,
  calls,
  maxMessageBytes,
  inFlightBytes,
  uploads,
  version,
  startedAt,
}: HandlerOptions): ModelServerHandlers {
  return {
    fit: calls.unary('Fit', async (message, call) => {
      const request = message instanceof Undecoded ? await message.decode(call) : message;
      const { envelope, rows } = await inTurns(decodeFit(request), new Turns(call.signal));
      // Read as numbers they are not needed as a message any more, which the call would keep.
      request.x = request.y = undefined;
      request.sampleWeight = [];
      const fitting = service.fit(envelope, rows, call.signal);
      // The training has its rows, or has refused them; from here on TRAINING_MEMORY_MB bounds it.
      call.bytes.hold(0);
      return { model: encodeModel(await fitting) };
    }),

    fitStream: calls.stream('FitStream', async (stream, call) =>
      fitStream(MessageStream.behind(stream), call, { service, ...uploads }),
    ),

    predict: calls.unary('Predict', (request, call) => {
      const answer = answerPredict(service, request, maxMessageBytes, call);
      return answer instanceof Promise ? answer.finally(() => dropPredictRequest(request)) : answer;
    }),

    predictStream: calls.stream('PredictStream', async (stream, call) =>
      predictStream(MessageStream.behind(stream), call, {
        service,
        maxMessageBytes,
        onError: (error, model) => calls.logMessageFailure('PredictStream', model, error),
      }),
    ),

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
      encodeStatus(service.status(), {
        version,
        startedAt,
        inflightBytes: inFlightBytes.total,
        maxInflightBytes: inFlightBytes.max,
      }),
    ),
  };
}
