import type {
  handleBidiStreamingCall,
  handleUnaryCall,
  sendUnaryData,
  ServerDuplexStream,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { CallBytes } from './call-bytes.js';
import { CallInFlight, type ServerCall, shuttingDown } from './call-in-flight.js';
import type { DomainError } from '../errors.js';
import { LiveTable } from '../live-table.js';
import type { InFlightBytes } from './in-flight-bytes.js';
import { sizeOfMessage } from './message-size.js';
import { toDomainError, toServiceError } from './status.js';
import { nameOf } from './undecoded.js';

/** What a handler may know of the call that it answers. */
export interface CallContext {
  /** Aborts when nobody waits for the answer any more; its reason is a DomainError. Made when it is first asked for. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to drain: a stream that has nothing to answer should end then. */
  readonly draining: AbortSignal;
  /** What of its messages counts as in flight; a handler that is done with some gives them back. */
  readonly bytes: CallBytes;
  /**
   * Takes room for bytes that are about to be made for it, beside its message.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED.
   */
  need(bytes: number): void;
  /** The model that a stream is about, for the log; its handler sets it when it knows. */
  model: string | undefined;
}

/** What a handler does with a request: decode, call, encode. */
export type UnaryHandler<Request, Response> = (request: Request, call: CallContext) => Response | Promise<Response>;

/** What a handler does with a stream of requests. The stream of answers ends when it has resolved, or with its error. */
export type StreamHandler<Request, Response> = (
  stream: ServerDuplexStream<Request, Response>,
  call: CallContext,
) => Promise<void>;

/** The methods that change something: an operator wants to see who called them. */
const CHANGES = new Set(['Fit', 'FitStream', 'Load', 'Unload', 'Remove', 'RemoveAll']);

/** Whatever was sent as a name, the log stays readable. */
const MAX_LOGGED_NAME = 128;

/**
 * The boundary around every call: one signal that says when nobody waits any
 * more, one place where errors become status codes, and the drain at shutdown.
 */
export class Calls {
  readonly #log: Logger;
  readonly #inFlightBytes: InFlightBytes;
  readonly #logsAnswers: boolean;
  /** The calls that are not answered at once. */
  readonly #inFlight = new LiveTable<CallInFlight>();
  readonly #draining = new AbortController();

  constructor(log: Logger, inFlightBytes: InFlightBytes) {
    this.#log = log;
    this.#inFlightBytes = inFlightBytes;
    this.#logsAnswers = log.isLevelEnabled('debug');
    // Every stream listens to it.
    setMaxListeners(0, this.#draining.signal);
  }

  /**
   * A gRPC handler around `handle`. It never throws and always answers, once; at
   * once, where `handle` does not need to wait.
   */
  unary<Request, Response>(
    method: string,
    handle: UnaryHandler<Request, Response>,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      const inFlight = this.#begin(call);
      let response: Response | Promise<Response>;
      try {
        this.#requireServing();
        if (inFlight.bytes.isBlind) inFlight.bytes.hold(sizeOf(call.request));
        response = handle(call.request, inFlight);
      } catch (error) {
        this.#fail(method, call, callback, inFlight, error);
        return;
      }
      if (response instanceof Promise) {
        inFlight.place = this.#inFlight.add(inFlight);
        void settle(
          response,
          (value) => this.#answer(method, call, callback, inFlight, value),
          (error) => this.#fail(method, call, callback, inFlight, error),
        );
      } else this.#answer(method, call, callback, inFlight, response);
    };
  }

  /** A gRPC handler of a stream around `handle`. It never throws, and always ends the stream of answers. */
  stream<Request, Response>(
    method: string,
    handle: StreamHandler<Request, Response>,
  ): handleBidiStreamingCall<Request, Response> {
    return (stream) => {
      const inFlight = this.#begin(stream);
      inFlight.place = this.#inFlight.add(inFlight);
      // grpc-js ends the stream by what is emitted as an error below; those of the stream itself tell nothing more.
      stream.on('error', () => undefined);
      const end = () => {
        // What the client still sends is read to its end, and dropped.
        stream.removeAllListeners('data').resume();
        this.#end(inFlight);
      };
      const answer = () => {
        stream.end();
        this.#logAnswer(method, stream, inFlight, inFlight.model);
        end();
      };
      const fail = (thrown: unknown) => {
        const error = toDomainError(thrown);
        stream.emit('error', toServiceError(error));
        this.#logFailure(method, stream, inFlight, inFlight.model, error);
        end();
      };
      void settle(this.#handleStream(stream, inFlight, handle), answer, fail);
    };
  }

  /**
   * Refuses new calls, waits for those in flight, and cancels what is left after
   * `graceMs`, or as soon as `hurry` aborts.
   */
  async drain(graceMs: number, hurry?: AbortSignal): Promise<void> {
    this.#draining.abort();
    const grace = new AbortController();
    const expire = () => grace.abort();
    const timer = setTimeout(expire, graceMs);
    hurry?.addEventListener('abort', expire, { once: true });
    if (hurry?.aborted) expire();
    grace.signal.addEventListener('abort', () => {
      this.#log.warn({ calls: this.#inFlight.size }, 'cancelling the calls still in flight');
      for (const inFlight of this.#inFlight.values()) inFlight.abort(shuttingDown());
    });
    await Promise.all(Array.from(this.#inFlight.values(), async (inFlight) => inFlight.ended()));
    clearTimeout(timer);
    hurry?.removeEventListener('abort', expire);
  }

  /** Logs that a message of a stream was answered with an error: at length only what is a fault of ours. */
  logMessageFailure(method: string, model: string | undefined, error: DomainError): void {
    const { reason, message } = error;
    if (isOurs(error)) this.#log.error({ method, model: loggedName(model), reason, err: error }, message);
    else if (this.#logsAnswers) this.#log.debug({ method, model: loggedName(model), reason }, message);
  }

  #answer<Request, Response>(
    method: string,
    call: ServerUnaryCall<Request, Response>,
    callback: sendUnaryData<Response>,
    inFlight: CallInFlight,
    response: Response,
  ): void {
    // An answer in bytes counts until it is taken.
    if (response instanceof Uint8Array) {
      try {
        inFlight.bytes.hold(response.byteLength);
        inFlight.bytes.willAnswer(response.byteLength);
      } catch (error) {
        this.#fail(method, call, callback, inFlight, error);
        return;
      }
    }
    callback(null, response);
    if (this.#logsAnswers || CHANGES.has(method)) this.#logAnswer(method, call, inFlight, nameOf(call.request));
    this.#end(inFlight);
  }

  #fail<Request, Response>(
    method: string,
    call: ServerUnaryCall<Request, Response>,
    callback: sendUnaryData<Response>,
    inFlight: CallInFlight,
    thrown: unknown,
  ): void {
    const error = toDomainError(thrown);
    callback(toServiceError(error));
    this.#logFailure(method, call, inFlight, nameOf(call.request), error);
    this.#end(inFlight);
  }

  async #handleStream<Request, Response>(
    stream: ServerDuplexStream<Request, Response>,
    inFlight: CallInFlight,
    handle: StreamHandler<Request, Response>,
  ): Promise<void> {
    this.#requireServing();
    await handle(stream, inFlight);
  }

  #requireServing(): void {
    if (this.#draining.signal.aborted) throw shuttingDown();
  }

  #begin(call: ServerCall): CallInFlight {
    return new CallInFlight(call, this.#draining.signal, this.#inFlightBytes.of(call));
  }

  #end(inFlight: CallInFlight): void {
    if (inFlight.place !== undefined) this.#inFlight.delete(inFlight.place);
    inFlight.end();
  }

  #logAnswer(method: string, call: ServerCall, { ms }: CallInFlight, model: string | undefined): void {
    const level = CHANGES.has(method) ? 'info' : 'debug';
    this.#log[level]({ method, model: loggedName(model), peer: call.getPeer(), ms }, 'answered');
  }

  #logFailure(
    method: string,
    call: ServerCall,
    { ms }: CallInFlight,
    model: string | undefined,
    error: DomainError,
  ): void {
    const { reason, message } = error;
    const facts = { method, model: loggedName(model), peer: call.getPeer(), reason, ms };
    if (isOurs(error)) this.#log.error({ ...facts, err: error }, message);
    else this.#log.info(facts, message);
  }
}

/** Whether the server itself is at fault. */
function isOurs({ reason }: DomainError): boolean {
  return reason === 'INTERNAL' || reason === 'TRAINING_CRASHED';
}

/** Passes on what becomes of a promise. */
async function settle<T>(
  promise: Promise<T>,
  fulfilled: (value: T) => void,
  rejected: (error: unknown) => void,
): Promise<void> {
  let value: T;
  try {
    value = await promise;
  } catch (error) {
    rejected(error);
    return;
  }
  fulfilled(value);
}

function sizeOf(request: unknown): number {
  return typeof request === 'object' && request !== null ? sizeOfMessage(request) : 0;
}

function loggedName(model: string | undefined): string | undefined {
  return model?.slice(0, MAX_LOGGED_NAME);
}
