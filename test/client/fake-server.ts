import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceError,
  type status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Any } from '../../generated/google/protobuf/any.js';
import { BadRequest, ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import { HealthService } from '../../generated/grpc/health/v1/health.js';
import { type ModelServerServer, ModelServerService } from '../../generated/modelserver/v1/model_server.js';

/** The handlers of a fake server; those that are left out answer UNIMPLEMENTED. */
// oxlint-disable-next-line typescript/no-explicit-any -- the health service's check is among them
export type FakeHandlers = Partial<ModelServerServer> & { check?: handleUnaryCall<any, any> };

export interface FakeServer {
  readonly address: string;
  /** Ends all connections at once, like a server that dies. */
  kill(): void;
}

/**
 * Stands in for the real server where a test needs answers that it does not give
 * on demand: lost connections, restarts, silence.
 */
export async function startFakeServer(handlers: FakeHandlers, port = 0): Promise<FakeServer> {
  const { check, ...rest } = handlers;
  const server = new Server();
  server.addService(ModelServerService, rest as UntypedServiceImplementation);
  if (check) server.addService(HealthService, { check });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, number) => {
      if (error) reject(error);
      else resolve(number);
    });
  });
  return { address: `127.0.0.1:${bound}`, kill: () => server.forceShutdown() };
}

export interface FakeDetails {
  readonly reason?: string;
  readonly violations?: { field: string; description: string }[];
  readonly retryAfterMs?: number;
}

/** An error as it comes in a message of a stream. */
export function fakeStatus(code: status, message: string, details: FakeDetails = {}): Status {
  const { reason, violations, retryAfterMs } = details;
  const packed: Any[] = [];
  const pack = (type: string, bytes: Uint8Array) =>
    packed.push(Any.create({ typeUrl: `type.googleapis.com/google.rpc.${type}`, value: Buffer.from(bytes) }));
  if (reason !== undefined) {
    pack('ErrorInfo', ErrorInfo.encode(ErrorInfo.create({ reason, domain: 'modelserver' })).finish());
  }
  if (violations)
    pack('BadRequest', BadRequest.encode(BadRequest.fromPartial({ fieldViolations: violations })).finish());
  if (retryAfterMs !== undefined) {
    const retryDelay = { seconds: BigInt(Math.floor(retryAfterMs / 1000)), nanos: (retryAfterMs % 1000) * 1e6 };
    pack('RetryInfo', RetryInfo.encode({ retryDelay }).finish());
  }
  return Status.fromPartial({ code, message, details: packed });
}

/** Trailing metadata as the server sends it. */
export function detailsMetadata(code: status, message: string, details: FakeDetails): Metadata {
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(Status.encode(fakeStatus(code, message, details)).finish()));
  return metadata;
}

/** An error as the server's handlers send it. */
export function fakeError(code: status, message: string, details: FakeDetails = {}): ServiceError {
  return Object.assign(new Error(message), {
    code,
    details: message,
    metadata: detailsMetadata(code, message, details),
  });
}
