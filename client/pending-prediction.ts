import { status } from '@grpc/grpc-js';
import type { PredictRequest } from '../generated/modelserver/v1/model_server.js';
import { CallAbortedError, ModelServerError } from './errors.js';
import type { Prediction } from './prediction.js';

/** A message of a PredictStream that its caller waits for. */
export class PendingPrediction {
  readonly promise: Promise<Prediction>;
  /** Its number in the last stream that it was sent over; ids begin with 1. */
  id = 0n;
  /** How often it has been sent. */
  attempts = 0;
  /** Whether its caller has an answer, an error, or has given up. */
  isSettled = false;
  /** Whether it is sent while no other is in flight, so that what ends the stream is its own fault. */
  isAlone = false;
  #resolve!: (prediction: Prediction) => void;
  #reject!: (error: Error) => void;
  /** Removes timer and listener; undefined where there are none. */
  #release: (() => void) | undefined;

  constructor(
    readonly request: PredictRequest,
    /** Milliseconds since 1970, or Infinity. */
    readonly deadline: number,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Gives up, and tells so, when `signal` aborts or the deadline passes. */
  watch(method: string, signal: AbortSignal | undefined, onGivenUp: (pending: PendingPrediction) => void): void {
    if (signal === undefined && this.deadline === Infinity) return;
    const giveUp = (error: Error) => {
      this.reject(error);
      onGivenUp(this);
    };
    const abort = () => {
      if (signal) giveUp(new CallAbortedError(method, signal));
    };
    const expire = () =>
      giveUp(new ModelServerError(method, { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' }));
    const timer = this.deadline === Infinity ? undefined : setTimeout(expire, Math.max(0, this.deadline - Date.now()));
    signal?.addEventListener('abort', abort, { once: true });
    this.#release = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  }

  resolve(prediction: Prediction): void {
    this.#settle();
    this.#resolve(prediction);
  }

  reject(error: Error): void {
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.isSettled = true;
    this.#release?.();
  }
}
