import { DomainError } from '../errors.js';
import type { CallContext } from './calls.js';
import type { Caller } from '../model/loaded-model.js';
import { countGarbage, dropMessage } from './message-garbage.js';
import type { MessageListener, MessageStream } from './message-stream.js';
import { Undecoded, undecodable } from './undecoded.js';
import { UploadPatience } from './upload-patience.js';

export interface MessageReaderOptions<Message> {
  readonly call: Pick<CallContext, 'signal' | 'bytes'> & Caller;
  /** Decodes a message; a large one may go on in turns. */
  readonly decode: (bytes: Buffer) => Message | Undecoded<Message>;
  /** How long a message may be on its way, and how far behind the least rate of an upload, in milliseconds. */
  readonly idleMs: number;
}

/**
 * Reads the messages of a stream one by one: the next one is not asked for before
 * the last one has been dealt with, so that a client that is faster than the
 * server is held back by the flow control of its connection.
 */
export class MessageReader<Message> implements MessageListener {
  readonly #stream: MessageStream;
  readonly #options: MessageReaderOptions<Message>;
  #settle: (bytes: Buffer | undefined) => void = () => undefined;
  /** The last message, while it may be looked at. */
  #last: Buffer | undefined;
  #isHalfClosed = false;
  readonly #patience: UploadPatience;

  /** From now on nobody else reads from `stream`. */
  constructor(stream: MessageStream, options: MessageReaderOptions<Message>) {
    this.#stream = stream;
    this.#options = options;
    this.#patience = new UploadPatience(options.idleMs);
    stream.listen(this);
  }

  /**
   * The next message, once the last one is not needed any more; undefined when the
   * client has half-closed.
   *
   * @throws DEADLINE_EXCEEDED when none comes in time, or all come too slowly, INVALID_REQUEST for one that
   *   cannot be decoded, the signal's reason.
   */
  async next(): Promise<Message | undefined> {
    const { call, decode } = this.#options;
    this.#drop();
    const bytes = await this.#nextBytes();
    if (bytes === undefined) return undefined;
    this.#last = bytes;
    try {
      const message = decode(bytes);
      return message instanceof Undecoded ? await message.decode(call) : message;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw undecodable();
    }
  }

  /** Reads no more; what still comes is dropped. */
  close(): void {
    this.#drop();
    this.#stream.listen(undefined);
  }

  message(bytes: Buffer): void {
    this.#settle(bytes);
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    this.#settle(undefined);
  }

  taken(): void {
    // Answers to an upload are few and small.
  }

  /** Gives the last message back. */
  #drop(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    const { byteLength } = last;
    this.#options.call.bytes.giveBackMessage(byteLength);
    dropMessage(last);
    countGarbage(byteLength);
  }

  async #nextBytes(): Promise<Buffer | undefined> {
    const {
      call: { signal },
      idleMs,
    } = this.#options;
    signal.throwIfAborted();
    if (this.#isHalfClosed) return undefined;
    let timer: NodeJS.Timeout | undefined;
    let leave = (): void => undefined;
    const patience = this.#patience;
    const askedAt = performance.now();
    try {
      const bytes = await new Promise<Buffer | undefined>((resolve, reject) => {
        this.#settle = resolve;
        leave = () => reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        const giveUp = () => reject(patience.isStrained ? tooSlow(idleMs) : stoodStill(idleMs));
        timer = setTimeout(giveUp, patience.leftMs);
        this.#stream.read();
      });
      patience.spend(performance.now() - askedAt, bytes?.byteLength ?? 0);
      return bytes;
    } finally {
      this.#settle = () => undefined;
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    }
  }
}

function stoodStill(idleMs: number): DomainError {
  return new DomainError(
    'DEADLINE_EXCEEDED',
    `the upload stood still: no message came for ${idleMs / 1000} s; send smaller chunks, or send them sooner`,
  );
}

function tooSlow(idleMs: number): DomainError {
  return new DomainError(
    'DEADLINE_EXCEEDED',
    `the upload is too slow: its messages are ${idleMs / 1000} s behind 1 KiB a second; collect the rows first, then send them`,
  );
}
