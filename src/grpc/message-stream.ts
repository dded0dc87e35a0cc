import {
  type Metadata,
  type ServerInterceptor,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
} from '@grpc/grpc-js';

type ServerListener = Parameters<ServerInterceptingCallInterface['start']>[0];

/** What becomes of a stream of messages, for whoever reads it. */
export interface MessageListener {
  /** The next message, without its frame. No other one comes before it was asked for. */
  message(bytes: Buffer): void;
  /** The client has sent its last message. */
  halfClose(): void;
  /** An answer of so many bytes has been taken. */
  taken(bytes: number): void;
}

/**
 * A stream of messages as bytes, in both directions, next to the wire.
 *
 * The `Duplex` that grpc-js puts around a stream costs more than a small
 * prediction, and hands each answer on only when the one before has left, in a frame
 * of its own. Here one message is read when it is asked for, and answers are handed
 * on at once, so that HTTP/2 packs those of one go together.
 */
export class MessageStream extends ServerInterceptingCall {
  static readonly #streams = new WeakMap<Metadata, MessageStream>();

  /** The next one below. */
  readonly call: ServerInterceptingCallInterface;
  #listener: MessageListener | undefined;
  #isHalfClosed = false;
  #untakenBytes = 0;
  #untakenMessages = 0;

  /** An interceptor that makes the calls of the methods at `paths` message streams. */
  static interceptor(...paths: readonly string[]): ServerInterceptor {
    // An interceptor may return any call; only its type asks for the class, which this one extends.
    return ({ path }, call) => (paths.includes(path) ? new MessageStream(call) : (call as ServerInterceptingCall));
  }

  /** The one behind a call that a handler has got. */
  static behind(call: { readonly metadata: Metadata }): MessageStream {
    const stream = MessageStream.#streams.get(call.metadata);
    if (stream === undefined) throw new Error('the call is no message stream');
    return stream;
  }

  private constructor(call: ServerInterceptingCallInterface) {
    super(call);
    this.call = call;
  }

  /** Answers that were written and not taken yet, in bytes. */
  get untakenBytes(): number {
    return this.#untakenBytes;
  }

  /** Answers that were written and not taken yet. */
  get untakenMessages(): number {
    return this.#untakenMessages;
  }

  /** Called by grpc-js: tells the handler of the call, and keeps its messages. */
  override start(handler: ServerListener): void {
    this.call.start({
      onReceiveMetadata: (metadata) => {
        MessageStream.#streams.set(metadata, this);
        handler.onReceiveMetadata(metadata);
      },
      // Without a listener the call has ended, and what still comes is dropped.
      onReceiveMessage: (bytes: Buffer) => this.#listener?.message(bytes),
      onReceiveHalfClose: () => {
        this.#isHalfClosed = true;
        this.#listener?.halfClose();
      },
      onCancel: () => handler.onCancel(),
    });
  }

  /** From now on `listener` hears of all that comes; undefined: nobody does. */
  listen(listener: MessageListener | undefined): void {
    this.#listener = listener;
    if (this.#isHalfClosed) listener?.halfClose();
  }

  /** Asks for one message, which may come at once. */
  read(): void {
    this.call.startRead();
  }

  /** Writes an answer. Those that are written while one is on its way leave together after it. */
  write(bytes: Buffer): void {
    const size = bytes.byteLength;
    this.#untakenBytes += size;
    this.#untakenMessages++;
    // It is not called for a call that has ended, whose bytes are nobody's then.
    this.call.sendMessage(bytes, () => this.#taken(size));
  }

  #taken(size: number): void {
    this.#untakenBytes -= size;
    this.#untakenMessages--;
    this.#listener?.taken(size);
  }
}
