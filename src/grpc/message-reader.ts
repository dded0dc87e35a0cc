import type { ServerDuplexStream } from '@grpc/grpc-js';
import { DomainError } from '../errors.js';

export interface MessageReaderOptions {
  /** Ends the wait for a message, with its reason. */
  readonly signal: AbortSignal;
  /** How long a message may be on its way, in milliseconds. */
  readonly idleMs: number;
}

/** What a wait for a message ends with. */
interface Waiting<Message> {
  resolve(message: Message | undefined): void;
}

/**
 * Reads the messages of a stream one by one: the next one is not asked for before
 * the last one has been dealt with, so that a client that is faster than the
 * server is held back by the flow control of its connection. A stream of grpc-js
 * by itself would read 16 messages ahead, however large they are.
 */
export class MessageReader<Message> {
  readonly #stream: ServerDuplexStream<Message, unknown>;
  readonly #options: MessageReaderOptions;
  readonly #read: (size: number) => void;
  #waiting: Waiting<Message> | undefined;
  /** What the stream would like to read ahead. */
  #postponed: number | undefined;

  /** From now on nobody else reads from `stream`. */
  constructor(stream: ServerDuplexStream<Message, unknown>, options: MessageReaderOptions) {
    this.#stream = stream;
    this.#options = options;
    // What a stream reads by has this name in Node.
    /* eslint-disable no-underscore-dangle */
    this.#read = stream._read.bind(stream);
    stream._read = (size) => {
      if (this.#waiting === undefined) this.#postponed = size;
      else this.#read(size);
    };
    /* eslint-enable no-underscore-dangle */
    stream.pause();
    stream.on('data', (message: Message) => this.#settle(message));
    stream.on('end', () => this.#settle(undefined));
  }

  /**
   * The next message; undefined when the client has half-closed.
   *
   * @throws DEADLINE_EXCEEDED when none comes in time, the signal's reason.
   */
  async next(): Promise<Message | undefined> {
    const { signal, idleMs } = this.#options;
    signal.throwIfAborted();
    if (this.#stream.readableEnded) return undefined;
    let timer: NodeJS.Timeout | undefined;
    let leave = (): void => undefined;
    try {
      return await new Promise<Message | undefined>((resolve, reject) => {
        leave = () => reject(signal.reason as Error);
        signal.addEventListener('abort', leave, { once: true });
        timer = setTimeout(() => reject(stoodStill(idleMs)), idleMs);
        this.#waiting = { resolve };
        this.#stream.resume();
        this.#catchUp();
      });
    } finally {
      this.#waiting = undefined;
      this.#stream.pause();
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    }
  }

  #settle(message: Message | undefined): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#stream.pause();
    waiting?.resolve(message);
  }

  #catchUp(): void {
    const size = this.#postponed;
    this.#postponed = undefined;
    if (size !== undefined) this.#read(size);
  }
}

function stoodStill(idleMs: number): DomainError {
  return new DomainError(
    'DEADLINE_EXCEEDED',
    `the upload stood still: no message came for ${idleMs / 1000} s; send smaller chunks, or send them sooner`,
  );
}
