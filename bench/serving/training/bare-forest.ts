import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./bare-forest-process.js', import.meta.url));

/** Runs `task` while a process of its own trains the forest, and ends the process after it. */
export async function whileBareTraining<T>(task: () => Promise<T>): Promise<T> {
  const child = fork(ENTRY);
  const exited = once(child, 'exit');
  try {
    await Promise.race([once(child, 'message'), exited]);
    requireAlive(child);
    const result = await task();
    requireAlive(child);
    return result;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function requireAlive({ exitCode, signalCode }: ChildProcess): void {
  if (exitCode !== null || signalCode !== null) throw new Error('the bare training has ended before the load');
}
