import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { FitStreamResponse } from '../generated/modelserver/v1/model_server.js';
import { encodeChunkMessage } from './fit-message.js';
import type { UploadProgress } from './fit-progress.js';
import type { FitUpload } from './fit-upload.js';

/** The stream of a fit; it takes encoded messages. */
export type FitStream = ClientDuplexStream<Uint8Array, FitStreamResponse>;

/** The most parts that have been given to gRPC and have not left: one leaves while the next is made. */
const MAX_PARTS_AHEAD = 2;

/** The least time between two reports. */
const REPORT_MS = 100;

/**
 * Sends the parts of a training set as fast as the server takes them, then
 * half-closes. No more of them are in memory than are on their way.
 */
export class PacedUpload {
  readonly #stream: FitStream;
  readonly #upload: FitUpload;
  readonly #parts: ReturnType<FitUpload['parts']>;
  readonly #onProgress: ((progress: UploadProgress) => void) | undefined;
  readonly #onFault: (error: unknown) => void;
  #ahead = 0;
  #sentBytes = 0;
  #reportedAt = -Infinity;
  #isStopped = false;

  /** @param onFault Gets what making a part, or `onProgress`, throws; the upload then stops. */
  constructor(
    stream: FitStream,
    upload: FitUpload,
    onProgress: ((progress: UploadProgress) => void) | undefined,
    onFault: (error: unknown) => void,
  ) {
    this.#stream = stream;
    this.#upload = upload;
    this.#parts = upload.parts();
    this.#onProgress = onProgress;
    this.#onFault = onFault;
  }

  start(): void {
    this.#guarded(() => {
      this.#report(0);
      this.#send();
    });
  }

  /** Sends nothing more; for a stream that has ended. */
  stop(): void {
    this.#isStopped = true;
  }

  #send(): void {
    while (this.#ahead < MAX_PARTS_AHEAD && !this.#stream.writableEnded) {
      const { value: part } = this.#parts.next();
      if (part === undefined) {
        this.#stream.end();
        return;
      }
      const bytes = encodeChunkMessage(part.chunk);
      this.#ahead++;
      // gRPC calls back when there is room for more, which is when the server has read.
      this.#stream.write(bytes, () =>
        this.#guarded(() => {
          this.#ahead--;
          this.#sentBytes += bytes.length;
          this.#report(part.end);
          this.#send();
        }),
      );
    }
  }

  #report(sentRows: number): void {
    const { rows } = this.#upload;
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_MS && sentRows < rows) return;
    this.#reportedAt = now;
    this.#onProgress?.({ phase: 'upload', sentRows, rows, sentBytes: this.#sentBytes });
  }

  /** Nobody else would catch what is thrown in a callback. */
  #guarded(work: () => void): void {
    if (this.#isStopped) return;
    try {
      work();
    } catch (error) {
      this.#isStopped = true;
      this.#onFault(error);
    }
  }
}
