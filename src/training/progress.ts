import { TrainingCancelled, type TrainingMonitor } from '../estimators/estimator.js';

/** How far a training has come, as its thread last said. */
export interface ProgressReading {
  /** 0 to 1. */
  readonly fraction: number;
  readonly iteration: number;
  /** 0 before it is known. */
  readonly iterations: number;
  /** Mean loss on the training rows; unset where the estimator reports none. */
  readonly trainLoss?: number;
  /** Mean loss on the validation rows; unset where there are none, or the estimator does not watch them. */
  readonly validationLoss?: number;
}

// Layout of the shared words.
const CANCELLED = 0;
const ITERATION = 1;
const ITERATIONS = 2;
const WORDS_BYTES = 16;
// Behind the words: the losses on the training and the validation rows, NaN where there is none.
const LOSSES = 2;

/**
 * A few shared words between the server's thread and a training's: the counter
 * goes one way, the wish to cancel the other. Neither side waits for a message,
 * so a training that never leaves its loop can still be watched and ended.
 */
export class SharedProgress implements TrainingMonitor {
  readonly #words: Int32Array;
  readonly #losses: Float64Array;

  constructor(readonly buffer: SharedArrayBuffer = SharedProgress.#allocate()) {
    this.#words = new Int32Array(buffer, 0, WORDS_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.#losses = new Float64Array(buffer, WORDS_BYTES, LOSSES);
  }

  static #allocate(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(WORDS_BYTES + LOSSES * Float64Array.BYTES_PER_ELEMENT);
    new Float64Array(buffer, WORDS_BYTES, LOSSES).fill(Number.NaN);
    return buffer;
  }

  progress(iteration: number, iterations: number, trainLoss?: number, validationLoss?: number): void {
    if (Atomics.load(this.#words, CANCELLED) !== 0) throw new TrainingCancelled();
    if (trainLoss !== undefined) this.#losses[0] = trainLoss;
    if (validationLoss !== undefined) this.#losses[1] = validationLoss;
    Atomics.store(this.#words, ITERATIONS, iterations);
    Atomics.store(this.#words, ITERATION, iteration);
  }

  cancel(): void {
    Atomics.store(this.#words, CANCELLED, 1);
  }

  read(): ProgressReading {
    const iteration = Atomics.load(this.#words, ITERATION);
    const iterations = Atomics.load(this.#words, ITERATIONS);
    const [trainLoss, validationLoss] = this.#losses;
    return {
      fraction: iterations === 0 ? 0 : Math.min(1, iteration / iterations),
      iteration,
      iterations,
      ...(Number.isNaN(trainLoss) ? {} : { trainLoss }),
      ...(Number.isNaN(validationLoss) ? {} : { validationLoss }),
    };
  }
}
