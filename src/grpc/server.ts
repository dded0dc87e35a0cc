import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Logger } from 'pino';
import { ModelServerService } from '../../generated/modelserver/v1/model_server.js';
import type { ModelService } from '../model/service.js';
import { Calls } from './calls.js';
import { createHandlers } from './handlers.js';
import { addReflection } from './reflection.js';

export interface GrpcServerOptions {
  readonly service: ModelService;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly maxInflightBytes: number;
  readonly descriptorSet: Uint8Array;
  readonly version: string;
  readonly log: Logger;
}

/** How long connections may take to close once no call is left. */
const CLOSE_MS = 1000;
/** A peer that has vanished without a word is found out after about 30 s. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 20_000, 'grpc.keepalive_timeout_ms': 10_000 };

const HEALTH_NAMES = ['', 'modelserver.v1.ModelServer'];

/** The port, with the contract's service, health and reflection behind it. */
export class GrpcServer {
  private constructor(
    private readonly server: Server,
    private readonly calls: Calls,
    private readonly health: HealthImplementation,
    /** Where it listens, as `host:port`. */
    readonly address: string,
    readonly port: number,
  ) {}

  /** @throws Error that names the address when it cannot be bound. */
  static async listen(options: GrpcServerOptions): Promise<GrpcServer> {
    const server = new Server({
      'grpc.max_receive_message_length': options.maxMessageBytes,
      'grpc.max_send_message_length': options.maxMessageBytes,
      'grpc.enable_channelz': 0,
      'grpc.so_reuseport': 0,
      ...KEEPALIVE,
    });
    const calls = new Calls(options.log);
    const { service, version, maxMessageBytes, maxInflightBytes } = options;
    const startedAt = new Date();
    const facts = { version, startedAt, maxMessageBytes, maxInflightBytes };
    server.addService(ModelServerService, createHandlers({ service, calls, ...facts }));
    const health = new HealthImplementation(Object.fromEntries(HEALTH_NAMES.map((name) => [name, 'SERVING'])));
    health.addToServer(server);
    addReflection(server, options.descriptorSet);

    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    const port = await bind(server, `${host}:${options.port}`);
    return new GrpcServer(server, calls, health, `${host}:${port}`, port);
  }

  /**
   * Turns health to NOT_SERVING, refuses new calls, gives those in flight
   * `graceMs` (less when `hurry` aborts), then cancels them and closes.
   */
  async close(graceMs: number, hurry?: AbortSignal): Promise<void> {
    for (const name of HEALTH_NAMES) this.health.setStatus(name, 'NOT_SERVING');
    await this.calls.drain(graceMs, hurry);
    // Streams that others hold open, such as health watches, would keep it from closing.
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.server.forceShutdown();
        resolve();
      }, CLOSE_MS);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

async function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new Error(
            `cannot listen on ${address}: ${error.message}; is the port taken, or the host not one of this machine?`,
            { cause: error },
          ),
        );
    });
  });
}
