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

const { fit, fitStream, predict, predictStream } = ModelServerService;
const asItIs = (message: Buffer): Buffer => message;

/**
 * The contract's service as it is served: a Predict is answered in bytes, the
 * messages of streams stay bytes, and those of a Fit have a size
 * (`sizeOfMessage`). Large requests come undecoded.
 */
export const servedService = {
  ...ModelServerService,
  fit: { ...fit, requestDeserialize: sized(readFitRequest) },
  fitStream: { ...fitStream, requestDeserialize: asItIs, responseSerialize: asItIs },
  predict: { ...predict, requestDeserialize: readPredictRequest, responseSerialize: asItIs },
  predictStream: { ...predictStream, requestDeserialize: asItIs, responseSerialize: asItIs },
};

/** What answers its methods. */
export type ModelServerHandlers = {
  readonly [
    Method in Exclude<keyof typeof ModelServerService, 'fit' | 'fitStream' | 'predict' | 'predictStream'>
  ]: ModelServerServer[Method];
} & {
  readonly fit: handleUnaryCall<FitRequest | Undecoded<FitRequest>, FitResponse>;
  readonly fitStream: handleBidiStreamingCall<Buffer, Buffer>;
  readonly predict: handleUnaryCall<PredictRequest | Undecoded<PredictRequest>, Buffer>;
  readonly predictStream: handleBidiStreamingCall<Buffer, Buffer>;
};
