import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./bare-forest-process.js', import.meta.url));

/** Runs `task` while a process of its own trains the forest, and ends the process after it. */
export async function whileBareTraining<T>(task: () => Promise<T>): Promise<T> {
  const child = fork(ENTRY);
  const exited = once(child, 'exit');
  try {
    await Promise.race([once(child, 'message'), exited]);
    const result = await task();
    if (child.exitCode !== null) throw new Error('the bare training has ended before the load');
    return result;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}
