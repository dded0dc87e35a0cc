import { setImmediate } from 'node:timers/promises';

/** How long work may keep the server's thread before it lets others have it. */
export const TURN_MS = 2;

/** Takes turns with all else on the server's thread, in work of unknown length. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether it is time to let others have the thread; asking takes some ten nanoseconds. */
  get isOver(): boolean {
    return performance.now() - this.#began >= TURN_MS;
  }

  /**
   * Comes back when all others have had their turn.
   *
   * @throws the signal's reason.
   */
  async next(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}
