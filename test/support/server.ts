import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { type ModelServer, startModelServer } from '../../src/app.js';
import { type Config, readConfig } from '../../src/config.js';
import { temporaryDirectory } from './temporary-directory.js';

/** A real server in this process, on a free port, with a directory of its own. */
export interface TestServer extends ModelServer {
  readonly modelsPath: string;
  /** Stops the server and starts another one on the same models. */
  restart(config?: Partial<Config>): Promise<TestServer>;
  /** Stops the server and removes its models. */
  close(): Promise<void>;
}

export interface TestServerOptions extends Partial<Config> {
  readonly workerEntry?: URL;
  readonly standstillMs?: number;
  readonly log?: Logger;
}

/** Starts a server; two training slots and three loaded models unless told otherwise. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const directory = await temporaryDirectory();
  const modelsPath = join(directory.path, 'models');
  return serve({ modelsPath, ...options }, directory.remove);
}

async function serve(
  { workerEntry, standstillMs, log, ...given }: TestServerOptions,
  clean: () => Promise<void>,
): Promise<TestServer> {
  const config: Config = {
    ...readConfig({}),
    port: 0,
    trainingCores: 2,
    maxInferenceModels: 3,
    shutdownGraceSeconds: 5,
    ...given,
  };
  const server = await startModelServer(config, {
    log: log ?? pino({ level: process.env['SERVER_LOG'] ?? 'silent' }),
    workerEntry,
    standstillMs,
  });
  let stopped: Promise<void> | undefined;
  const stop: ModelServer['stop'] = (stopOptions) => (stopped ??= server.stop(stopOptions));
  return {
    ...server,
    modelsPath: config.modelsPath,
    stop,
    restart: async (changes = {}) => {
      await stop();
      return serve({ workerEntry, standstillMs, log, ...config, ...changes }, clean);
    },
    close: async () => {
      await stop();
      await clean();
    },
  };
}

/** Threads that fail on demand; see the fixture. */
export const faultyWorker = new URL('../fixtures/faulty-worker.js', import.meta.url);
