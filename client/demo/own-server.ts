import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server that the demo has started for itself. */
export interface OwnServer {
  readonly address: string;
  /** Stops the server and deletes its models; answers its exit code, null if it had to be killed. */
  stop(): Promise<number | null>;
}

// Compiled, this file is in dist/client/demo.
const ENTRY = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts a server with two training cores and room for two loaded models, on a free port and in a temporary folder.
 *
 * @param settings Settings that differ from these.
 */
export async function startOwnServer(settings: Readonly<Record<string, string>> = {}): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'modelserver-demo-'));
  const child = spawn(process.execPath, [ENTRY], {
    env: {
      ...process.env,
      TRAINING_CORES: '2',
      MAX_INFERENCE_MODELS: '2',
      HOST: '127.0.0.1',
      PORT: '0',
      MODELS_PATH: folder,
      LOG_LEVEL: 'info',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // The last resort, should this process end without its own clean-up.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const stop = async () => {
    const code = await end(child);
    process.off('exit', kill);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  try {
    return { address: await readAddress(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The address in the server's first log line; the rest of its log is read and dropped, lest the pipe fill up. */
async function readAddress(child: ChildProcess): Promise<string> {
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const { promise, resolve, reject } = withResolvers<string>();
  const timer = setTimeout(() => reject(new Error('the server did not start in time')), START_TIMEOUT_MS);
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${complaints.trim()}`)));
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => {
      const address = addressIn(line);
      if (address !== undefined) resolve(address);
    });
  }
  return promise.finally(() => clearTimeout(timer));
}

function addressIn(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
  return msg === 'serving' ? address : undefined;
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.kill('SIGTERM');
  const [code] = await exited;
  clearTimeout(timer);
  return code;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
