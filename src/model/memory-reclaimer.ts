import { setTimeout } from 'node:timers/promises';
import { collectGarbage } from '../training/collect-garbage.js';

/** Less than that is left to V8, and to those who come later. */
const WORTH_BYTES = 2 ** 23;
/** Above 32 MiB the C library maps it, and no page of it is ever touched. */
const PRESSURE_BYTES = 2 ** 26;
const STEP_MS = 2;
const MAX_STEPS = 200;

/**
 * Has the memory of what was dropped given back. Kernel memory goes with the
 * garbage only, and V8, which sees a few small objects, would not hurry. A whole
 * collection stops the thread for 20 ms and more on a server's heap, so that V8 is
 * made to collect by the way instead: it marks in small steps while arrays outside
 * of its heap grow, here by some that nobody uses.
 */
export class MemoryReclaimer {
  readonly #worthBytes: number;
  readonly #waiting = new Map<symbol, () => void>();
  readonly #collected = new FinalizationRegistry<symbol>((token) => this.#settle(token));
  /** Of what was too small to be worth the effort alone. */
  #droppedBytes = 0;
  #isAtWork = false;

  constructor(worthBytes = WORTH_BYTES) {
    this.#worthBytes = worthBytes;
  }

  /**
   * Comes back when the memory of `dropped` has been given back, or at once when
   * that is too little to matter; many small ones matter together.
   *
   * @param dropped nobody may refer to it any more
   * @param bytes what goes with it
   */
  reclaim(dropped: object, bytes: number): Promise<void> {
    this.#droppedBytes += bytes;
    if (this.#droppedBytes < this.#worthBytes) return Promise.resolve();
    this.#droppedBytes = 0;
    const token = Symbol('dropped');
    this.#collected.register(dropped, token);
    // Not an async function, whose frame would keep what was dropped.
    return new Promise((resolve) => {
      this.#waiting.set(token, resolve);
      if (!this.#isAtWork) void this.#work();
    });
  }

  /** One collection is for all who wait by then. */
  async #work(): Promise<void> {
    this.#isAtWork = true;
    for (let step = 0; this.#waiting.size > 0; step++) {
      if (step === MAX_STEPS) {
        collectGarbage();
        for (const token of this.#waiting.keys()) this.#settle(token);
        break;
      }
      // eslint-disable-next-line no-new -- V8 counts it, which is all that it is for
      new ArrayBuffer(PRESSURE_BYTES);
      await setTimeout(STEP_MS);
    }
    this.#isAtWork = false;
  }

  #settle(token: symbol): void {
    this.#waiting.get(token)?.();
    this.#waiting.delete(token);
  }
}
