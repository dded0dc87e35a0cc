import { EventEmitter } from 'node:events';
import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { PendingPrediction } from '../../client/pending-prediction.js';
import { PredictPipeline, type PredictStream } from '../../client/predict-pipeline.js';
import { noRetries } from '../../client/retry.js';
import { PredictRequest } from '../../generated/modelserver/v1/model_server.js';
import { failure } from './failure.js';

/** A stream of gRPC whose buffer takes `room` messages. */
class SlowStream extends EventEmitter {
  written = 0;
  isEnded = false;

  constructor(public room: number) {
    super();
  }

  write(): boolean {
    this.written++;
    return --this.room > 0;
  }

  end(): void {
    this.isEnded = true;
  }
}

describe('a pipeline of predictions', () => {
  it('writes no further while its stream is full', async () => {
    const stream = new SlowStream(3);
    const active: boolean[] = [];
    const pipeline = new PredictPipeline(
      {
        retry: noRetries,
        open: () => stream as unknown as PredictStream,
        onActive: (isActive) => active.push(isActive),
      },
      64,
    );
    const pending = Array.from({ length: 10 }, () => new PendingPrediction(PredictRequest.create(), Infinity));
    for (const each of pending) pipeline.add(each, undefined);
    expect(stream.written).to.equal(3);
    stream.room = 2;
    stream.emit('drain');
    expect(stream.written).to.equal(5);
    stream.room = 100;
    stream.emit('drain');
    expect(stream.written).to.equal(10);
    pipeline.close();
    expect(stream.isEnded).to.equal(true);
    stream.emit('status', { code: status.INTERNAL, details: 'broken' });
    stream.emit('end');
    for (const error of await Promise.all(pending.map(({ promise }) => failure(promise)))) {
      expect(error).to.include({ codeName: 'INTERNAL' });
    }
    expect(active).to.deep.equal([true, false]);
  });
});
