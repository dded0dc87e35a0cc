import type { handleBidiStreamingCall, handleUnaryCall } from '@grpc/grpc-js';
import {
  ModelServerService,
  type ModelServerServer,
  type FitRequest,
  type FitResponse,
  type PredictRequest,
} from '../../generated/modelserver/v1/model_server.js';
import { sized } from './message-size.js';
import { readFitRequest, readPredictRequest } from './read-request.js';
import type { Undecoded } from './undecoded.js';

const { fit, fitStream } = ModelServerService;

/**
 * The contract's service as it is served: a Predict is answered in bytes, the
 * messages of a PredictStream stay bytes, and those that bring training data
 * have a size (`sizeOfMessage`). Large requests come undecoded.
 */
export const servedService = {
  ...ModelServerService,
  fit: { ...fit, requestDeserialize: sized(readFitRequest) },
  fitStream: { ...fitStream, requestDeserialize: sized(fitStream.requestDeserialize) },
  predict: {
    ...ModelServerService.predict,
    requestDeserialize: readPredictRequest,
    responseSerialize: (response: Buffer) => response,
  },
  predictStream: {
    ...ModelServerService.predictStream,
    requestDeserialize: (request: Buffer) => request,
    responseSerialize: (response: Buffer) => response,
  },
};

/** What answers its methods. */
export type ModelServerHandlers = {
  readonly [
    Method in Exclude<keyof typeof ModelServerService, 'fit' | 'predict' | 'predictStream'>
  ]: ModelServerServer[Method];
} & {
  readonly fit: handleUnaryCall<FitRequest | Undecoded<FitRequest>, FitResponse>;
  readonly predict: handleUnaryCall<PredictRequest | Undecoded<PredictRequest>, Buffer>;
  readonly predictStream: handleBidiStreamingCall<Buffer, Buffer>;
};
