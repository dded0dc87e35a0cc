import { getEventListeners } from 'node:events';
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import {
  CallAbortedError,
  type FitProgress,
  type FitRequest,
  ModelServerClient,
  type UploadProgress,
} from '../../client/index.js';
import {
  FitResponse,
  type FitStart,
  type FitStreamRequest,
  FitStreamResponse,
  GetStatusResponse,
} from '../../generated/modelserver/v1/model_server.js';
import { startBreakableProxy } from './breakable-proxy.js';
import { deferred } from './deferred.js';
import { failure } from './failure.js';
import { fakeError, type FakeHandlers, type FakeServer, startFakeServer } from './fake-server.js';

type Stream = ServerDuplexStream<FitStreamRequest, FitStreamResponse>;

const FAST = { initialBackoffMs: 5, maxBackoffMs: 20 };
const ROWS = 600_000;

/** Some 7 MB in 7 parts. */
const large: FitRequest = {
  name: 'large',
  estimator: { xgbClassifier: {} },
  x: { rows: ROWS, columns: 1, data: new Float64Array(ROWS) },
  y: new Int32Array(ROWS),
};
const small: FitRequest = { ...large, x: [[1], [2]], y: ['a', 'b'] };

const accepted = FitStreamResponse.fromPartial({ message: { $case: 'accepted', value: {} } });
const model = (nSamples: number) =>
  FitStreamResponse.fromPartial({ message: { $case: 'model', value: { name: 'large', nSamples } } });
const training = (fraction: number) =>
  FitStreamResponse.fromPartial({
    message: { $case: 'progress', value: { fraction, iteration: 3, iterations: 9, remaining: { seconds: 2n } } },
  });

/** What a stream has brought. */
interface Seen {
  starts: FitStart[];
  /** The chunks of the last stream. */
  chunks: number;
  rows: number;
  unary: number;
}

describe('a fit by stream', () => {
  let server: FakeServer;
  let client: ModelServerClient;
  let seen: Seen;

  beforeEach(() => {
    seen = { starts: [], chunks: 0, rows: 0, unary: 0 };
  });

  afterEach(() => {
    client.close();
    server.kill();
  });

  interface Behaviour {
    /** Default: accepts. */
    readonly onStart?: (stream: Stream) => void;
    readonly onChunk?: (stream: Stream) => void;
    /** At the client's half-close. Default: answers with a model of as many rows as there were. */
    readonly onEnd?: (stream: Stream) => void;
    readonly handlers?: FakeHandlers;
  }

  async function start({ onStart, onChunk, onEnd, handlers }: Behaviour = {}): Promise<void> {
    server = await startFakeServer({
      fitStream: (stream) => {
        seen.chunks = 0;
        seen.rows = 0;
        stream.on('error', () => undefined);
        stream.on('data', ({ message }: FitStreamRequest) => {
          if (message?.$case === 'start') {
            seen.starts.push(message.value);
            if (onStart) onStart(stream);
            else stream.write(accepted);
          } else {
            seen.chunks++;
            seen.rows += message?.value.x?.raw?.rows ?? message?.value.x?.rows.length ?? 0;
            onChunk?.(stream);
          }
        });
        stream.on('end', () => {
          if (onEnd) onEnd(stream);
          else {
            stream.write(model(seen.rows));
            stream.end();
          }
        });
      },
      fit: (call, callback) => {
        seen.unary++;
        callback(null, FitResponse.fromPartial({ model: { name: call.request.name } }));
      },
      getStatus: (_call, callback) => callback(null, GetStatusResponse.create()),
      ...handlers,
    });
    client = new ModelServerClient(server.address, { retry: FAST });
  }

  it('waits until the server has accepted it, then sends all rows and half-closes', async () => {
    const started = deferred<Stream>();
    await start({ onStart: started.resolve });
    const fitted = client.fit({ ...large, seed: 7 });
    const stream = await started.promise;
    // Time enough for a chunk to arrive, if there were one.
    await client.getStatus();
    await client.getStatus();
    expect(seen.chunks).to.equal(0);
    stream.write(accepted);
    expect(await fitted).to.include({ name: 'large', nSamples: ROWS });
    expect(seen.starts[0]).to.deep.include({ name: 'large', nSamples: ROWS });
    expect(seen.starts[0].options?.seed).to.equal(7);
    expect(seen).to.include({ chunks: 7, unary: 0 });
  });

  it('takes one message for a small training set', async () => {
    await start();
    await client.fit(small);
    expect(seen).to.deep.include({ starts: [], unary: 1 });
  });

  it('tells of upload and training, of small ones, too', async () => {
    await start({
      onEnd: (stream) => {
        stream.write(training(0.25));
        stream.write(training(1));
        stream.write(model(seen.rows));
        stream.end();
      },
    });
    for (const request of [large, small]) {
      const told: FitProgress[] = [];
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await client.fit(request, { onProgress: (progress) => told.push(progress) });
      const uploads = told.filter((each): each is UploadProgress => each.phase === 'upload');
      const rows = request === large ? ROWS : 2;
      expect(uploads[0]).to.deep.equal({ phase: 'upload', sentRows: 0, rows, sentBytes: 0 });
      expect(uploads.at(-1)).to.include({ sentRows: rows, rows });
      expect(uploads.at(-1)?.sentBytes).to.be.above(request === large ? ROWS * 12 : 20);
      expect(uploads.map(({ sentRows }) => sentRows)).to.deep.equal(
        uploads.map(({ sentRows }) => sentRows).toSorted((a, b) => a - b),
      );
      expect(told.slice(uploads.length)).to.deep.equal(
        [0.25, 1].map((fraction) => ({
          phase: 'training',
          fraction,
          iteration: 3,
          iterations: 9,
          trainLoss: undefined,
          validationLoss: undefined,
          remainingMs: 2000,
        })),
      );
    }
    expect(seen.unary).to.equal(0);
  });

  it('ends when the one who hears of the progress throws', async () => {
    const cancelled = deferred();
    await start({ onStart: (stream) => void stream.on('cancelled', cancelled.resolve).write(accepted) });
    const onProgress = () => {
      throw new Error('no more paper');
    };
    expect(await failure(client.fit(large, { onProgress }))).to.have.property('message', 'no more paper');
    await cancelled.promise;
    client.close();
    server.kill();
    await start({ onEnd: (stream) => void stream.write(training(0.5)) });
    const onTraining = ({ phase }: FitProgress) => {
      if (phase === 'training') onProgress();
    };
    expect(await failure(client.fit(large, { onProgress: onTraining }))).to.have.property('message', 'no more paper');
  });

  it('takes a model at once for an answer: the fit had been done before', async () => {
    // This server waits for the client's half to end.
    await start({ onStart: (stream) => void stream.write(model(5)), onEnd: (stream) => stream.end() });
    expect(await client.fit({ ...large, requestId: 'r1' })).to.include({ nSamples: 5 });
    expect(seen).to.include({ chunks: 0 });
  });

  it('sends nothing to a server that refuses it', async () => {
    const full = fakeError(status.RESOURCE_EXHAUSTED, 'no slot', {
      reason: 'NO_FREE_TRAINING_SLOT',
      retryAfterMs: 900,
    });
    await start({ onStart: (stream) => stream.emit('error', full) });
    const error = await failure(client.fit(large));
    expect(error).to.include({ reason: 'NO_FREE_TRAINING_SLOT', retryAfterMs: 900, method: 'FitStream' });
    expect(seen).to.deep.include({ chunks: 0, unary: 0 });
    expect(seen.starts).to.have.length(1);
  });

  it('has the error with which the server ends it in the middle of the upload', async () => {
    const bad = fakeError(status.INVALID_ARGUMENT, 'x is infinite', {
      reason: 'INVALID_REQUEST',
      violations: [{ field: 'x.raw.data[1]', description: 'is Infinity' }],
    });
    await start({ onChunk: (stream) => stream.emit('error', bad) });
    let told = 0;
    const error = await failure(client.fit(large, { onProgress: () => told++ }));
    const before = told;
    expect(error).to.include({ codeName: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST', message: 'x is infinite' });
    expect(error).to.have.nested.property('violations[0].field', 'x.raw.data[1]');
    // Nothing more is sent, not even to nobody.
    await client.getStatus();
    expect(told).to.equal(before);
  });

  it('has the error of a server that does not read', async () => {
    await start({
      onChunk: (stream) => {
        stream.pause();
        const bad = fakeError(status.FAILED_PRECONDITION, 'enough', { reason: 'MODEL_IN_TRAINING' });
        void client.getStatus().then(() => stream.emit('error', bad));
      },
    });
    expect(await failure(client.fit(large))).to.include({ reason: 'MODEL_IN_TRAINING' });
  });

  it('waits for a server that reads slowly', async () => {
    await start({
      onChunk: (stream) => {
        stream.pause();
        void client.getStatus().then(() => stream.resume());
      },
    });
    expect(await client.fit(large)).to.include({ nSamples: ROWS });
  });

  it('takes an end without a model for what it is', async () => {
    await start({ onEnd: (stream) => stream.end() });
    expect(await failure(client.fit(large))).to.include({ codeName: 'UNKNOWN', message: 'no answer' });
  });

  it('is over when the connection is lost, unless it has a request id: then it begins again', async () => {
    await start({
      onChunk: () => {
        if (seen.starts.length < 3 && seen.chunks === 2) proxy.cut();
      },
    });
    const proxy = await startBreakableProxy(server.address);
    client.close();
    client = new ModelServerClient(proxy.address, { retry: FAST });
    expect(await failure(client.fit(large))).to.include({ codeName: 'UNAVAILABLE' });
    expect(seen.starts).to.have.length(1);
    const told: number[] = [];
    const onProgress = (progress: FitProgress) => {
      if (progress.phase === 'upload') told.push(progress.sentRows);
    };
    expect(await client.fit({ ...large, requestId: 'r1' }, { onProgress })).to.include({ nSamples: ROWS });
    expect(seen.starts).to.have.length(3);
    expect(told.filter((rows) => rows === 0)).to.have.length(2);
    proxy.close();
  });

  it('ends on an abort, before it begins, in the upload and in the training', async () => {
    const controllers = [0, 1, 2, 3].map(() => new AbortController());
    const abort = (stage: number) => controllers[stage].abort(new Error('changed my mind'));
    let stage = 0;
    let cancelled = deferred();
    await start({
      onStart: (stream) => {
        stream.on('cancelled', cancelled.resolve);
        if (stage === 1) abort(1);
        else stream.write(accepted);
      },
      onChunk: () => {
        if (stage === 2) abort(2);
      },
      // A stream that was cancelled ends, too.
      onEnd: () => {
        if (stage === 3) abort(3);
      },
    });
    abort(0);
    for (stage = 0; stage < 4; stage++) {
      cancelled = deferred();
      const { signal } = controllers[stage];
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const error = await failure(client.fit(large, { signal }));
      expect(error).to.be.an.instanceOf(CallAbortedError);
      expect((error as CallAbortedError).cause).to.have.property('message', 'changed my mind');
      expect(getEventListeners(signal, 'abort')).to.have.length(0);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (stage > 0) await cancelled.promise;
    }
    expect(seen.starts).to.have.length(3);
  });

  it('leaves no listener on the signal of a fit that has ended', async () => {
    await start();
    const { signal } = new AbortController();
    await client.fit(large, { signal });
    expect(getEventListeners(signal, 'abort')).to.have.length(0);
  });

  it('ends at its deadline', async () => {
    await start({ onEnd: () => undefined });
    const error = await failure(client.fit(large, { timeoutMs: 300 }));
    expect(error).to.include({ codeName: 'DEADLINE_EXCEEDED' });
    expect(error).not.to.be.an.instanceOf(CallAbortedError);
  });

  it('is one message to a server that has no streams', async () => {
    await start({
      onStart: (stream) =>
        stream.emit('error', fakeError(status.UNIMPLEMENTED, 'not built yet', { reason: 'NOT_IMPLEMENTED' })),
      handlers: {
        fit: (call, callback) => {
          seen.unary++;
          callback(null, FitResponse.fromPartial({ model: { nSamples: call.request.x?.raw?.rows } }));
        },
      },
    });
    // The fake server keeps gRPC's limit of 4 MiB.
    const rows = 200_000;
    const request = { ...large, x: { rows, columns: 1, data: new Float64Array(rows) }, y: new Int32Array(rows) };
    expect(await client.fit(request)).to.include({ nSamples: rows });
    expect(seen).to.include({ unary: 1, chunks: 0 });
  });

  it('is not tried again where the server lacks only a setting', async () => {
    const violations = [{ field: 'estimator.xgb_classifier.booster', description: 'DART is not built yet' }];
    const lacking = fakeError(status.UNIMPLEMENTED, 'no DART', { reason: 'NOT_IMPLEMENTED', violations });
    await start({ onStart: (stream) => stream.emit('error', lacking) });
    expect(await failure(client.fit(large))).to.include({ codeName: 'UNIMPLEMENTED', method: 'FitStream' });
    expect(seen.unary).to.equal(0);
  });
});
