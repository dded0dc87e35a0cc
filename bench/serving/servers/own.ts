import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelServerClient } from '../../../client/index.js';
import { NodeServer } from './node-server.js';

/** A ModelServer with its client and an empty folder of models. */
export interface OwnServer {
  readonly server: NodeServer;
  readonly client: ModelServerClient;
  /** A folder for whatever belongs to it; gone when it is stopped. */
  readonly folder: string;
  stop(): Promise<void>;
}

const ENTRY = new URL('./model-server.js', import.meta.url);

export async function startOwn(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'modelserver-bench-'));
  const server = await NodeServer.start(ENTRY, {
    settings: { HOST: '127.0.0.1', PORT: '0', MODELS_PATH: join(folder, 'models'), LOG_LEVEL: 'info', ...settings },
  });
  const client = new ModelServerClient(server.address);
  const stop = async () => {
    client.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { server, client, folder, stop };
}

/** A server that answers whatever it is sent with `answer`, on bare grpc-js. */
export async function startEcho(answer: Uint8Array): Promise<NodeServer> {
  const entry = new URL('./echo.js', import.meta.url);
  return NodeServer.start(entry, { args: [Buffer.from(answer).toString('base64')] });
}

/** A process that does nothing, to be asked the same. */
export async function startIdle(): Promise<NodeServer> {
  return NodeServer.start(new URL('./idle.js', import.meta.url));
}
