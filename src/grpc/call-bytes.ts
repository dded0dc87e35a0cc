import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import { constants, type ServerHttp2Stream } from 'node:http2';
import { DomainError } from '../errors.js';
import { CompressedFrames } from './compressed-frames.js';
import { FRAME_BYTES } from './frame-bytes.js';
import type { InFlightBytes } from './in-flight-bytes.js';
import type { WatchedCall } from './standstills.js';
import { toServiceError } from './status.js';
import { worthMs } from './upload-patience.js';
import { PIECE_BYTES, writeInPieces } from './write-in-pieces.js';

const RETRY_AFTER_MS = 1000;

/** Whoever answers a call. */
export interface CallHandler {
  /** The call has ended already, for this reason. */
  abort(reason: DomainError): void;
}

/** The bytes of one call that count: of its messages, as far as nobody has dealt with them, and of its answers. */
export class CallBytes implements WatchedCall {
  readonly #budget: InFlightBytes;
  readonly #path: string;
  readonly #call: ServerInterceptingCallInterface | undefined;
  readonly #stream: ServerHttp2Stream | undefined;
  #held = 0;
  /** Of what it holds, what was made of its message. */
  #made = 0;
  /** Who has the call's messages now. */
  #handler: CallHandler | undefined;
  #isClosed: boolean;
  #hasEnded = false;
  #isRefused = false;
  #isAtWork = false;
  /** The number of the watch over it, whose moves are noted; undefined where it is not watched. */
  #watch: number | undefined;
  #movedAt = 0;
  /** Absent where messages come as they are. */
  readonly #compressed: CompressedFrames | undefined;
  /** What is still to come of the frame of the first message, which is not its own. */
  #frame = FRAME_BYTES;

  constructor(budget: InFlightBytes, path = '', call?: ServerInterceptingCallInterface, stream?: ServerHttp2Stream) {
    this.#budget = budget;
    this.#path = path;
    this.#call = call;
    this.#stream = stream;
    // Without a stream nothing tells of its end: then its handler's end is that of the call.
    this.#isClosed = stream === undefined;
    if (call !== undefined && isCompressed(call)) this.#compressed = new CompressedFrames(budget.maxMessageBytes);
  }

  /**
   * Adds a chunk off the wire. A compressed one counts as what it may grow to,
   * since it grows before anyone sees it.
   */
  received(chunk: Uint8Array): void {
    if (this.#compressed !== undefined) {
      this.add(this.#compressed.received(chunk));
      return;
    }
    const own = Math.max(0, chunk.byteLength - this.#frame);
    this.#frame = 0;
    this.add(own);
  }

  /** Adds bytes that are there already: where there is no room for them, the call ends. */
  add(bytes: number): void {
    if (this.#hasEnded) return;
    // First, so that the call for which room is made is not one of those that stand still.
    if (this.#watch !== undefined) this.#advance(bytes);
    if (this.#budget.take(bytes)) this.#grow(bytes);
    else this.#refuse(bytes);
  }

  /** Takes bytes away that are dealt with. */
  giveBack(bytes: number): void {
    const given = Math.min(bytes, this.#held);
    this.#held -= given;
    this.#budget.giveBack(given);
    if (this.#watch !== undefined) this.#advance(given);
  }

  /**
   * Adds bytes that are about to be made of the call's message.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED where there is no room for them.
   */
  need(bytes: number): void {
    if (!this.#budget.take(bytes)) throw this.#overBudget(bytes);
    this.#grow(bytes);
    this.#made += bytes;
  }

  /** Takes the first message of a stream away, which is dealt with, and what was made of it. */
  giveBackMessage(bytes: number): void {
    this.giveBack(this.#made + (this.#compressed?.take() ?? bytes + FRAME_BYTES));
    this.#made = 0;
  }

  /**
   * From now on the call holds `bytes` in place of what it held.
   *
   * @throws INFLIGHT_BYTES_LIMIT_REACHED where there is no room for them; it holds nothing then.
   */
  hold(bytes: number): void {
    this.giveBack(this.#held);
    if (!this.#budget.take(bytes)) throw this.#overBudget(bytes);
    this.#grow(bytes);
    this.#made = 0;
  }

  /** An answer of so many bytes is about to be written; of a large one it shows whether somebody takes it. */
  willAnswer(bytes: number): void {
    if (bytes > PIECE_BYTES && this.#stream !== undefined) writeInPieces(this.#stream, () => this.#move());
  }

  /** Whether nothing was counted as it came, so that the call's handler has to. */
  get isBlind(): boolean {
    return this.#stream === undefined;
  }

  /** A handler has the messages now: what it holds counts until it ends, even when the client has gone. */
  beginHandling(handler: CallHandler): void {
    this.#handler = handler;
    this.#isAtWork = true;
  }

  /** The handler waits for the client: for the rest of a message, or until an answer is taken. */
  beginWaiting(): void {
    this.#isAtWork = false;
    if (this.#watch !== undefined) this.#move();
  }

  /** The handler has something to do again. */
  endWaiting(): void {
    this.#isAtWork = true;
  }

  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  get movedAt(): number {
    return this.#movedAt;
  }

  /** What still comes is dropped, and what was answered counts until it is taken, or the client has gone. */
  endHandling(): void {
    this.#handler = undefined;
    this.#hasEnded = true;
    this.beginWaiting();
    if (this.#isRefused && !this.#isClosed) return;
    const unsent = this.#isClosed ? 0 : (this.#stream?.writableLength ?? 0);
    if (this.#held > unsent) this.giveBack(this.#held - unsent);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#handler === undefined) this.giveBack(this.#held);
  }

  endEarly(error: DomainError): void {
    this.#hasEnded = true;
    this.giveBack(this.#held);
    // A status would wait behind answers that nobody takes.
    if (this.#stream?.writableEnded === true || !this.#endWithStatus(error)) {
      this.#stream?.close(constants.NGHTTP2_CANCEL);
    }
    this.#tell(error);
  }

  #refuse(bytes: number): void {
    const error = this.#overBudget(bytes);
    this.#hasEnded = this.#isRefused = true;
    if (this.#endWithStatus(error)) this.giveBack(this.#held);
    // The status comes after the answers; then the client closes the stream, and as long its bytes count.
    else this.#call?.sendStatus(toServiceError(error));
    this.#tell(error);
  }

  /**
   * Ends it with a status and closes its stream, with which goes what was collected
   * of its messages; the client need not send the rest, nor close a stream whose
   * status it has. Does nothing and says so where answers have not been taken yet,
   * which the end of the stream would overtake.
   */
  #endWithStatus(error: DomainError): boolean {
    const stream = this.#stream;
    const isAnswered = stream?.headersSent === true;
    if (isAnswered && stream.writableLength > 0) return false;
    this.#call?.sendStatus(toServiceError(error));
    const close = () => stream?.close(constants.NGHTTP2_NO_ERROR);
    if (isAnswered) stream.once('wantTrailers', () => setImmediate(close));
    else close();
    return true;
  }

  /** Tells whoever has the call why it has ended. */
  #tell(error: DomainError): void {
    if (this.#handler === undefined) this.#budget.onRefusal(this.#path, error);
    else this.#handler.abort(error);
  }

  #grow(bytes: number): void {
    this.#held += bytes;
    if (this.#watch === undefined && this.#held >= this.#budget.leastWatched) this.#move();
  }

  /** Bytes of it have moved: at the least rate they are worth some time, and never more than has passed. */
  #advance(bytes: number): void {
    this.#moved(Math.min(performance.now(), this.#movedAt + worthMs(bytes)));
  }

  /** The time in which nothing moves begins now. */
  #move(): void {
    this.#moved(performance.now());
  }

  /** Notes when something of it has moved, and whether it is watched from now on. */
  #moved(at: number): void {
    this.#movedAt = at;
    const { standstills, leastWatched } = this.#budget;
    if (this.#held >= leastWatched) this.#watch ??= standstills.watch(this);
    else if (this.#watch !== undefined) {
      standstills.unwatch(this.#watch);
      this.#watch = undefined;
    }
  }

  #overBudget(bytes: number): DomainError {
    const { total, max } = this.#budget;
    if (this.#held + bytes > max) {
      return new DomainError(
        'INFLIGHT_BYTES_LIMIT_REACHED',
        `the call holds ${this.#held} bytes of messages and what is made of them, and ${bytes} more would be above the ${max} that MAX_INFLIGHT_BYTES allows for all calls: send less at once, or raise it`,
      );
    }
    return new DomainError(
      'INFLIGHT_BYTES_LIMIT_REACHED',
      `${total} bytes of messages are under way, and ${bytes} more would be above the ${max} that MAX_INFLIGHT_BYTES allows; try again later`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }
}

/** Whether a call's messages may be compressed; as far as grpc-js tells. */
function isCompressed(call: object): boolean {
  const { incomingEncoding = 'identity' } = call as { readonly incomingEncoding?: unknown };
  return incomingEncoding !== 'identity';
}
