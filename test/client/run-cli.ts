import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a finished process has left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Gets the process as soon as it has been started. */
  readonly onStart?: (child: ChildProcess) => void;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the compiled `client/<program>.ts` in a process of its own. */
export function runClient(
  program: 'cli' | 'demo',
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const script = fileURLToPath(new URL(`../../client/${program}.js`, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.onStart?.(child);
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A data set of the tests. */
export function dataFile(name: string): string {
  // Compiled, this file is in dist/test/client; the data stays where it is.
  return fileURLToPath(new URL(`../../../test/data/${name}.csv`, import.meta.url));
}
