import type { EventEmitter } from 'node:events';
import { DomainError } from '../errors.js';
import type { CallBytes } from './call-bytes.js';

/** What all kinds of calls of grpc-js have in common. */
export interface ServerCall extends EventEmitter {
  readonly cancelled: boolean;
  getDeadline(): Date | number;
  getPeer(): string;
}

/**
 * A call that is being answered. Most calls are answered at once and need none of
 * its parts, so each is made when it is first asked for.
 */
export class CallInFlight {
  readonly #call: ServerCall;
  readonly #startedAt = performance.now();
  #abort: AbortController | undefined;
  #ended: PromiseWithResolvers | undefined;
  #deadline: NodeJS.Timeout | undefined;
  model: string | undefined;
  /** Where it is among those that are not answered at once; undefined where it is none of them. */
  place: number | undefined;

  constructor(
    call: ServerCall,
    /** Aborts when the server begins to drain. */
    readonly draining: AbortSignal,
    /** What of its messages counts as in flight. */
    readonly bytes: CallBytes,
  ) {
    this.#call = call;
    bytes.beginHandling(this);
  }

  /** Aborts when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller().signal;
  }

  /** Since it began, in milliseconds. */
  get ms(): number {
    return Math.round((performance.now() - this.#startedAt) * 1000) / 1000;
  }

  /**
   * Takes room for bytes that are about to be made for it, beside its message.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED.
   */
  need(bytes: number): void {
    this.bytes.need(bytes);
  }

  abort(reason: DomainError): void {
    this.#controller().abort(reason);
  }

  end(): void {
    clearTimeout(this.#deadline);
    this.bytes.endHandling();
    this.#ended?.resolve();
  }

  /** Resolves when it ends; to be asked for before. */
  async ended(): Promise<void> {
    if (this.#ended === undefined) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((fulfil) => (resolve = fulfil));
      this.#ended = { promise, resolve };
    }
    return this.#ended.promise;
  }

  #controller(): AbortController {
    if (this.#abort !== undefined) return this.#abort;
    const call = this.#call;
    const abort = new AbortController();
    // grpc-js emits it after every call, also after one that went well; then nobody listens any more.
    call.on('cancelled', () => abort.abort(cancellationOf(call)));
    if (call.cancelled) abort.abort(cancellationOf(call));
    // grpc-js tells of the deadline once its status has been sent, which waits behind answers that nobody takes.
    const leftMs = Number(call.getDeadline()) - Date.now();
    if (leftMs !== Infinity) this.#deadline = setTimeout(() => abort.abort(deadlinePassed()), leftMs);
    this.#abort = abort;
    return abort;
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  resolve(): void;
}

export function shuttingDown(): DomainError {
  return new DomainError('SERVER_SHUTTING_DOWN', 'the server is shutting down; call another one, or try again later');
}

function cancellationOf(call: ServerCall): DomainError {
  const deadline = Number(call.getDeadline());
  return Date.now() >= deadline
    ? deadlinePassed()
    : new DomainError('REQUEST_CANCELLED', 'the client cancelled the call, or went away');
}

function deadlinePassed(): DomainError {
  return new DomainError('DEADLINE_EXCEEDED', 'the deadline of the call passed');
}
