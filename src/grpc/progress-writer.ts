import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { FitStreamResponse } from '../../generated/modelserver/v1/model_server.js';
import type { TrainingView } from '../model/model.js';
import { encodeProgress } from './encode.js';

/** Between two looks at a training. */
const INTERVAL_MS = 100;

/**
 * Tells a client how far its training is: at the start, and from then on where
 * something has changed, at most ten times a second. While the client does not
 * read, one message waits for it and the others are left out.
 */
export class ProgressWriter {
  readonly #stream: ServerDuplexStream<unknown, FitStreamResponse>;
  readonly #read: () => TrainingView;
  readonly #timer: NodeJS.Timeout;
  #isFlushed = true;
  #told = '';

  constructor(stream: ServerDuplexStream<unknown, FitStreamResponse>, read: () => TrainingView) {
    this.#stream = stream;
    this.#read = read;
    this.#write();
    this.#timer = setInterval(() => this.#write(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #write(): void {
    if (!this.#isFlushed || this.#stream.cancelled) return;
    const view = this.#read();
    // The time to go always changes.
    const news = JSON.stringify(view.progress);
    if (news === this.#told) return;
    this.#told = news;
    this.#isFlushed = false;
    this.#stream.write({ message: { $case: 'progress', value: encodeProgress(view) } }, () => {
      this.#isFlushed = true;
    });
  }
}
