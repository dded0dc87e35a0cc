import type { ServerInterceptor, ServerInterceptingCall, ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { DomainError } from '../errors.js';
import { toServiceError } from './status.js';

const RETRY_AFTER_MS = 1000;
/** Before each message of a call: a flag and a length. They are not its own. */
export const FRAME_BYTES = 5;
/** To how many bytes one can grow that was compressed by deflate or gzip. */
const MOST_INFLATED = 1032;
/** Where the HTTP/2 stream of a call keeps what of its bytes counts. */
const BYTES = Symbol('bytes in flight');

interface WatchedStream extends ServerHttp2Stream {
  [BYTES]?: CallBytes;
}

/** Hears of a call that was refused before it came to a handler. */
export type OnRefusal = (method: string, error: DomainError) => void;

/**
 * The budget for the bytes of messages of all calls together that are under way:
 * received and not dealt with yet, or answered and not taken yet.
 *
 * grpc-js collects a message whole before anyone sees it, so that the bytes are
 * counted below it, as they come off the wire. The call whose bytes are too many
 * is refused at once; the others go on.
 */
export class InFlightBytes {
  #total = 0;

  /** @param maxMessageBytes to how much a compressed message may grow; `max` is at least as much */
  constructor(
    readonly max: number,
    readonly maxMessageBytes: number,
    readonly onRefusal: OnRefusal = () => undefined,
  ) {}

  get total(): number {
    return this.#total;
  }

  /** Counts `bytes`, unless there is no room for them. */
  take(bytes: number): boolean {
    const total = this.#total + bytes;
    if (total > this.max) return false;
    this.#total = total;
    return true;
  }

  /** Counts `bytes` no more. */
  giveBack(bytes: number): void {
    this.#total -= bytes;
  }

  /** Watches every call's bytes; the calls themselves stay as they are. */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const stream = streamOf(call);
    if (stream !== undefined) {
      stream[BYTES] = new CallBytes(this, path, call, stream);
      // Before grpc-js, which then does not collect what is refused. Unlike `on`, it does not make the stream flow.
      stream.prependListener('data', countChunk);
      stream.on('close', endOfStream);
    }
    // An interceptor may return the call that it got; only its type asks for another one.
    return call as ServerInterceptingCall;
  };

  /**
   * Those of a call, as a handler has got it. Where grpc-js hides the stream below,
   * its handler counts: whole messages, as far as their size is known, and answers.
   */
  of(call: object): CallBytes {
    return bytesBelow(call) ?? new CallBytes(this);
  }
}

/** Whoever answers a call. */
export interface CallHandler {
  /** The call has ended already, for this reason. */
  abort(reason: DomainError): void;
}

/** The bytes of one call that count: of its messages, as far as nobody has dealt with them, and of its answers. */
export class CallBytes {
  readonly #budget: InFlightBytes;
  readonly #path: string;
  readonly #call: ServerInterceptingCallInterface | undefined;
  readonly #stream: ServerHttp2Stream | undefined;
  #held = 0;
  /** Of what it holds, what compressed messages may have grown to. */
  #inflated = 0;
  /** Of what it holds, what was made of its message. */
  #made = 0;
  /** Who has the call's messages now. */
  #handler: CallHandler | undefined;
  #isClosed: boolean;
  #hasEnded = false;
  #isRefused = false;
  readonly #isCompressed: boolean;
  /** What is still to come of the frame of the first message. */
  #frame = FRAME_BYTES;

  constructor(budget: InFlightBytes, path = '', call?: ServerInterceptingCallInterface, stream?: ServerHttp2Stream) {
    this.#budget = budget;
    this.#path = path;
    this.#call = call;
    this.#stream = stream;
    // Without a stream nothing tells of its end: then its handler's end is that of the call.
    this.#isClosed = stream === undefined;
    this.#isCompressed = call !== undefined && isCompressed(call);
  }

  /**
   * Adds a chunk off the wire. A compressed one counts as what it may grow to,
   * since it grows before anyone sees it.
   */
  received(bytes: number): void {
    const own = Math.max(0, bytes - this.#frame);
    this.#frame = 0;
    if (!this.#isCompressed) {
      this.add(own);
      return;
    }
    const inflated = Math.min(own * MOST_INFLATED, this.#budget.maxMessageBytes - this.#inflated);
    this.#inflated += inflated;
    this.add(inflated);
  }

  /** Adds bytes that are there already: where there is no room for them, the call ends. */
  add(bytes: number): void {
    if (this.#hasEnded) return;
    if (this.#budget.take(bytes)) this.#held += bytes;
    else this.#refuse(bytes);
  }

  /** Takes bytes away that are dealt with. */
  giveBack(bytes: number): void {
    const given = Math.min(bytes, this.#held);
    this.#held -= given;
    this.#budget.giveBack(given);
  }

  /**
   * Adds bytes that are about to be made of the call's message.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED where there is no room for them.
   */
  need(bytes: number): void {
    if (!this.#budget.take(bytes)) throw this.#overBudget(bytes);
    this.#held += bytes;
    this.#made += bytes;
  }

  /**
   * Takes a message of a stream away that is dealt with, and what was made of it. Of a
   * compressed stream it is all that was counted so far: how much of it was for this
   * message, nobody knows.
   */
  giveBackMessage(bytes: number): void {
    this.giveBack(this.#made + (this.#isCompressed ? this.#inflated : bytes + FRAME_BYTES));
    this.#inflated = this.#made = 0;
  }

  /**
   * From now on the call holds `bytes` in place of what it held.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED where there is no room for them; it holds nothing then.
   */
  hold(bytes: number): void {
    this.giveBack(this.#held);
    if (!this.#budget.take(bytes)) throw this.#overBudget(bytes);
    this.#held = bytes;
    this.#made = 0;
  }

  /** Whether nothing was counted as it came, so that the call's handler has to. */
  get isBlind(): boolean {
    return this.#stream === undefined;
  }

  /** A handler has the messages now: what it holds counts until it ends, even when the client has gone. */
  beginHandling(handler: CallHandler): void {
    this.#handler = handler;
  }

  /** What still comes is dropped, and what was answered counts until it is taken, or the client has gone. */
  endHandling(): void {
    this.#handler = undefined;
    this.#hasEnded = true;
    if (this.#isRefused && !this.#isClosed) return;
    const unsent = this.#isClosed ? 0 : (this.#stream?.writableLength ?? 0);
    if (this.#held > unsent) this.giveBack(this.#held - unsent);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#handler === undefined) this.giveBack(this.#held);
  }

  #refuse(bytes: number): void {
    const error = this.#overBudget(bytes);
    this.#hasEnded = this.#isRefused = true;
    const stream = this.#stream;
    const isAnswered = stream?.headersSent === true;
    this.#call?.sendStatus(toServiceError(error));
    // What was collected of its messages goes with the stream, and the client need not send the rest. Where answers
    // came before, closing it would overtake the status; then the client closes it, and as long its bytes count.
    if (!isAnswered) {
      this.giveBack(this.#held);
      stream?.close(constants.NGHTTP2_NO_ERROR);
    }
    if (this.#handler === undefined) this.#budget.onRefusal(this.#path, error);
    else this.#handler.abort(error);
  }

  #overBudget(bytes: number): DomainError {
    const { total, max } = this.#budget;
    return new DomainError(
      'INFLIGHT_BYTES_LIMIT_REACHED',
      `${total} bytes of messages are under way, and ${bytes} more would be above the ${max} that MAX_INFLIGHT_BYTES allows; try again later`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }
}

function countChunk(this: WatchedStream, chunk: Buffer): void {
  this[BYTES]?.received(chunk.byteLength);
}

function endOfStream(this: WatchedStream): void {
  this[BYTES]?.close();
}

/** Whether a call's messages may be compressed; as far as grpc-js tells. */
function isCompressed(call: object): boolean {
  const { incomingEncoding = 'identity' } = call as { readonly incomingEncoding?: unknown };
  return incomingEncoding !== 'identity';
}

/** The bytes of a handler's call; grpc-js keeps the steps down to the stream to itself. */
function bytesBelow(call: object): CallBytes | undefined {
  let below: unknown = call;
  while (typeof below === 'object' && below !== null) {
    const bytes = streamOf(below)?.[BYTES];
    if (bytes !== undefined) return bytes;
    below = (below as { readonly call?: unknown }).call;
  }
  return undefined;
}

/** The HTTP/2 stream of a call next to it; undefined where grpc-js has moved it. */
function streamOf(call: object): WatchedStream | undefined {
  const { stream } = call as { readonly stream?: Partial<ServerHttp2Stream> };
  return typeof stream?.prependListener === 'function' && typeof stream.close === 'function'
    ? (stream as WatchedStream)
    : undefined;
}
