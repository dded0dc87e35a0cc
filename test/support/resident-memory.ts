import { readFileSync, writeFileSync } from 'node:fs';

/** Memory is at rest when so many collections in a row have not brought it down. */
const VAIN_COLLECTIONS = 12;

/** Bytes of a process, this one unless told otherwise, that are in memory, now and at the most since `forgetPeak` (Linux only). */
export function memory(pid: number | 'self' = 'self'): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]);
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

export function forgetPeak(pid: number | 'self' = 'self'): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** What the process takes once it gives nothing back any more; threads of V8's give it back in their own time. */
export async function memoryAtRest(): Promise<number> {
  let least = Infinity;
  for (let vain = 0; vain < VAIN_COLLECTIONS; vain++) {
    globalThis.gc?.();
    const { now } = memory();
    if (now < least) [least, vain] = [now, 0];
    await new Promise((resolve) => setImmediate(resolve));
  }
  return least;
}
