import { expect } from 'chai';
import { FitStreamResponse } from '../../generated/modelserver/v1/model_server.js';
import { ProgressWriter } from '../../src/grpc/progress-writer.js';
import type { TrainingView } from '../../src/model/model.js';
import { SharedProgress } from '../../src/training/progress.js';
import { wirelessStream } from '../support/message-stream.js';
import { specOf } from '../support/estimation.js';

const startedAt = new Date();
const estimator = specOf('k_neighbors_classifier');

/** The view of a training that is one iteration further whenever it is looked at, unless it stands still. */
function training(isMoving: boolean): () => TrainingView {
  const progress = new SharedProgress();
  let iteration = 0;
  return () => {
    progress.progress(isMoving ? iteration++ : 0, 1000);
    return { name: 'a', estimator, startedAt, progress: progress.read(), remainingMs: Date.now() };
  };
}

describe('The progress of a training', () => {
  it('is told at once, then where something has changed; to who does not read, not again', async () => {
    const heard: number[] = [];
    let last = (): void => undefined;
    const reading = wirelessStream({
      sendMessage: (bytes: Buffer, taken) => {
        const { message } = FitStreamResponse.decode(bytes);
        if (message?.$case === 'progress') heard.push(message.value.iteration);
        if (heard.length === 5) last();
        taken();
      },
    });
    let waiting = 0;
    const unread = wirelessStream({ sendMessage: () => void waiting++ });
    let unchanged = 0;
    const standing = wirelessStream({
      sendMessage: (_bytes, taken) => {
        unchanged++;
        taken();
      },
    });

    const writers = [
      new ProgressWriter(unread.stream, training(true)),
      new ProgressWriter(standing.stream, training(false)),
      new ProgressWriter(reading.stream, training(true)),
    ];
    expect(heard).to.deep.equal([0]);
    await new Promise<void>((resolve) => (last = resolve));
    for (const writer of writers) writer.stop();
    expect(heard).to.deep.equal([0, 1, 2, 3, 4]);
    expect(waiting).to.equal(1);
    expect(unchanged).to.equal(1);
  });
});
