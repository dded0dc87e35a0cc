import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import { type ServerDuplexStream, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { CallAbortedError, InputError, ModelServerClient, type ModelServerClientOptions } from '../../client/index.js';
import { Dtype, PredictResponse, type PredictStreamResponse } from '../../generated/modelserver/v1/model_server.js';
import type { PredictStreamRequest } from '../../generated/modelserver/v1/model_server.js';
import { startBreakableProxy } from './breakable-proxy.js';
import { deferred } from './deferred.js';
import { failure } from './failure.js';
import { fakeError, type FakeHandlers, type FakeServer, fakeStatus, startFakeServer } from './fake-server.js';

type Stream = ServerDuplexStream<PredictStreamRequest, PredictStreamResponse>;

const FAST = { initialBackoffMs: 5, maxBackoffMs: 20 };

/** The row's only number, which the fake servers predict as its label. */
function numberOf({ request }: PredictStreamRequest): number {
  return request?.x?.raw?.data.readDoubleLE(0) ?? Number.NaN;
}

function answer(message: PredictStreamRequest): PredictStreamResponse {
  const value = PredictResponse.fromPartial({ labels: { ints: [BigInt(numberOf(message))] }, generation: 2 });
  return { id: message.id, result: { $case: 'response', value } };
}

describe('a predictor', () => {
  let server: FakeServer;
  let client: ModelServerClient;
  /** How many streams have been opened. */
  let streams: number;

  beforeEach(() => {
    streams = 0;
  });

  afterEach(() => {
    client.close();
    server.kill();
  });

  /** A server that calls `onMessage` for each message, and by default answers it. */
  async function start(
    onMessage: (message: PredictStreamRequest, stream: Stream) => void = (message, stream) =>
      stream.write(answer(message)),
    {
      onStream,
      options,
      handlers,
    }: {
      readonly onStream?: (stream: Stream) => void;
      readonly options?: ModelServerClientOptions;
      readonly handlers?: FakeHandlers;
    } = {},
  ): Promise<void> {
    server = await startFakeServer({
      predictStream: (stream) => {
        streams++;
        stream.on('data', (message: PredictStreamRequest) => onMessage(message, stream));
        stream.on('end', () => stream.end());
        stream.on('error', () => undefined);
        onStream?.(stream);
      },
      ...handlers,
    });
    client = new ModelServerClient(server.address, { retry: FAST, ...options });
  }

  const labelsOf = (answers: readonly { labels: unknown }[]) => answers.map(({ labels }) => labels);

  it('sends all messages over one stream, which the first one opens', async () => {
    const seen: PredictStreamRequest[] = [];
    await start((message, stream) => {
      seen.push(message);
      stream.write(answer(message));
    });
    const predictor = client.predictor('iris');
    expect(predictor.name).to.equal('iris');
    await client.getStatus().catch(() => undefined);
    expect(streams).to.equal(0);
    const numbers = Array.from({ length: 300 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((number) => predictor.predict([[number]])));
    expect(labelsOf(answers)).to.deep.equal(numbers.map((number) => [number]));
    expect(answers[0].generation).to.equal(2);
    expect(streams).to.equal(1);
    expect(new Set(seen.map(({ id }) => id)).size).to.equal(300);
    expect(seen[0].request).to.deep.include({ name: 'iris', includeProbabilities: false, outputEncoding: 2 });
    expect(seen[0].request?.x?.raw).to.include({ rows: 1, columns: 1, dtype: Dtype.DTYPE_FLOAT64 });
  });

  it('asks for probabilities where it is told to, and sends headers', async () => {
    let header: unknown;
    await start(
      ({ id, request }, stream) => {
        const probabilities = request?.includeProbabilities ? { rows: [{ values: [0.25, 0.75] }] } : undefined;
        stream.write({
          id,
          result: {
            $case: 'response',
            value: PredictResponse.fromPartial({ labels: { strings: ['a'] }, probabilities }),
          },
        });
      },
      { onStream: (stream) => (header = stream.metadata.get('x-team')[0]) },
    );
    const predictor = client.predictor('iris', { metadata: { 'x-team': 'blue' } });
    const { labels, probabilities } = await predictor.predict([[1]], { probabilities: true });
    expect(labels).to.deep.equal(['a']);
    expect(probabilities).to.deep.equal({ rows: 1, columns: 2, data: Float64Array.of(0.25, 0.75) });
    expect(await predictor.predict([[1]])).to.have.property('probabilities', undefined);
    expect(header).to.equal('blue');
  });

  it('hands each answer to the message of its id, whatever their order', async () => {
    const held: PredictStreamRequest[] = [];
    await start((message, stream) => {
      held.push(message);
      if (held.length < 3) return;
      // An id that nobody waits for is nothing to stumble over.
      stream.write({ ...answer(message), id: 999n });
      for (const each of held.toReversed()) stream.write(answer(each));
    });
    const predictor = client.predictor('iris');
    const answers = await Promise.all([1, 2, 3].map((number) => predictor.predict([[number]])));
    expect(labelsOf(answers)).to.deep.equal([[1], [2], [3]]);
  });

  it('has so many messages on their way, and no more', async () => {
    const held: PredictStreamRequest[] = [];
    let most = 0;
    let received = 0;
    await start((message, stream) => {
      held.push(message);
      most = Math.max(most, held.length);
      // Fewer than four at once, and it would wait for ever.
      if (++received < 4) return;
      stream.write(answer(held.shift() ?? message));
      if (received === 20) for (const each of held.splice(0)) stream.write(answer(each));
    });
    const predictor = client.predictor('iris', { maxOutstanding: 4 });
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    const answers = await Promise.all(numbers.map((number) => predictor.predict([[number]])));
    expect(labelsOf(answers)).to.deep.equal(numbers.map((number) => [number]));
    expect(most).to.equal(4);
    expect(() => client.predictor('iris', { maxOutstanding: 0 })).to.throw(InputError, 'maxOutstanding: is 0');
  });

  it('rejects a bad message alone, as a unary call would be', async () => {
    const details = {
      reason: 'INVALID_REQUEST',
      violations: [{ field: 'x.raw.columns', description: 'is 1; the model has 4' }],
      retryAfterMs: 250,
    };
    await start(
      (message, stream) => {
        const error = fakeStatus(status.INVALID_ARGUMENT, 'x does not fit', details);
        stream.write(
          numberOf(message) === 2 ? { id: message.id, result: { $case: 'error', value: error } } : answer(message),
        );
      },
      {
        handlers: {
          predict: (_call, callback) => callback(fakeError(status.INVALID_ARGUMENT, 'x does not fit', details)),
        },
      },
    );
    const predictor = client.predictor('iris');
    const bad = [1, 2, 3].map((number) => predictor.predict([[number]]));
    const error = await failure(bad[1]);
    expect(labelsOf(await Promise.all([bad[0], bad[2]]))).to.deep.equal([[1], [3]]);
    const unary = (await failure(client.predict({ name: 'iris', x: [[2]] }))) as object;
    const told = ({ code, codeName, reason, violations, retryAfterMs, message, name }: Record<string, unknown>) => ({
      code,
      codeName,
      reason,
      violations,
      retryAfterMs,
      message,
      name,
    });
    expect(told(error as Record<string, unknown>)).to.deep.equal(told(unary as Record<string, unknown>));
    expect(error).to.include({ reason: 'INVALID_REQUEST', retryAfterMs: 250, method: 'PredictStream' });
    expect(streams).to.equal(1);
  });

  it('rejects a message without a result, and one of a code that gRPC does not know', async () => {
    await start((message, stream) => {
      const value = { ...fakeStatus(status.UNKNOWN, 'strange'), code: 77 };
      stream.write({ id: message.id, result: numberOf(message) === 1 ? undefined : { $case: 'error', value } });
    });
    const predictor = client.predictor('iris');
    expect(await failure(predictor.predict([[1]]))).to.include({ codeName: 'UNKNOWN', message: 'no answer' });
    expect(await failure(predictor.predict([[2]]))).to.include({ codeName: 'UNKNOWN', message: 'strange' });
  });

  it('rejects rows that cannot be sent, and goes on', async () => {
    await start();
    const predictor = client.predictor('iris');
    expect(await failure(predictor.predict([[1], [2, 3]]))).to.include({ name: 'InputError', field: 'x[1]' });
    expect(await failure(predictor.predict([[1]], { timeoutMs: Number.NaN }))).to.include({ field: 'timeoutMs' });
    expect((await predictor.predict([[1]])).labels).to.deep.equal([1]);
  });

  it('sends what was on its way again when the connection has been lost', async () => {
    const arrived = deferred();
    let received = 0;
    await start((message, stream) => {
      if (streams > 1) stream.write(answer(message));
      else if (++received === 3) arrived.resolve();
    });
    const proxy = await startBreakableProxy(server.address);
    client.close();
    client = new ModelServerClient(proxy.address, { retry: FAST });
    const predictor = client.predictor('iris', { maxOutstanding: 3 });
    const answers = Promise.all([1, 2, 3, 4].map((number) => predictor.predict([[number]])));
    await arrived.promise;
    proxy.cut();
    expect(labelsOf(await answers)).to.deep.equal([[1], [2], [3], [4]]);
    expect(streams).to.equal(2);
    proxy.close();
  });

  it('sends it again when the server ends the stream without an error', async () => {
    await start((message, stream) => {
      if (streams > 1) stream.write(answer(message));
      else stream.end();
    });
    expect((await client.predictor('iris').predict([[1]])).labels).to.deep.equal([1]);
    expect(streams).to.equal(2);
  });

  it('gives up after as many attempts as the policy has', async () => {
    await start((_message, stream) => {
      stream.emit('error', fakeError(status.UNAVAILABLE, 'draining', { reason: 'SERVER_SHUTTING_DOWN' }));
    });
    const error = await failure(client.predictor('iris').predict([[1]]));
    expect(error).to.include({ codeName: 'UNAVAILABLE', reason: 'SERVER_SHUTTING_DOWN' });
    expect(streams).to.equal(4);
  });

  it('waits for no attempt beyond the deadline', async () => {
    await start((_message, stream) => {
      const later = { reason: 'SERVER_SHUTTING_DOWN', retryAfterMs: 60_000 };
      stream.emit('error', fakeError(status.UNAVAILABLE, 'later', later));
    });
    const error = await failure(client.predictor('iris').predict([[1]], { timeoutMs: 10_000 }));
    expect(error).to.include({ codeName: 'UNAVAILABLE', retryAfterMs: 60_000 });
    expect(streams).to.equal(1);
  });

  it('sends what was on its way again when the server had no room for the stream', async () => {
    const noRoom = { reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: 30 };
    await start((message, stream) => {
      if (streams > 1) stream.write(answer(message));
      else if (numberOf(message) === 3) {
        stream.emit('error', fakeError(status.RESOURCE_EXHAUSTED, 'no room', noRoom));
      }
    });
    const predictor = client.predictor('iris');
    const answers = await Promise.all([1, 2, 3].map((number) => predictor.predict([[number]])));
    expect(labelsOf(answers)).to.deep.equal([[1], [2], [3]]);
    expect(streams).to.equal(2);
  });

  it('does not send it again before the server says that there may be room', async () => {
    const noRoom = { reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: 60_000 };
    await start((_message, stream) => {
      stream.emit('error', fakeError(status.RESOURCE_EXHAUSTED, 'no room', noRoom));
    });
    // It would be beyond the deadline.
    const error = await failure(client.predictor('iris').predict([[1]], { timeoutMs: 10_000 }));
    expect(error).to.include({ codeName: 'RESOURCE_EXHAUSTED', ...noRoom });
    expect(streams).to.equal(1);
  });

  it('gives up on a server that has no room, after as many attempts as the policy has', async () => {
    const noRoom = { reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: 1 };
    await start((_message, stream) => {
      stream.emit('error', fakeError(status.RESOURCE_EXHAUSTED, 'no room', noRoom));
    });
    const error = await failure(client.predictor('iris').predict([[1]]));
    expect(error).to.include({ codeName: 'RESOURCE_EXHAUSTED', ...noRoom });
    expect(streams).to.equal(4);
  });

  for (const [what, value] of Object.entries({
    'the server unavailable': fakeStatus(status.UNAVAILABLE, 'later'),
    'no room for its bytes': fakeStatus(status.RESOURCE_EXHAUSTED, 'no room', {
      reason: 'INFLIGHT_BYTES_LIMIT_REACHED',
      retryAfterMs: 20,
    }),
  })) {
    it(`repeats one message that found ${what}`, async () => {
      let attempts = 0;
      await start((message, stream) => {
        if (numberOf(message) === 2 && ++attempts < 3)
          stream.write({ id: message.id, result: { $case: 'error', value } });
        else stream.write(answer(message));
      });
      const predictor = client.predictor('iris');
      const answers = await Promise.all([1, 2, 3].map((number) => predictor.predict([[number]])));
      expect(labelsOf(answers)).to.deep.equal([[1], [2], [3]]);
      expect([attempts, streams]).to.deep.equal([3, 1]);
    });
  }

  it('lets the others go on while a message that was refused alone waits', async () => {
    const noRoom = { reason: 'INFLIGHT_BYTES_LIMIT_REACHED', retryAfterMs: 300 };
    const value = fakeStatus(status.RESOURCE_EXHAUSTED, 'no room', noRoom);
    let refusals = 0;
    await start((message, stream) => {
      if (numberOf(message) === 1 && refusals++ === 0)
        stream.write({ id: message.id, result: { $case: 'error', value } });
      else stream.write(answer(message));
    });
    const predictor = client.predictor('iris');
    const order: number[] = [];
    const predict = async (number: number) => {
      const { labels } = await predictor.predict([[number]]);
      order.push(...(labels as number[]));
    };
    const first = predict(1);
    await Promise.all([predict(2), predict(3)]);
    await predict(4);
    // It is not lost when the predictor is closed meanwhile.
    predictor.close();
    await first;
    expect(order).to.deep.equal([2, 3, 4, 1]);
  });

  it('fails what was on its way with an error that no repetition cures, and opens another stream for the next', async () => {
    await start((message, stream) => {
      if (streams > 1) stream.write(answer(message));
      else if (numberOf(message) === 2)
        stream.emit('error', fakeError(status.INTERNAL, 'broken', { reason: 'INTERNAL' }));
    });
    const predictor = client.predictor('iris');
    const errors = await Promise.all([1, 2].map((number) => failure(predictor.predict([[number]]))));
    for (const error of errors) expect(error).to.include({ codeName: 'INTERNAL', reason: 'INTERNAL' });
    expect((await predictor.predict([[3]])).labels).to.deep.equal([3]);
    expect(streams).to.equal(2);
  });

  it('fails a message that gRPC finds too large alone, though it ends the stream', async () => {
    // The fake server keeps gRPC's limit of 4 MiB.
    await start((message, stream) => {
      if (streams > 1) stream.write(answer(message));
    });
    const predictor = client.predictor('iris', { maxOutstanding: 3 });
    const large = { rows: 800_000, columns: 1, data: new Float64Array(800_000) };
    const [first, second, error, ...rest] = await Promise.all([
      predictor.predict([[1]]),
      predictor.predict([[2]]),
      failure(predictor.predict(large)),
      predictor.predict([[3]]),
      predictor.predict([[4]]),
    ]);
    expect(error).to.include({ codeName: 'RESOURCE_EXHAUSTED', reason: undefined });
    expect(labelsOf([first, second, ...rest])).to.deep.equal([[1], [2], [3], [4]]);
    // It ended the first one for others, the second one for itself.
    expect(streams).to.equal(3);
  });

  it('rejects on an abort at once, sends nothing that was aborted before, and drops the late answer', async () => {
    const held: PredictStreamRequest[] = [];
    const arrived = deferred();
    const aborted = deferred();
    const seen: number[] = [];
    await start((message, stream) => {
      seen.push(numberOf(message));
      held.push(message);
      if (held.length === 2) {
        arrived.resolve();
        const answerAll = () => held.splice(0).map((each) => stream.write(answer(each)));
        void aborted.promise.then(answerAll);
      }
    });
    const predictor = client.predictor('iris', { maxOutstanding: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    const sent = failure(predictor.predict([[1]], { signal }));
    const other = predictor.predict([[2]]);
    const queued = failure(predictor.predict([[3]], { signal }));
    await arrived.promise;
    controller.abort(new Error('changed my mind'));
    for (const error of [await sent, await queued]) {
      expect(error).to.be.an.instanceOf(CallAbortedError);
      expect((error as CallAbortedError).cause).to.have.property('message', 'changed my mind');
    }
    expect(await failure(predictor.predict([[4]], { signal }))).to.be.an.instanceOf(CallAbortedError);
    aborted.resolve();
    expect((await other).labels).to.deep.equal([2]);
    const after = [5, 6].map((number) => predictor.predict([[number]]));
    expect(labelsOf(await Promise.all(after))).to.deep.equal([[5], [6]]);
    expect(seen).to.deep.equal([1, 2, 5, 6]);
    expect(getEventListeners(signal, 'abort')).to.have.length(0);
  });

  it('leaves no listener on a signal whose calls have ended', async () => {
    await start();
    const { signal } = new AbortController();
    const predictor = client.predictor('iris');
    await Promise.all([1, 2, 3].map((number) => predictor.predict([[number]], { signal })));
    expect(getEventListeners(signal, 'abort')).to.have.length(0);
  });

  it('has the server stop when nobody waits any more, and starts afresh', async () => {
    const cancelled = deferred();
    const arrived = deferred();
    await start(
      (message, stream) => {
        if (streams > 1) stream.write(answer(message));
        else if (numberOf(message) === 2) arrived.resolve();
      },
      {
        onStream: (stream) => {
          // gRPC says so of every call that has ended, of the second one, too.
          if (streams === 1) stream.on('cancelled', cancelled.resolve);
        },
      },
    );
    const predictor = client.predictor('iris', { maxOutstanding: 2 });
    const controller = new AbortController();
    const gone = [1, 2].map((number) => failure(predictor.predict([[number]], { signal: controller.signal })));
    const queued = predictor.predict([[3]]);
    await arrived.promise;
    controller.abort();
    await Promise.all(gone);
    await cancelled.promise;
    expect((await queued).labels).to.deep.equal([3]);
  });

  it('has timeouts, and takes them from the client', async () => {
    await start(
      (message, stream) => {
        if (numberOf(message) > 2) stream.write(answer(message));
      },
      { options: { timeoutMs: 50 } },
    );
    const predictor = client.predictor('iris');
    const late = failure(predictor.predict([[1]]));
    const later = failure(predictor.predict([[2]], { deadline: new Date(Date.now() + 60) }));
    expect((await predictor.predict([[3]], { timeoutMs: 60_000 })).labels).to.deep.equal([3]);
    for (const error of [await late, await later]) expect(error).to.include({ codeName: 'DEADLINE_EXCEEDED' });
  });

  it('ends the stream after the last answer when it is closed, and refuses new predictions', async () => {
    const arrived = deferred();
    const closed = deferred();
    const ended = deferred();
    await start(
      (message, stream) => {
        arrived.resolve();
        void closed.promise.then(() => stream.write(answer(message)));
      },
      { onStream: (stream) => void stream.on('end', ended.resolve) },
    );
    const predictor = client.predictor('iris', { maxOutstanding: 1 });
    const answers = Promise.all([1, 2].map((number) => predictor.predict([[number]])));
    await arrived.promise;
    predictor.close();
    const error = await failure(predictor.predict([[3]]));
    expect(error).to.include({ codeName: 'FAILED_PRECONDITION', message: 'the predictor is closed' });
    closed.resolve();
    expect(labelsOf(await answers)).to.deep.equal([[1], [2]]);
    await ended.promise;
    expect(streams).to.equal(1);
  });

  it('half-closes at once when all has been sent, and sends again what is lost after that', async () => {
    const first = deferred<PredictStreamRequest>();
    await start(
      (message, stream) => {
        if (streams > 1) stream.write(answer(message));
        else first.resolve(message);
      },
      {
        onStream: (stream) =>
          void stream.on('end', () => stream.emit('error', fakeError(status.UNAVAILABLE, 'too late'))),
      },
    );
    const predictor = client.predictor('iris');
    const predicted = predictor.predict([[1]]);
    await first.promise;
    predictor[Symbol.dispose]();
    expect((await predicted).labels).to.deep.equal([1]);
    expect(streams).to.equal(2);
  });

  it('is disposed of when all that was outstanding has ended', async () => {
    await start();
    let predicted = false;
    let failed = false;
    {
      await using predictor = client.predictor('iris', { maxOutstanding: 1 });
      void predictor.predict([[1]]).then(() => (predicted = true));
      void predictor.predict([[2]], { timeoutMs: 0 }).catch(() => (failed = true));
    }
    expect({ predicted, failed }).to.deep.equal({ predicted: true, failed: true });
    await using unused = client.predictor('iris');
    expect(unused.name).to.equal('iris');
  });

  it('is closed with its client, and cannot outlive it', async () => {
    const ended = deferred();
    const arrived = deferred();
    await start(
      (message, stream) => {
        arrived.resolve();
        stream.write(answer(message));
      },
      { onStream: (stream) => void stream.on('end', ended.resolve) },
    );
    const predictor = client.predictor('iris', { maxOutstanding: 1 });
    const answers = Promise.all([1, 2].map((number) => predictor.predict([[number]])));
    await arrived.promise;
    client.close();
    expect(labelsOf(await answers)).to.deep.equal([[1], [2]]);
    expect(await failure(predictor.predict([[3]]))).to.include({ message: 'the predictor is closed' });
    await ended.promise;
    const another = client.predictor('iris');
    expect(await failure(another.predict([[3]]))).to.include({ message: 'the client is closed' });
  });

  it('ends a stream that has nothing to do, and opens another one when it has', async () => {
    const ended = deferred();
    await start(undefined, { onStream: (stream) => void stream.on('end', ended.resolve) });
    const predictor = client.predictor('iris');
    await predictor.predict([[1]]);
    await ended.promise;
    expect((await predictor.predict([[2]])).labels).to.deep.equal([2]);
    expect(streams).to.equal(2);
  });

  it('does not keep a process alive that has nothing else to do', async () => {
    await start();
    const program = `
      const { ModelServerClient } = await import(${JSON.stringify(new URL('../../client/index.js', import.meta.url))});
      const predictor = new ModelServerClient(${JSON.stringify(server.address)}).predictor('iris');
      console.log((await predictor.predict([[7]])).labels);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(stdout).to.equal('[ 7 ]\n');
  });
});
