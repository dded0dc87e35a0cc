import { type Client, credentials, loadPackageDefinition, type ServiceError, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

const PROTO = fileURLToPath(new URL('../../../third_party/grpc/health/v1/health.proto', import.meta.url));

interface HealthClient extends Client {
  check(request: object, callback: (error: ServiceError | null, response: { status: string }) => void): void;
  watch(request: object): AsyncIterable<{ status: string }>;
}

function connect(address: string): HealthClient {
  const { grpc } = loadPackageDefinition(loadSync(PROTO, { enums: String })) as unknown as {
    grpc: { health: { v1: { Health: new (address: string, credentials: unknown, options: object) => HealthClient } } };
  };
  const options = { 'grpc.use_local_subchannel_pool': 1 };
  return new grpc.health.v1.Health(address, credentials.createInsecure(), options);
}

/** What the health service says of `service`: its state, or the code of the error. */
export async function healthOf(address: string, service: string): Promise<string> {
  const client = connect(address);
  try {
    return await new Promise((resolve) => {
      client.check({ service }, (error, response) => resolve(error === null ? response.status : status[error.code]));
    });
  } finally {
    client.close();
  }
}

/** The states of `service`, as they change; it ends with the server. */
export async function* watchHealth(address: string, service: string): AsyncGenerator<string> {
  const client = connect(address);
  try {
    for await (const response of client.watch({ service })) yield response.status;
  } finally {
    client.close();
  }
}
