import type { Turns } from './turns.js';

/** Work that can pause between its steps, each of which takes much less than a turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all steps at once. */
export function runThrough<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Does the steps, and lets others have the thread in between.
 *
 * @throws what a step throws, and the reason why the turns end.
 */
export async function runInTurns<T>(steps: Steps<T>, turns: Turns): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (turns.isOver) await turns.next();
  }
}
