import type {
  handleBidiStreamingCall,
  handleUnaryCall,
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { DomainError } from '../errors.js';
import { toDomainError, toServiceError } from './status.js';

/** What a handler does with a request: decode, call, encode. */
export type UnaryHandler<Request, Response> = (request: Request, signal: AbortSignal) => Response | Promise<Response>;

/** The methods that change something: an operator wants to see who called them. */
const CHANGES = new Set(['Fit', 'Load', 'Unload', 'Remove', 'RemoveAll']);

interface CallInFlight {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/**
 * The boundary around every call: one signal that says when nobody waits any
 * more, one place where errors become status codes, and the drain at shutdown.
 */
export class Calls {
  readonly #log: Logger;
  readonly #inFlight = new Set<CallInFlight>();
  #draining = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** A gRPC handler around `handle`. It never throws and always answers, once. */
  unary<Request, Response>(
    method: string,
    handle: UnaryHandler<Request, Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => void this.#run(method, call, callback, handle);
  }

  /** A streaming method that is not built yet. */
  notImplementedStream<Request, Response>(method: string): handleBidiStreamingCall<Request, Response> {
    return (call: ServerDuplexStream<Request, Response>) => {
      const error = new DomainError('NOT_IMPLEMENTED', `${method} is not built yet; use its unary counterpart`);
      // The client's half may still send; it is read to its end, and dropped.
      call.on('error', () => undefined).resume();
      call.emit('error', toServiceError(error));
    };
  }

  /**
   * Refuses new calls, waits for those in flight, and cancels what is left after
   * `graceMs`, or as soon as `hurry` aborts.
   */
  async drain(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.#draining = true;
    const grace = new AbortController();
    const expire = () => grace.abort();
    const timer = setTimeout(expire, graceMs);
    hurry?.addEventListener('abort', expire, { once: true });
    if (hurry?.aborted) expire();
    grace.signal.addEventListener('abort', () => {
      this.#log.warn({ calls: this.#inFlight.size }, 'cancelling the calls still in flight');
      for (const { abort } of this.#inFlight) abort.abort(shuttingDown());
    });
    await Promise.all([...this.#inFlight].map(({ ended }) => ended));
    clearTimeout(timer);
    hurry?.removeEventListener('abort', expire);
  }

  async #run<Request, Response>(
    method: string,
    call: ServerUnaryCall<Request, Response>,
    callback: sendUnaryData<Response>,
    handle: UnaryHandler<Request, Response>,
  ): Promise<void> {
    const startedAt = performance.now();
    const abort = new AbortController();
    let end = (): void => undefined;
    const inFlight = { abort, ended: new Promise<void>((resolve) => (end = resolve)) };
    // grpc-js emits it after every call, also after one that went well; then nobody listens any more.
    call.on('cancelled', () => abort.abort(cancellationOf(call)));
    if (call.cancelled) abort.abort(cancellationOf(call));
    this.#inFlight.add(inFlight);
    try {
      if (this.#draining) throw shuttingDown();
      const response = await handle(call.request, abort.signal);
      callback(null, response);
      const level = CHANGES.has(method) ? 'info' : 'debug';
      this.#log[level]({ method, model: nameOf(call.request), peer: call.getPeer(), ms: since(startedAt) }, 'answered');
    } catch (thrown) {
      const error = toDomainError(thrown);
      callback(toServiceError(error));
      const isOurs = error.reason === 'INTERNAL' || error.reason === 'TRAINING_CRASHED';
      this.#log[isOurs ? 'error' : 'info'](
        {
          method,
          model: nameOf(call.request),
          peer: call.getPeer(),
          reason: error.reason,
          ms: since(startedAt),
          ...(isOurs ? { err: error } : {}),
        },
        error.message,
      );
    } finally {
      this.#inFlight.delete(inFlight);
      end();
    }
  }
}

function cancellationOf(call: { getDeadline(): Date | number }): DomainError {
  const deadline = Number(call.getDeadline());
  return Date.now() >= deadline
    ? new DomainError('DEADLINE_EXCEEDED', 'the deadline of the call passed')
    : new DomainError('REQUEST_CANCELLED', 'the client cancelled the call, or went away');
}

function shuttingDown(): DomainError {
  return new DomainError('SERVER_SHUTTING_DOWN', 'the server is shutting down; call another one, or try again later');
}

function nameOf(request: unknown): string | undefined {
  const name = typeof request === 'object' && request !== null && 'name' in request ? request.name : undefined;
  // Whatever was sent as a name: the log stays readable.
  return typeof name === 'string' ? name.slice(0, 128) : undefined;
}

function since(start: number): number {
  return Math.round((performance.now() - start) * 1000) / 1000;
}
