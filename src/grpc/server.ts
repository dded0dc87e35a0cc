import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { Logger } from 'pino';
import type { ModelService } from '../model/service.js';
import { Calls } from './calls.js';
import { prepareConnections } from './connections.js';
import { createHandlers } from './handlers.js';
import { InFlightBytes } from './in-flight-bytes.js';
import { MessageStream } from './message-stream.js';
import { addReflection } from './reflection.js';
import { servedService } from './service-definition.js';
import { STANDSTILL_MS } from './standstills.js';

export interface GrpcServerOptions {
  readonly service: ModelService;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly maxMessageBytes: number;
  readonly maxInflightBytes: number;
  /** The most memory that a training may take, in MiB. */
  readonly trainingMemoryMb: number;
  /** How long the server waits for a client of which nothing moves; absent: STANDSTILL_MS. */
  readonly standstillMs?: number;
  /** Gives the memory of a buffer back, off this thread where that takes time. */
  readonly release: (buffer: ArrayBuffer) => void;
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
    const { service, version, maxMessageBytes, maxInflightBytes, standstillMs = STANDSTILL_MS, log } = options;
    const inFlightBytes = new InFlightBytes(maxInflightBytes, maxMessageBytes, {
      onRefusal: (method, { reason, message }) => log.info({ method, reason }, message),
      standstillMs,
    });
    const server = new Server({
      'grpc.max_receive_message_length': maxMessageBytes,
      'grpc.max_send_message_length': maxMessageBytes,
      'grpc.enable_channelz': 0,
      'grpc.so_reuseport': 0,
      ...KEEPALIVE,
      interceptors: [
        prepareConnections,
        inFlightBytes.interceptor,
        MessageStream.interceptor(servedService.fitStream.path, servedService.predictStream.path),
      ],
    });
    const calls = new Calls(log, inFlightBytes);
    const facts = { version, startedAt: new Date(), maxMessageBytes, inFlightBytes };
    const { trainingMemoryMb, release } = options;
    const uploads = { trainingMemoryMb, standstillMs, release };
    server.addService(servedService, createHandlers({ service, calls, uploads, ...facts }));
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
