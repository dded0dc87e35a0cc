import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';
import { BadRequest, ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import { type CallOptions, type Outcome, readDetails, type TestClient } from './call.js';

const ROOT = new URL('../../../', import.meta.url);
const definition = loadSync('modelserver/v1/model_server.proto', {
  includeDirs: [fileURLToPath(new URL('proto', ROOT)), fileURLToPath(new URL('third_party', ROOT))],
  longs: String,
  enums: String,
  bytes: String,
  keepCase: false,
});

const DETAILS = {
  'google.rpc.ErrorInfo': ErrorInfo,
  'google.rpc.BadRequest': BadRequest,
  'google.rpc.RetryInfo': RetryInfo,
};

type UnaryCall = (
  request: object,
  options: { deadline?: number },
  callback: (error: ServiceError | null, response: unknown) => void,
) => { cancel(): void };

/** A client that knows the contract from its .proto alone: no generated code. */
export function dynamicClient(address: string): TestClient {
  const { modelserver } = loadPackageDefinition(definition) as unknown as {
    modelserver: { v1: { ModelServer: new (address: string, credentials: unknown, options: object) => Client } };
  };
  const client = new modelserver.v1.ModelServer(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    // Clients in one process would share a connection otherwise.
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    call: (method, request, { timeoutMs, signal }: CallOptions = {}) =>
      new Promise((resolve) => {
        const unary = Reflect.get(client, method) as UnaryCall;
        const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
        const call = unary.call(client, request, options, (error, response) => resolve(outcomeOf(error, response)));
        signal?.addEventListener('abort', () => call.cancel(), { once: true });
      }),
    close: () => client.close(),
  };
}

/** What a call of grpc-js came to. */
export function outcomeOf(error: ServiceError | null, response: unknown): Outcome {
  if (error === null) return { ok: true, response };
  const [rich] = error.metadata.get('grpc-status-details-bin');
  const details = rich === undefined ? [] : Status.decode(Buffer.from(rich as Buffer)).details;
  const decoded = details.map(({ typeUrl, value }) => {
    const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
    const message = DETAILS[type as keyof typeof DETAILS];
    return { type, value: message.toJSON(message.decode(value) as never) as Record<string, unknown> };
  });
  return { ok: false, code: status[error.code], message: error.details, ...readDetails(decoded) };
}
