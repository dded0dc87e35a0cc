import { DomainError } from '../errors.js';
import type { CallContext } from './calls.js';
import type { Caller } from '../model/loaded-model.js';
import { countGarbage, dropMessage } from './message-garbage.js';
import type { MessageListener, MessageStream } from './message-stream.js';
import { Undecoded, undecodable } from './undecoded.js';

export interface MessageReaderOptions<Message> {
  readonly call: Pick<CallContext, 'signal' | 'bytes'> & Caller;
  /** Decodes a message; a large one may go on in turns. */
  readonly decode: (bytes: Buffer) => Message | Undecoded<Message>;
  /** How long a message may be on its way, in milliseconds. */
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

  /** From now on nobody else reads from `stream`. */
  constructor(stream: MessageStream, options: MessageReaderOptions<Message>) {
    this.#stream = stream;
    this.#options = options;
    stream.listen(this);
  }

  /**
   * The next message, once the last one is not needed any more; undefined when the
   * client has half-closed.
   *
   * @throws DEADLINE_EXCEEDED when none comes in time, INVALID_REQUEST for one that
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
    try {
      return await new Promise<Buffer | undefined>((resolve, reject) => {
        this.#settle = resolve;
        leave = () => reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        timer = setTimeout(() => reject(stoodStill(idleMs)), idleMs);
        this.#stream.read();
      });
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
