import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { DomainError } from './errors.js';
import { GrpcServer } from './grpc/server.js';
import { compileKernels } from './kernels/kernels.js';
import { ArtifactThread } from './model/artifact-thread.js';
import { ModelService } from './model/service.js';
import { ModelStore } from './model/store.js';
import { readDescriptorSet, readVersion } from './package-files.js';
import { TrainingPool } from './training/pool.js';

export interface AppOptions {
  readonly log: Logger;
  /** The module of the training threads; another one only in tests. */
  readonly workerEntry?: URL;
  /** How long the server waits for a client of which nothing moves; another time only in tests. */
  readonly standstillMs?: number;
}

const MEBIBYTE = 1024 * 1024;

/** A server that serves. */
export interface ModelServer {
  /** Where it listens, as `host:port`. */
  readonly address: string;
  readonly port: number;
  readonly version: string;
  /** The directory of its models, absolute. */
  readonly modelsPath: string;
  /** Drains and stops; `hurry` cuts the grace period short. */
  stop(options?: { readonly hurry?: AbortSignal }): Promise<void>;
}

/**
 * Puts the parts together: store, pool, service, port.
 *
 * @throws DirectoryLockedError when another server owns the models, Error when
 *   the port cannot be bound; nothing is left running.
 */
export async function startModelServer(
  config: Config,
  { log, workerEntry, standstillMs }: AppOptions,
): Promise<ModelServer> {
  const [version, descriptorSet] = await Promise.all([readVersion(), readDescriptorSet()]);
  const store = await ModelStore.open(resolve(config.modelsPath));
  const pool = new TrainingPool({
    slots: config.trainingCores,
    memoryMb: config.trainingMemoryMb,
    entry: workerEntry,
    onLost: (slot, err) =>
      err instanceof DomainError
        ? log.warn({ slot, err }, 'a training thread was lost')
        : log.info({ slot }, `a training thread was ${err.message}`),
  });
  const artifacts = new ArtifactThread();
  artifacts.start();
  compileKernels();
  const release = async () => {
    await pool.close();
    await artifacts.close();
    await store.close();
  };

  try {
    const { maxInferenceModels: maxLoadedModels, trainingMemoryMb } = config;
    const maxLoadedBytes = config.maxInferenceMemoryMb * MEBIBYTE;
    const limits = { maxLoadedModels, maxLoadedBytes, trainingMemoryMb };
    const { service, ignored } = await ModelService.open({
      store,
      pool,
      artifacts,
      ...limits,
      onStale: (model, err) => log.warn({ model, err }, 'the new generation could not be loaded; the old one serves'),
    });
    if (ignored.length > 0) log.warn({ ignored }, 'these entries of MODELS_PATH are no models');
    const { host, port, maxMessageBytes, maxInflightBytes } = config;
    const address = { host, port, maxMessageBytes, maxInflightBytes };
    const uploads = { trainingMemoryMb, standstillMs, release: (buffer: ArrayBuffer) => artifacts.release(buffer) };
    const server = await GrpcServer.listen({ service, ...address, ...uploads, descriptorSet, version, log });
    return {
      address: server.address,
      port: server.port,
      version,
      modelsPath: store.path,
      stop: async ({ hurry } = {}) => {
        log.info({ graceSeconds: config.shutdownGraceSeconds }, 'shutting down');
        await server.close(config.shutdownGraceSeconds * 1000, hurry);
        await release();
        log.info('stopped');
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
