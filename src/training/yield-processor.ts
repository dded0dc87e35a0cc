import { constants, getPriority, setPriority } from 'node:os';

/** By how much nicer a training is than the server; of 10 parts of a processor it leaves some 9, where processors are short. */
const NICER = 10;

/**
 * Makes the calling thread give way to the server's where there are fewer
 * processors than work. Only Linux gives threads priorities of their own
 * (setpriority(2), "C library/kernel differences"); elsewhere it would be the whole process'.
 */
export function yieldProcessor(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.min(constants.priority.PRIORITY_LOW, getPriority() + NICER));
  } catch {
    // A sandbox may forbid it; trainings work without.
  }
}
