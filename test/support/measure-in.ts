import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a fixture measures of itself, in a process of its own. */
export async function measureIn<T>(fixture: string, args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(`../fixtures/${fixture}.js`, import.meta.url));
  const child = fork(path, args, {
    execArgv: ['--expose-gc'],
    // Coverage takes memory too, and glibc keeps freed arrays of up to 32 MB unless it is told not to.
    env: { ...process.env, NODE_V8_COVERAGE: '', MALLOC_MMAP_THRESHOLD_: '131072' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured process ended with ${code}`);
  });
  const [measured] = (await Promise.race([once(child, 'message'), ended])) as [T];
  ended.catch(() => undefined);
  return measured;
}
