import { Client, type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';
import {
  FitChunk,
  FitStart,
  FitStreamRequest,
  FitStreamResponse,
  ModelServerService,
} from '../../generated/modelserver/v1/model_server.js';
import type { Outcome } from './call.js';
import { outcomeOf } from './dynamic-client.js';

/** A FitStream from the client's side, message by message. */
export class Upload {
  readonly #call: ClientDuplexStream<Buffer, FitStreamResponse>;
  /** What the server has said; filled once somebody reads. */
  readonly messages: FitStreamResponse[] = [];
  /** The end of the stream: its last message, as proto3 JSON, or its error. */
  readonly ended: Promise<Outcome>;
  #told = (): void => undefined;

  constructor(call: ClientDuplexStream<Buffer, FitStreamResponse>, { reads = true } = {}) {
    this.#call = call;
    this.ended = new Promise((resolve) => {
      call.on('error', (error: ServiceError) => resolve(outcomeOf(error, undefined)));
      call.on('end', () => resolve({ ok: true, response: this.messages.at(-1)?.message?.value }));
    });
    if (reads) this.read();
  }

  /** Begins to read what the server says. */
  read(): this {
    this.#call.on('data', (message: FitStreamResponse) => {
      this.messages.push(message);
      this.#told();
    });
    return this;
  }

  /** Sends `start`, given as proto3 JSON. */
  start(start: object): this {
    return this.#write({ $case: 'start', value: FitStart.fromJSON(start) });
  }

  /** Sends a chunk, given as proto3 JSON. */
  chunk(chunk: object): this {
    return this.send(FitChunk.fromJSON(chunk));
  }

  send(chunk: FitChunk): this {
    return this.#write({ $case: 'chunk', value: chunk });
  }

  /** Sends a message that is neither. */
  nothing(): this {
    return this.bytes(Buffer.alloc(0));
  }

  /** Sends whatever is in them. */
  bytes(message: Buffer): this {
    this.#call.write(message);
    return this;
  }

  halfClose(): this {
    this.#call.end();
    return this;
  }

  cancel(): this {
    this.#call.cancel();
    return this;
  }

  /** Waits until the server has said `count` things of a kind. */
  async heard(kind: 'accepted' | 'progress' | 'model', count = 1): Promise<this> {
    const isHeard = () => this.kinds().filter((each) => each === kind).length >= count;
    const heard = new Promise<void>((resolve) => {
      this.#told = () => {
        if (isHeard()) resolve();
      };
      this.#told();
    });
    const ended = await Promise.race([heard, this.ended]);
    if (!isHeard()) throw new Error(`the stream ended before ${kind}: ${JSON.stringify(ended)}`);
    return this;
  }

  #write(message: FitStreamRequest['message']): this {
    return this.bytes(Buffer.from(FitStreamRequest.encode({ message }).finish()));
  }

  kinds(): (string | undefined)[] {
    return this.messages.map(({ message }) => message?.$case);
  }
}

/** A client that opens uploads. */
export function uploader(address: string): {
  open(options?: { readonly timeoutMs?: number; readonly reads?: boolean }): Upload;
  close(): void;
} {
  // As bytes, so that some can be wrong.
  const { path } = ModelServerService.fitStream;
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    open: ({ timeoutMs, reads } = {}) => {
      const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
      const asItIs = (bytes: Buffer) => bytes;
      const call = client.makeBidiStreamRequest(path, asItIs, (bytes) => FitStreamResponse.decode(bytes), options);
      return new Upload(call, { reads });
    },
    close: () => client.close(),
  };
}

/** The rows `from` to `to` of a training set. */
export function sliceOf(whole: FitChunk, from: number, to: number): FitChunk {
  const { x, y, sampleWeight } = whole;
  const raw = x?.raw;
  const bytesPerRow = raw === undefined ? 0 : raw.data.byteLength / raw.rows;
  return {
    x: x && {
      rows: x.rows.slice(from, to),
      raw: raw && { ...raw, rows: to - from, data: raw.data.subarray(from * bytesPerRow, to * bytesPerRow) },
      columns: x.columns.map(({ name, numbers, strings }) => ({
        name,
        numbers: numbers.slice(from, to),
        strings: strings.slice(from, to),
      })),
    },
    y: y && {
      strings: y.strings.slice(from, to),
      ints: y.ints.slice(from, to),
      rawInt32: y.rawInt32?.subarray(4 * from, 4 * to),
    },
    sampleWeight: sampleWeight.slice(from, to),
  };
}

/** A training set of `nSamples` rows in chunks of up to `size`. */
export function chunksOf(whole: FitChunk, nSamples: number, size: number): FitChunk[] {
  return Array.from({ length: Math.ceil(nSamples / size) }, (_, i) =>
    sliceOf(whole, i * size, Math.min(nSamples, (i + 1) * size)),
  );
}
