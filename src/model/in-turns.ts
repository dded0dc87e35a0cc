import type { InParts } from '../estimators/in-parts.js';
import type { Turns } from './turns.js';

/** Does work part by part, and lets others have the thread in between when it is time. */
export async function inTurns<T>(work: InParts<T>, turns: Turns): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (turns.isOver) await turns.next();
  }
}
