import type { Worker } from 'node:worker_threads';
import { DomainError } from '../errors.js';
import type { SharedProgress } from './progress.js';
import { type FitJob, type FitResult, type FromWorker, type ToWorker, transferablesOfJob } from './protocol.js';
import { startThread } from './start-thread.js';

interface SlotOptions {
  readonly name: string;
  /** The module that the thread runs. */
  readonly entry: URL;
  /** Heap limit of the thread, in MiB. */
  readonly memoryMb: number;
  /** Called after the thread was lost, whatever the cause. */
  readonly onLost: (cause: Error) => void;
}

interface Pending {
  readonly id: number;
  resolve(result: FitResult): void;
  reject(error: unknown): void;
  /** What to reject with when the thread ends before it answers. */
  cancelledBy?: unknown;
  /** Whether the thread has been told to end: an answer that is on its way comes too late. */
  condemned?: boolean;
}

/** How long a training may take to notice that it is cancelled, before its thread is ended. */
const CANCEL_GRACE_MS = 200;

/**
 * One training thread, replaced whenever it is lost. It trains one job at a
 * time, and a job has ended only when the thread has answered it or is gone.
 */
export class Slot {
  readonly #options: SlotOptions;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #nextId = 1;
  #closed = false;

  constructor(options: SlotOptions) {
    this.#options = options;
    this.#start();
  }

  /**
   * Trains `job`, whose buffers move to the thread.
   *
   * @throws DomainError for bad data (INVALID_REQUEST), TRAINING_MEMORY_LIMIT and
   *   TRAINING_CRASHED; the signal's reason once the training has ended.
   */
  async train(job: FitJob, progress: SharedProgress, signal: AbortSignal): Promise<FitResult> {
    signal.throwIfAborted();
    // A thread that was lost before it could start anything is given one more chance here, not in a loop.
    const worker = this.#worker ?? this.#start();
    const message: ToWorker = { type: 'fit', id: this.#nextId++, job, progress: progress.buffer };

    let killTimer: NodeJS.Timeout | undefined;
    const kill = () => {
      if (this.#pending?.id !== message.id) return;
      this.#pending.condemned = true;
      void worker.terminate();
    };
    const cancel = () => {
      progress.cancel();
      if (this.#pending?.id !== message.id) return;
      this.#pending.cancelledBy = signal.reason;
      // After a long turn of the loop the timer comes first, though the answer may be here: it is let in before.
      killTimer = setTimeout(() => setImmediate(kill), CANCEL_GRACE_MS);
    };
    try {
      return await new Promise<FitResult>((resolve, reject) => {
        this.#pending = { id: message.id, resolve, reject };
        signal.addEventListener('abort', cancel, { once: true });
        worker.postMessage(message, transferablesOfJob(job));
      });
    } finally {
      clearTimeout(killTimer);
      signal.removeEventListener('abort', cancel);
      this.#pending = undefined;
    }
  }

  /** Ends the thread, and with it the job that it is at. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const { name, entry, memoryMb } = this.#options;
    let ready = false;
    const options = { name, resourceLimits: { maxOldGenerationSizeMb: memoryMb } };
    const worker = startThread<FromWorker>(entry, options, {
      message: (message) => {
        if (message.type === 'ready') ready = true;
        else this.#settle(message);
      },
      exit: (fault, code) => {
        this.#worker = undefined;
        const lost = lossOf(fault, code, memoryMb);
        const cancelledBy = this.#pending?.cancelledBy;
        this.#pending?.reject(cancelledBy ?? lost);
        if (this.#closed) return;
        this.#options.onLost(
          cancelledBy === undefined ? lost : new Error('ended, since its cancelled training went on'),
        );
        // One that never became ready would only die again; the next job tries anew.
        if (ready) this.#start();
      },
    });
    this.#worker = worker;
    return worker;
  }

  #settle(message: Exclude<FromWorker, { type: 'ready' }>): void {
    const pending = this.#pending;
    if (pending?.id !== message.id || pending.condemned) return;
    switch (message.type) {
      case 'fitted':
        pending.resolve(message.result);
        break;
      case 'refused':
        pending.reject(new DomainError(message.error.reason, message.error.message, message.error));
        break;
      case 'cancelled':
        pending.reject(pending.cancelledBy);
        break;
      case 'failed':
        pending.reject(Object.assign(new Error(`the training failed: ${message.message}`), { stack: message.stack }));
        break;
    }
  }
}

/** What the loss of a thread means to the training that it was at. */
function lossOf(fault: Error | undefined, exitCode: number, memoryMb: number): DomainError {
  if (fault !== undefined && 'code' in fault && fault.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new DomainError(
      'TRAINING_MEMORY_LIMIT',
      `the training ran out of its memory (TRAINING_MEMORY_MB=${memoryMb}); train on fewer rows or a smaller model, or raise it on the server`,
      { cause: fault },
    );
  }
  const how = fault === undefined ? `exited with code ${exitCode}` : 'died of an error';
  return new DomainError('TRAINING_CRASHED', `the training's thread ${how}; its slot has been replaced`, {
    cause: fault,
  });
}
