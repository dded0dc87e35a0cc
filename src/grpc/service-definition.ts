import type { handleUnaryCall } from '@grpc/grpc-js';
import {
  ModelServerService,
  type ModelServerServer,
  type PredictRequest,
} from '../../generated/modelserver/v1/model_server.js';

/** The contract's service as it is served: a Predict is answered in bytes. */
export const servedService = {
  ...ModelServerService,
  predict: { ...ModelServerService.predict, responseSerialize: (response: Buffer) => response },
};

/** What answers its methods. */
export type ModelServerHandlers = {
  readonly [Method in Exclude<keyof typeof ModelServerService, 'predict'>]: ModelServerServer[Method];
} & { readonly predict: handleUnaryCall<PredictRequest, Buffer> };
