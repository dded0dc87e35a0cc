import { LiveTable } from '../live-table.js';

/** How long work may keep the server's thread before it lets others have it. */
export const TURN_MS = 2;

/** How each piece of work that waits for the thread goes on, by numbers in the order in which they came. */
const waiting = new LiveTable<() => void>();
/** All up to this number have had their turn, or have left. */
let last = 0;
let isArmed = false;

/**
 * Shares the server's thread between pieces of work of unknown length: each
 * works for up to `TURN_MS` and then waits for its next turn. In one turn of the
 * event loop one of them works, first come first served, and all that has come
 * in from outside is looked at in between; so that what is short is answered
 * soon, however much that is long there is.
 */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  /** The first turn has begun; work that is long from the start waits for it by `next()`. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to let others have the thread; asking takes some ten nanoseconds. */
  get isOver(): boolean {
    return this.elapsedMs >= TURN_MS;
  }

  /** How much of the turn is over. */
  get elapsedMs(): number {
    return performance.now() - this.#began;
  }

  /**
   * Comes back when those who wait already have had a turn each.
   *
   * @throws the signal's reason, as soon as it aborts.
   */
  async next(): Promise<void> {
    const signal = this.#signal;
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const begin = (): void => {
        signal?.removeEventListener('abort', leave);
        this.#began = performance.now();
        resolve();
      };
      const leave = (): void => {
        waiting.delete(number);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const number = waiting.add(begin);
      arm();
    });
  }
}

function arm(): void {
  if (isArmed) return;
  isArmed = true;
  setImmediate(giveTurn);
}

/** Lets the first of those who wait go on; the next one follows when the loop has turned. */
function giveTurn(): void {
  isArmed = false;
  if (waiting.size === 0) return;
  let begin: (() => void) | undefined;
  do begin = waiting.get(++last);
  while (begin === undefined);
  waiting.delete(last);
  if (waiting.size > 0) arm();
  begin();
}
