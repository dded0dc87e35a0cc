import { type Client, credentials, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { expect } from 'chai';
import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import {
  Dtype,
  Engine,
  FitRequest,
  type GetStatusResponse,
  ModelServerClient,
  PredictRequest,
  type PredictResponse,
  PredictStreamRequest,
  type PredictStreamResponse,
} from '../../generated/modelserver/v1/model_server.js';
import { framed, headersOf } from '../support/raw-call.js';
import { startTestServer, type TestServer } from '../support/server.js';

const MIB = 1024 * 1024;
const COLUMNS = 64;
/** Of one upload: 2 MiB of numbers. */
const ROWS = (2 * MIB) / (8 * COLUMNS);
const MAX_MESSAGE = 4 * MIB;
const BUDGET = 8 * MIB;

/** Rows of two classes in turn, each equal to its class. */
function rows(count: number) {
  const data = new Float64Array(count * COLUMNS);
  for (let row = 0; row < count; row++) data.fill(row % 2, row * COLUMNS, (row + 1) * COLUMNS);
  return { raw: { rows: count, columns: COLUMNS, dtype: Dtype.DTYPE_FLOAT64, data: Buffer.from(data.buffer) } };
}

const predictRequest = (count: number, more: object = {}) =>
  PredictRequest.fromPartial({ name: 'model', x: rows(count), ...more });
const fitRequest = (name: string, count: number) =>
  FitRequest.fromPartial({
    name,
    estimator: { kind: { $case: 'logisticRegression', value: { maxIter: 1 } } },
    x: rows(count),
    y: { rawInt32: Buffer.from(Int32Array.from({ length: count }, (_, row) => row % 2).buffer) },
  });

describe('MAX_INFLIGHT_BYTES', () => {
  let server: TestServer;
  let observer: ModelServerClient;
  let clients: Client[];

  let standstillMs: number | undefined;

  beforeEach(async () => {
    server = await startTestServer({ maxMessageBytes: MAX_MESSAGE, maxInflightBytes: BUDGET, standstillMs });
    clients = [];
    observer = newClient();
    await settled<unknown>((callback) => observer.fit(fitRequest('model', 20), callback));
    await settled<unknown>((callback) => observer.load({ name: 'model' }, callback));
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await server.close();
  });

  /** One with a connection of its own. */
  function newClient(options: object = {}): ModelServerClient {
    const client = new ModelServerClient(server.address, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
      ...options,
    });
    clients.push(client);
    return client;
  }

  const getStatus = async (): Promise<GetStatusResponse> => {
    const outcome = await settled<GetStatusResponse>((callback) => observer.getStatus({}, callback));
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  /** Looks at the bytes in flight until they are as wanted; there is no event for a client to wait on. */
  async function untilBytes(isWanted: (bytes: number) => boolean): Promise<number> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const bytes = Number((await getStatus()).inflightBytes);
      if (isWanted(bytes)) return bytes;
      if (Date.now() > deadline) throw new Error(`the bytes in flight stay ${bytes}`);
    }
  }

  it('refuses some of 30 large uploads with the reason, answers all others right, and is never exceeded', async () => {
    const uploads = { areDone: false };
    const seen: number[] = [];
    const watching = (async () => {
      while (!uploads.areDone) seen.push(Number((await getStatus()).inflightBytes));
    })();
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const client = newClient();
        return i % 5 === 0
          ? settled<unknown>((callback) => client.fit(fitRequest(`m${i}`, ROWS), callback))
          : settled<PredictResponse>((callback) => client.predict(predictRequest(ROWS), callback));
      }),
    );
    uploads.areDone = true;
    await watching;

    const refused = outcomes.filter((outcome): outcome is ServiceError => outcome instanceof Error);
    const answered = outcomes.filter((outcome) => !(outcome instanceof Error));
    expect(answered.length).to.be.greaterThan(0);
    const reasons = refused.map(reasonOf);
    // Both training slots may be taken, too.
    expect(new Set([...reasons, 'NO_FREE_TRAINING_SLOT'])).to.have.all.keys(
      'INFLIGHT_BYTES_LIMIT_REACHED',
      'NO_FREE_TRAINING_SLOT',
    );
    const first = refused.find((error) => reasonOf(error) === 'INFLIGHT_BYTES_LIMIT_REACHED');
    expect(first?.code).to.equal(status.RESOURCE_EXHAUSTED);
    expect(first?.details)
      .to.match(/MAX_INFLIGHT_BYTES/)
      .and.match(new RegExp(String(BUDGET)));
    expect(first && detailOf(first, RetryInfo, 'google.rpc.RetryInfo')).to.have.property('retryDelay');
    for (const response of answered) {
      if (!isPrediction(response)) continue;
      const labels = new Int32Array(new Uint8Array(response.labels?.rawInt32 ?? []).buffer);
      expect(labels).to.have.length(ROWS);
      expect(labels.every((label, row) => label === row % 2)).to.equal(true);
    }
    expect(Math.max(...seen)).to.be.within(MIB, BUDGET);
    expect((await getStatus()).maxInflightBytes).to.equal(BigInt(BUDGET));
    expect(await untilBytes((bytes) => bytes === 0)).to.equal(0);
  });

  it('takes the largest message that may be, and counts it while it comes', async () => {
    const session = connect(`http://${server.address}`);
    const stream = session.request(headersOf('Fit'));
    const size = MAX_MESSAGE;
    stream.write(framed(Buffer.alloc(size)).subarray(0, size));
    await untilBytes((bytes) => bytes === size - 5);
    // The client goes without a word.
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('gives the bytes of a cancelled upload back', async () => {
    const session = connect(`http://${server.address}`);
    const stream = session.request(headersOf('Predict'));
    stream.write(framed(Buffer.alloc(3 * MIB)).subarray(0, MIB + 5));
    await untilBytes((bytes) => bytes === MIB);
    stream.close(8);
    await untilBytes((bytes) => bytes === 0);
    session.close();
  });

  it('gives the bytes of a Fit back when the training has them', async () => {
    const client = newClient();
    const request = FitRequest.fromPartial({
      ...fitRequest('slow', 3 * 1024),
      estimator: {
        kind: { $case: 'randomForestClassifier', value: { nEstimators: 100_000, engine: Engine.ENGINE_MLJS } },
      },
    });
    const call = client.fit(request, () => undefined);
    await untilTraining('slow');
    expect(Number((await getStatus()).inflightBytes)).to.equal(0);
    call.cancel();
  });

  async function untilTraining(name: string): Promise<void> {
    for (;;) {
      const { trainings } = await getStatus();
      if (trainings.some((training) => training.name === name)) return;
    }
  }

  it('counts answers that a slow reader does not take', async () => {
    // It lets the server send nothing of a body.
    const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
    const body = framed(PredictRequest.encode(predictRequest(1024, { includeProbabilities: true })).finish());
    const answer = 1024 * (2 * 8 + 4);
    for (let i = 1; i <= 3; i++) {
      session.request(headersOf('Predict')).end(body);
      await untilBytes((bytes) => bytes >= i * answer && bytes < (i + 1) * answer);
    }
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('refuses a call whose answer does not fit, and says so without it', async () => {
    const classes = 26;
    const request = FitRequest.fromPartial({
      name: 'wide',
      estimator: { kind: { $case: 'kNeighborsClassifier', value: { nNeighbors: 1 } } },
      x: { rows: Array.from({ length: classes }, (_, label) => ({ values: [label] })) },
      y: { ints: Array.from({ length: classes }, (_, label) => BigInt(label)) },
    });
    await settled<unknown>((callback) => observer.fit(request, callback));
    await settled<unknown>((callback) => observer.load({ name: 'wide' }, callback));
    const x = { raw: { rows: 18_000, columns: 1, dtype: Dtype.DTYPE_FLOAT32, data: Buffer.alloc(4 * 18_000) } };
    const body = framed(
      PredictRequest.encode(PredictRequest.fromPartial({ name: 'wide', x, includeProbabilities: true })).finish(),
    );
    const answer = 18_000 * (classes * 8 + 4);
    const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
    for (let i = 1; i <= 2; i++) {
      session.request(headersOf('Predict')).end(body);
      await untilBytes((bytes) => bytes >= i * answer && bytes < (i + 1) * answer);
    }
    const third = session.request(headersOf('Predict'));
    third.end(body);
    const [trailers] = (await once(third, 'response')) as [IncomingHttpHeaders];
    expect(trailers['grpc-status']).to.equal(String(status.RESOURCE_EXHAUSTED));
    expect(decodeURI(String(trailers['grpc-message']))).to.match(/MAX_INFLIGHT_BYTES/);
    expect(await untilBytes((bytes) => bytes < 3 * answer)).to.be.within(2 * answer, BUDGET);
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('counts the messages of a PredictStream until their answers are taken', async () => {
    const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
    const stream = session.request(headersOf('PredictStream'));
    const request = predictRequest(1024, { includeProbabilities: true });
    const message = framed(PredictStreamRequest.encode({ id: 1n, request }).finish());
    const answer = 1024 * (2 * 8 + 4);
    stream.write(message);
    await untilBytes((bytes) => bytes >= answer && bytes < 2 * answer);
    stream.write(message);
    await untilBytes((bytes) => bytes >= 2 * answer && bytes < 3 * answer);
    stream.close(8);
    await untilBytes((bytes) => bytes === 0);
    session.close();
  });

  it('counts a compressed upload as what it may grow to, and no more than one message', async () => {
    const session = connect(`http://${server.address}`);
    const one = session.request({ ...headersOf('Fit'), 'grpc-encoding': 'gzip' });
    one.write(compressed(1000).subarray(0, 105));
    await untilBytes((bytes) => bytes === 100 * 1032);
    one.write(Buffer.alloc(100));
    await untilBytes((bytes) => bytes === 200 * 1032);
    one.write(Buffer.alloc(700));
    await untilBytes((bytes) => bytes === 900 * 1032);
    const two = session.request({ ...headersOf('Fit'), 'grpc-encoding': 'gzip' });
    two.write(compressed(MIB).subarray(0, MIB));
    await untilBytes((bytes) => bytes === 900 * 1032 + MAX_MESSAGE);
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('counts what is made of a message, which can be many times its bytes on the wire', async () => {
    // Two bytes each on the wire.
    const x = { rows: Array.from({ length: 500_000 }, () => ({ values: [] })) };
    const request = PredictRequest.fromPartial({ name: 'model', x });
    const error = await settled<unknown>((callback) => newClient().predict(request, callback));
    expect(reasonOf(error)).to.equal('INFLIGHT_BYTES_LIMIT_REACHED');
    await untilBytes((bytes) => bytes === 0);

    const stream = newClient().predictStream();
    stream.write({ id: 1n, request });
    stream.write({ id: 2n, request: predictRequest(1) });
    const [refused] = (await once(stream, 'data')) as [PredictStreamResponse];
    expect(refused).to.have.property('id', 1n);
    expect(refused.result).to.have.nested.property('value.code', status.RESOURCE_EXHAUSTED);
    const [answered] = (await once(stream, 'data')) as [PredictStreamResponse];
    expect(answered).to.have.nested.property('result.$case', 'response');
    await untilBytes((bytes) => bytes === 0);
    stream.end();
    await once(stream.resume(), 'end');
  });

  it('takes room for a large answer before it is there', async () => {
    const narrow = (count: number) => {
      const data = Buffer.from(Float32Array.from({ length: count }, (_, row) => row % 2).buffer);
      return { rows: [], columns: [], raw: { rows: count, columns: 1, dtype: Dtype.DTYPE_FLOAT32, data } };
    };
    await settled<unknown>((callback) => observer.fit({ ...fitRequest('narrow', 20), x: narrow(20) }, callback));
    await settled<unknown>((callback) => observer.load({ name: 'narrow' }, callback));
    const request = PredictRequest.fromPartial({ name: 'narrow', x: narrow(250_000) });
    expect(await settled<unknown>((callback) => observer.predict(request, callback))).to.have.property('labels');

    const session = connect(`http://${server.address}`);
    for (const size of [3 * MIB, 2 * MIB]) {
      session.request(headersOf('Predict')).write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, size));
    }
    await untilBytes((bytes) => bytes === 5 * MIB - 10);
    // Its message fits, and its answer would take four times as much.
    const error = await settled<unknown>((callback) => observer.predict(request, callback));
    expect(reasonOf(error)).to.equal('INFLIGHT_BYTES_LIMIT_REACHED');
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('counts what may come of a stream that it does not read, since its reader takes nothing', async () => {
    const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
    const stream = session.request(headersOf('PredictStream'));
    const message = framed(PredictStreamRequest.encode({ id: 1n, request: predictRequest(1) }).finish());
    for (let sent = 0; sent < 3000; sent++) stream.write(message);
    await untilBytes((bytes) => bytes > MIB / 4 && bytes < MIB);
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('counts the messages of a compressed stream that wait for others, as large as they have grown', async () => {
    const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
    const stream = session.request({ ...headersOf('PredictStream'), 'grpc-encoding': 'gzip' });
    const message = framed(PredictStreamRequest.encode({ id: 1n, request: predictRequest(1) }).finish());
    // Nobody takes the answers, so that these keep the ones behind them waiting.
    for (let sent = 0; sent < 1200; sent++) stream.write(message);
    const zeros = framed(gzipSync(Buffer.alloc(MIB)));
    zeros[0] = 1;
    for (let sent = 0; sent < 3; sent++) stream.write(zeros);
    await untilBytes((bytes) => bytes > 3 * MIB);
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  it('gives back what was counted of the messages of a compressed stream once they are answered', async () => {
    const stream = newClient({ 'grpc.default_compression_algorithm': 2 }).predictStream();
    for (const id of [1n, 2n, 3n]) {
      stream.write({ id, request: predictRequest(1) });
      const [answer] = (await once(stream, 'data')) as [PredictStreamResponse];
      expect(answer).to.have.property('id', id);
      await untilBytes((bytes) => bytes === 0);
    }
    stream.end();
    await once(stream.resume(), 'end');
  });

  it('refuses one that has begun to come, before it is whole, and tells why', async () => {
    const session = connect(`http://${server.address}`);
    const hoarders = [1, 2].map(() => {
      const hoarder = session.request(headersOf('Predict'));
      hoarder.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
      return hoarder;
    });
    await untilBytes((bytes) => bytes === 2 * (3 * MIB - 5));
    const error = await settled<unknown>((callback) => newClient().predict(predictRequest(1.5 * ROWS), callback));
    expect(reasonOf(error)).to.equal('INFLIGHT_BYTES_LIMIT_REACHED');
    // Those who were there before have lost nothing.
    expect(await untilBytes((bytes) => bytes === 2 * (3 * MIB - 5))).to.equal(2 * (3 * MIB - 5));
    for (const hoarder of hoarders) hoarder.close(8);
    await untilBytes((bytes) => bytes === 0);
    const response = await settled<PredictResponse>((callback) =>
      newClient().predict(predictRequest(1.5 * ROWS), callback),
    );
    expect(response).to.have.property('labels');
    session.close();
  });

  it('ends a stream that has been answered before, and tells why', async () => {
    const session = connect(`http://${server.address}`);
    const hoarder = session.request(headersOf('Predict'));
    hoarder.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
    const stream = newClient().predictStream();
    const ended = new Promise<StatusObject>((resolve) => stream.on('status', resolve));
    stream.on('error', () => undefined);
    stream.write({ id: 1n, request: predictRequest(1) });
    const [answer] = (await once(stream, 'data')) as [PredictStreamResponse];
    expect(answer.result?.$case).to.equal('response');
    const second = session.request(headersOf('Predict'));
    second.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
    await untilBytes((bytes) => bytes >= 2 * (3 * MIB - 5));
    stream.resume().write({ id: 2n, request: predictRequest(1.5 * ROWS) });
    const end = await ended;
    expect(end.code).to.equal(status.RESOURCE_EXHAUSTED);
    expect(reasonOf(end)).to.equal('INFLIGHT_BYTES_LIMIT_REACHED');
    await untilBytes((bytes) => bytes === 2 * (3 * MIB - 5));
    session.destroy();
    await untilBytes((bytes) => bytes === 0);
  });

  describe('where a call stands still', () => {
    before(() => (standstillMs = 1));
    after(() => (standstillMs = undefined));

    /** Makes a call that needs room until it has it, as a client does that is told to try again. */
    async function takeRoom(): Promise<void> {
      const client = newClient();
      const deadline = Date.now() + 15_000;
      for (;;) {
        const outcome = await settled<unknown>((callback) => client.predict(predictRequest(1.75 * ROWS), callback));
        if (!(outcome instanceof Error)) return;
        expect(reasonOf(outcome)).to.equal('INFLIGHT_BYTES_LIMIT_REACHED');
        if (Date.now() > deadline) throw outcome;
      }
    }

    it('ends uploads that others need the room of, and tells why', async () => {
      const session = connect(`http://${server.address}`);
      const uploads = ['Predict', 'Fit'].map((method) => {
        const upload = session.request(headersOf(method));
        upload.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
        return { ended: once(upload, 'response'), closed: once(upload, 'close') };
      });
      await untilBytes((bytes) => bytes === 2 * (3 * MIB - 5));
      await takeRoom();
      for (const { ended, closed } of uploads) {
        const [trailers] = (await ended) as [IncomingHttpHeaders];
        expectStoodStill(trailers);
        await closed;
      }
      await untilBytes((bytes) => bytes === 0);
      session.close();
    });

    it('lets those that hold little be', async () => {
      const session = connect(`http://${server.address}`);
      const small = session.request(headersOf('Predict'));
      const message = framed(PredictRequest.encode(predictRequest(100)).finish());
      small.write(message.subarray(0, 50_000));
      const large = session.request(headersOf('Predict'));
      large.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, MAX_MESSAGE));
      const larger = session.request(headersOf('Predict'));
      larger.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, MIB));
      const ended = [large, larger].map(async (call) => once(call, 'response'));
      await untilBytes((bytes) => bytes === MAX_MESSAGE + MIB + 50_000 - 15);
      await takeRoom();
      for (const trailers of ended) expectStoodStill(((await trailers) as [IncomingHttpHeaders])[0]);
      expect(await untilBytes((bytes) => bytes < MIB)).to.equal(50_000 - 5);
      small.end(message.subarray(50_000));
      const trailers = once(small.resume(), 'trailers');
      expect(await trailers).to.have.nested.property('0.grpc-status', String(status.OK));
      session.close();
    });

    it('ends those that hold little too, of those that came when more than half of the room was taken', async () => {
      const session = connect(`http://${server.address}`);
      const large = session.request(headersOf('Predict'));
      large.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, MAX_MESSAGE));
      const larger = session.request(headersOf('Predict'));
      larger.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, MIB));
      await untilBytes((bytes) => bytes === MAX_MESSAGE + MIB - 10);
      const small = Array.from({ length: 10 }, () => {
        const call = session.request(headersOf('Predict'));
        call.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 5000));
        return once(call, 'response');
      });
      await untilBytes((bytes) => bytes === MAX_MESSAGE + MIB - 10 + 10 * (5000 - 5));
      await takeRoom();
      for (const trailers of await Promise.all(small)) expectStoodStill(trailers[0] as IncomingHttpHeaders);
      await untilBytes((bytes) => bytes === 0);
      session.close();
    });

    it('ends a stream in the midst of a message, when its answers were taken', async () => {
      const session = connect(`http://${server.address}`);
      const streams = [1n, 2n].map((id) => {
        const stream = session.request(headersOf('PredictStream'));
        stream.write(framed(PredictStreamRequest.encode({ id, request: predictRequest(1) }).finish()));
        return stream;
      });
      await Promise.all(streams.map(async (stream) => once(stream, 'data')));
      const ended = streams.map(async (stream) => once(stream, 'trailers'));
      // The client does nothing about the end of a call.
      const closed = streams.map(async (stream) => once(stream, 'close'));
      for (const stream of streams) stream.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
      await untilBytes((bytes) => bytes >= 2 * (3 * MIB - 5));
      await takeRoom();
      for (const trailers of ended) expectStoodStill(((await trailers) as [IncomingHttpHeaders])[0]);
      await Promise.all(closed);
      await untilBytes((bytes) => bytes === 0);
      session.close();
    });

    for (const method of ['Predict', 'PredictStream']) {
      it(`ends a ${method} whose answers nobody takes`, async () => {
        const session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
        const request = predictRequest(3584, { includeProbabilities: true });
        const message =
          method === 'Predict'
            ? PredictRequest.encode(request).finish()
            : PredictStreamRequest.encode({ id: 1n, request }).finish();
        const answer = 3584 * (2 * 8 + 4);
        const closed = [];
        // One after another, so that there is room for each while it is at work.
        for (let i = 1; i <= 3; i++) {
          const call = session.request(headersOf(method));
          if (method === 'Predict') call.end(framed(message));
          else call.write(framed(message));
          await untilBytes((bytes) => bytes >= i * answer && bytes < i * answer + 1000);
          closed.push(once(call, 'close').then(() => call.rstCode));
        }
        for (const size of [MAX_MESSAGE, MIB]) {
          session.request(headersOf('Fit')).write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, size));
        }
        await untilBytes((bytes) => bytes >= 3 * answer + MAX_MESSAGE + MIB - 10);
        await takeRoom();
        // A status would wait behind the answers.
        expect(await Promise.all(closed)).to.deep.equal([8, 8, 8]);
        await untilBytes((bytes) => bytes === 0);
        session.close();
      });
    }

    it('lets those be that the server works for', async () => {
      const request = FitRequest.fromPartial({
        ...fitRequest('slow', 1500),
        estimator: { kind: { $case: 'kNeighborsClassifier', value: { nNeighbors: 1 } } },
      });
      await settled<unknown>((callback) => observer.fit(request, callback));
      await settled<unknown>((callback) => observer.load({ name: 'slow' }, callback));
      const large = predictRequest(1.75 * ROWS, { name: 'slow' });
      const size = PredictRequest.encode(large).finish().byteLength;
      const atWork = settled<PredictResponse>((callback) => newClient().predict(large, callback));
      await untilBytes((bytes) => bytes >= size);
      const session = connect(`http://${server.address}`);
      const upload = session.request(headersOf('Predict'));
      const ended = once(upload, 'response');
      upload.write(framed(Buffer.alloc(MAX_MESSAGE)).subarray(0, 3 * MIB));
      await untilBytes((bytes) => bytes >= size + 3 * MIB - 5);
      await takeRoom();
      expectStoodStill(((await ended) as [IncomingHttpHeaders])[0]);
      expect(await atWork).to.have.property('labels');
      await untilBytes((bytes) => bytes === 0);
      session.close();
    });
  });
});

function expectStoodStill(trailers: IncomingHttpHeaders): void {
  expect(trailers['grpc-status']).to.equal(String(status.DEADLINE_EXCEEDED));
  expect(decodeURI(String(trailers['grpc-message']))).to.contain('stood still: for 0.001 s');
}

function isPrediction(response: unknown): response is PredictResponse {
  return typeof response === 'object' && response !== null && 'labels' in response;
}

/** What a unary call came to, its error too. */
async function settled<Response>(
  call: (callback: (error: ServiceError | null, response: Response) => void) => void,
): Promise<Response | ServiceError> {
  return new Promise((resolve) => call((error, response) => resolve(error ?? response)));
}

function reasonOf(error: unknown): string | undefined {
  return detailOf(error as StatusObject, ErrorInfo, 'google.rpc.ErrorInfo')?.reason;
}

function detailOf<Message>(
  error: Pick<StatusObject, 'metadata'>,
  codec: { decode(bytes: Uint8Array): Message },
  type: string,
): Message | undefined {
  const [rich] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const detail = Buffer.isBuffer(rich)
    ? Status.decode(rich).details.find(({ typeUrl }) => typeUrl.endsWith(type))
    : undefined;
  return detail && codec.decode(detail.value);
}

/** A message that calls itself compressed, of so many bytes on the wire. */
function compressed(bytes: number): Buffer {
  const frame = framed(Buffer.alloc(bytes));
  frame[0] = 1;
  return frame;
}
