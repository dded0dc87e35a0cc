import type { ServerInterceptor, ServerInterceptingCall } from '@grpc/grpc-js';
import type { ServerHttp2Stream } from 'node:http2';
import type { DomainError } from '../errors.js';
import { CallBytes } from './call-bytes.js';
import { STANDSTILL_MS, Standstills } from './standstills.js';
import { streamOf } from './stream-of.js';

/** Where the HTTP/2 stream of a call keeps what of its bytes counts. */
const BYTES = Symbol('bytes in flight');

/** Calls that hold less are not worth being watched while there is much room; it costs more than a small prediction may. */
const MANY_BYTES = 2 ** 16;

interface WatchedStream extends ServerHttp2Stream {
  [BYTES]?: CallBytes;
}

export interface InFlightBytesOptions {
  /** Hears of a call that was ended while no handler had it. */
  readonly onRefusal?: (method: string, error: DomainError) => void;
  /** How long nothing may move of a call, where others need the room; absent: STANDSTILL_MS. */
  readonly standstillMs?: number;
}

/**
 * The budget for the bytes of messages of all calls together that are under way:
 * received and not dealt with yet, or answered and not taken yet.
 *
 * grpc-js collects a message whole before anyone sees it, so that the bytes are
 * counted below it, as they come off the wire. The call whose bytes are too many
 * is refused at once; the others go on, but for those that stand still.
 */
export class InFlightBytes {
  /** The calls that may be ended to make room. */
  readonly standstills: Standstills;
  readonly onRefusal: (method: string, error: DomainError) => void;
  #total = 0;

  /** @param maxMessageBytes to how much a compressed message may grow; `max` is at least as much */
  constructor(
    readonly max: number,
    readonly maxMessageBytes: number,
    { onRefusal = () => undefined, standstillMs = STANDSTILL_MS }: InFlightBytesOptions = {},
  ) {
    this.standstills = new Standstills(standstillMs);
    this.onRefusal = onRefusal;
  }

  get total(): number {
    return this.#total;
  }

  /**
   * How much a call must hold to be watched, in bytes. Many that hold little can take
   * the room as well: so of the latter half, and of the room for the largest message,
   * none is given to a call that is not watched.
   */
  get leastWatched(): number {
    return this.#total > Math.min(this.max / 2, this.max - this.maxMessageBytes) ? 1 : MANY_BYTES;
  }

  /** Counts `bytes`, unless there is no room for them, also when those who stand still have made theirs. */
  take(bytes: number): boolean {
    if (!this.#hasRoomFor(bytes) && !(this.standstills.end() && this.#hasRoomFor(bytes))) return false;
    this.#total += bytes;
    return true;
  }

  /** Counts `bytes` no more. */
  giveBack(bytes: number): void {
    this.#total -= bytes;
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#total + bytes <= this.max;
  }

  /** Watches every call's bytes; the calls themselves stay as they are. */
  readonly interceptor: ServerInterceptor = ({ path }, call) => {
    const stream: WatchedStream | undefined = streamOf(call);
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

function countChunk(this: WatchedStream, chunk: Buffer): void {
  this[BYTES]?.received(chunk);
}

function endOfStream(this: WatchedStream): void {
  this[BYTES]?.close();
}

/** The bytes of a handler's call; grpc-js keeps the steps down to the stream to itself. */
function bytesBelow(call: object): CallBytes | undefined {
  let below: unknown = call;
  while (typeof below === 'object' && below !== null) {
    const stream: WatchedStream | undefined = streamOf(below);
    const bytes = stream?.[BYTES];
    if (bytes !== undefined) return bytes;
    below = (below as { readonly call?: unknown }).call;
  }
  return undefined;
}
