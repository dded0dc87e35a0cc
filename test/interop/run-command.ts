import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly code: number | null;
}

/** Runs a program to its end with `input` on its stdin; an abort of `signal` kills it. */
export async function runCommand(
  program: string,
  args: readonly string[],
  { input = '', signal, cwd }: { input?: string; signal?: AbortSignal; cwd?: string } = {},
): Promise<CommandResult> {
  // In a group of its own, so that a wrapper script takes its program along when it is killed.
  const child = spawn(program, args, { stdio: 'pipe', cwd, detached: true });
  const kill = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  signal?.addEventListener('abort', kill, { once: true });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { ...output, code };
}
