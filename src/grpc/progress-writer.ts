import type { TrainingView } from '../model/model.js';
import { encodeProgress } from './encode.js';
import { encodeFitStreamResponse } from './encode-fit-stream-response.js';
import type { MessageStream } from './message-stream.js';

/** Between two looks at a training. */
const INTERVAL_MS = 100;

/**
 * Tells a client how far its training is: at the start, and from then on where
 * something has changed, at most ten times a second. While the client does not
 * read, one message waits for it and the others are left out.
 */
export class ProgressWriter {
  readonly #stream: MessageStream;
  readonly #read: () => TrainingView;
  readonly #timer: NodeJS.Timeout;
  #told = '';

  constructor(stream: MessageStream, read: () => TrainingView) {
    this.#stream = stream;
    this.#read = read;
    this.#write();
    this.#timer = setInterval(() => {
      if (stream.untakenMessages === 0) this.#write();
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #write(): void {
    const view = this.#read();
    // The time to go always changes.
    const news = JSON.stringify(view.progress);
    if (news === this.#told) return;
    this.#told = news;
    this.#stream.write(encodeFitStreamResponse({ $case: 'progress', value: encodeProgress(view) }));
  }
}
