import { setPriority } from 'node:os';

/** What a training leaves to others where processors are short: of 10 parts, some 9. */
const NICENESS = 10;

/**
 * Makes the calling thread give way to the server's where there are fewer
 * processors than work. Only Linux gives threads priorities of their own
 * (setpriority(2), "C library/kernel differences"); elsewhere it would be the whole process'.
 */
export function yieldProcessor(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(NICENESS);
  } catch {
    // A sandbox may forbid it; trainings work without.
  }
}
