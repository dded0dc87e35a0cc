import { DomainError } from '../errors.js';
import type { SharedProgress } from './progress.js';
import type { FitJob, FitResult } from './protocol.js';
import { Slot } from './slot.js';

interface TrainingPoolOptions {
  /** How many trainings can run at once. */
  readonly slots: number;
  /** Heap limit of one training's thread, in MiB. */
  readonly memoryMb: number;
  /** The module that the threads run; another one only in tests. */
  readonly entry?: URL;
  /** Called when a thread was lost, with the cause. */
  readonly onLost?: (slot: string, cause: Error) => void;
}

/** A slot that the holder alone may train in, until it releases it. */
export interface SlotLease {
  train(job: FitJob, progress: SharedProgress, signal: AbortSignal): Promise<FitResult>;
  release(): void;
}

/** When a slot may be free again; nothing better is known, and a repetition is cheap. */
const RETRY_AFTER_MS = 1000;

/**
 * Worker threads for trainings, one a slot. There is no queue: who finds no free
 * slot is refused at once, and can go elsewhere.
 */
export class TrainingPool {
  readonly #free: Slot[];
  readonly #all: readonly Slot[];
  #lost = 0;

  constructor(options: TrainingPoolOptions) {
    const entry = options.entry ?? new URL('./worker.js', import.meta.url);
    this.#all = Array.from({ length: options.slots }, (_, index) => {
      const name = `training-${index + 1}`;
      const onLost = (cause: Error) => {
        this.#lost++;
        options.onLost?.(name, cause);
      };
      return new Slot({ name, entry, memoryMb: options.memoryMb, onLost });
    });
    this.#free = this.#all.toReversed();
  }

  get size(): number {
    return this.#all.length;
  }

  get busy(): number {
    return this.#all.length - this.#free.length;
  }

  /** Threads that were lost; each is replaced, at once or by the next training in its slot. */
  get replaced(): number {
    return this.#lost;
  }

  /** @throws NO_FREE_TRAINING_SLOT. */
  acquire(): SlotLease {
    const slot = this.#free.pop();
    if (slot === undefined) {
      throw new DomainError(
        'NO_FREE_TRAINING_SLOT',
        `all ${this.size} training slots are busy; try again later, or raise TRAINING_CORES`,
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    let held = true;
    return {
      train: (job, progress, signal) => slot.train(job, progress, signal),
      release: () => {
        if (held) this.#free.push(slot);
        held = false;
      },
    };
  }

  /** Ends all threads and the trainings in them. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((slot) => slot.close()));
  }
}
