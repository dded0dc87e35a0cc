import { type ClientDuplexStream, credentials, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { expect } from 'chai';
import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { pino } from 'pino';
import { ErrorInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import {
  Dtype,
  type DeepPartial,
  type Estimator,
  FitRequest,
  type GetStatusResponse,
  type Matrix,
  ModelServerClient,
  OutputEncoding,
  PredictRequest,
  type PredictResponse,
  PredictStreamRequest,
  PredictStreamResponse,
} from '../../generated/modelserver/v1/model_server.js';
import { framed, headersOf } from '../support/raw-call.js';
import { startTestServer, type TestServer } from '../support/server.js';

const CLASSES = 26;
/** Rows enough for many turns of the thread. */
const MANY = 20_000;

/** A column of numbers from 0 to 25 in turn; each is its own class. */
function column(rows: number, from = 0): { raw: Matrix['raw'] } {
  const data = Buffer.from(Float32Array.from({ length: rows }, (_, row) => (from + row) % CLASSES).buffer);
  return { raw: { rows, columns: 1, dtype: Dtype.DTYPE_FLOAT32, data } };
}

const request = (name: string, rows = 1, from = 0) => PredictRequest.fromPartial({ name, x: column(rows, from) });

describe('PredictStream', () => {
  let server: TestServer;
  let client: ModelServerClient;
  let logged: LogLine[];

  beforeEach(async () => {
    // What a stream leaves in flight would hold up the end of the server for longer than a test may take.
    logged = [];
    const log = pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line) as LogLine) });
    server = await startTestServer({ shutdownGraceSeconds: 600, log });
    client = new ModelServerClient(server.address, credentials.createInsecure(), {
      'grpc.use_local_subchannel_pool': 1,
    });
    await fit('one', CLASSES);
    await fit('other', CLASSES);
    await settled<unknown>((callback) => client.load({ name: 'one' }, callback));
  });
  afterEach(async () => {
    client.close();
    await server.close();
  });

  const nearest = { kind: { $case: 'kNeighborsClassifier' as const, value: { nNeighbors: 1 } } };
  /** Predicts many rows in no time, when it has two classes. */
  const linear = { kind: { $case: 'logisticRegression' as const, value: { maxIter: 1 } } };

  async function fit(name: string, rows: number, estimator: DeepPartial<Estimator> = nearest): Promise<void> {
    const y = { ints: Array.from({ length: rows }, (_, row) => BigInt(row % CLASSES)) };
    const outcome = await settled<unknown>((callback) =>
      client.fit(FitRequest.fromPartial({ name, estimator, x: column(rows), y }), callback),
    );
    if (outcome instanceof Error) throw outcome;
  }

  const inFlight = async () =>
    Number((await succeeded(settled<GetStatusResponse>((callback) => client.getStatus({}, callback)))).inflightBytes);

  /** Looks at the bytes in flight until they are as wanted; there is no event for a client to wait on. */
  async function untilBytes(isWanted: (bytes: number) => boolean): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const bytes = await inFlight();
      if (isWanted(bytes)) return;
      if (Date.now() > deadline) throw new Error(`the bytes in flight stay ${bytes}`);
    }
  }

  /** Fails if something of a stream is left: the call itself, its bytes, or its hold on the model. */
  async function expectNothingLeft(name = 'one'): Promise<void> {
    await untilBytes((bytes) => bytes === 0 && logged.some(({ method }) => method === 'PredictStream'));
    await succeeded(settled<unknown>((callback) => client.unload({ name }, callback)));
  }

  it('answers in the order of the messages, with their ids, large ones in between and whatever the model', async () => {
    await settled<unknown>((callback) => client.load({ name: 'other' }, callback));
    const stream = new Conversation(client);
    const ids = [1n, 1n, 0n, 2n ** 64n - 1n, 2n ** 53n + 1n, 2n ** 31n, 127n, 128n, 7n];
    const sent = Array.from({ length: 300 }, (_, i) => ({
      id: ids[i % ids.length],
      request: request(i % 3 === 0 ? 'other' : 'one', i % 100 === 50 ? MANY : 1, i),
    }));
    for (const message of sent) stream.send(message);
    stream.end();
    expect(await stream.status()).to.include({ code: status.OK });
    expect(stream.answers.map(({ id }) => id)).to.deep.equal(sent.map(({ id }) => id));
    stream.answers.forEach((answer, i) => {
      const rows = sent[i].request.x?.raw?.rows ?? 0;
      expect(labelsOf(answer)).to.deep.equal(Array.from({ length: rows }, (_, row) => (i + row) % CLASSES));
    });
  });

  it('answers a message as Predict answers its request', async () => {
    const full = PredictRequest.fromPartial({
      ...request('one', 5),
      includeProbabilities: true,
      outputEncoding: OutputEncoding.OUTPUT_ENCODING_READABLE,
    });
    const stream = new Conversation(client);
    const [answer] = await stream.ask({ id: 3n, request: full });
    const unary = await succeeded(settled<PredictResponse>((callback) => client.predict(full, callback)));
    expect(answer).to.deep.equal({ id: 3n, result: { $case: 'response', value: unary } });
    stream.end();
    expect(await stream.status()).to.include({ code: status.OK });
  });

  it('answers a bad message with the error that Predict has, and stays open', async () => {
    const stream = new Conversation(client);
    const bad = [
      request('nobody'),
      request('other'),
      request('not a name'),
      PredictRequest.fromPartial({ name: 'one' }),
      PredictRequest.fromPartial({ name: 'one', x: { rows: [{ values: [1, 2] }] } }),
      PredictRequest.fromPartial({ name: 'one', x: { rows: [{ values: [Infinity] }] } }),
      PredictRequest.fromPartial({ ...request('one'), outputEncoding: OutputEncoding.UNRECOGNIZED }),
    ];
    for (const [i, each] of bad.entries()) {
      const [answer, good] = await stream.ask({ id: BigInt(i), request: each }, { id: 99n, request: request('one') });
      const error = await settled<unknown>((callback) => client.predict(each, callback));
      expect(answer).to.deep.equal({ id: BigInt(i), result: { $case: 'error', value: richOf(error) } });
      expect(labelsOf(good)).to.deep.equal([0]);
    }
    stream.end();
    expect(await stream.status()).to.include({ code: status.OK });
  });

  it('refuses a message without a request, or that is none at all, and stays open', async () => {
    const session = connect(`http://${server.address}`);
    const stream = session.request(headersOf('PredictStream'));
    const undecodable = Buffer.from([0x08, 0x2a, 0x12, 0x7f, 0x00]);
    const large = Buffer.alloc(100_000, 0xff).fill(undecodable.subarray(0, 3), 0, 3);
    stream.write(framed(PredictStreamRequest.encode({ id: 5n, request: undefined }).finish()));
    stream.write(framed(undecodable));
    stream.write(framed(Buffer.from([0xff])));
    stream.write(framed(large));
    stream.end(framed(PredictStreamRequest.encode({ id: 6n, request: request('one') }).finish()));
    const answers = await answersOf(stream);
    expect(answers.map(({ id }) => id)).to.deep.equal([5n, 42n, 0n, 42n, 6n]);
    for (const { result } of answers.slice(0, 4)) {
      if (result?.$case !== 'error') throw new Error('it was answered');
      expect(result.value.code).to.equal(status.INVALID_ARGUMENT);
      expect(ErrorInfo.decode(result.value.details[0].value).reason).to.equal('INVALID_REQUEST');
    }
    // Where nothing could be decoded there is no field to name.
    const details = answers.slice(2, 4).map(({ result }) => (result?.$case === 'error' ? result.value.details : []));
    for (const each of details) expect(each).to.have.length(1);
    expect(labelsOf(answers[4])).to.deep.equal([0]);
    session.close();
  });

  it('answers what is outstanding after a half-close, and ends well', async () => {
    const stream = new Conversation(client);
    stream.send({ id: 1n, request: request('one', MANY) });
    stream.send({ id: 2n, request: request('one') });
    stream.end();
    expect(await stream.status()).to.include({ code: status.OK });
    expect(stream.answers.map(({ id }) => id)).to.deep.equal([1n, 2n]);
  });

  it('ends well without any message', async () => {
    const stream = new Conversation(client);
    stream.end();
    expect(await stream.status()).to.include({ code: status.OK });
    expect(stream.answers).to.deep.equal([]);
  });

  it('lets others have the server while it is at many small messages', async () => {
    await fit('slow', 40_000);
    await succeeded(settled<unknown>((callback) => client.load({ name: 'slow' }, callback)));
    const total = 500;
    const session = connect(`http://${server.address}`);
    const stream = session.request(headersOf('PredictStream'));
    let answered = 0;
    stream.on('data', ({ byteLength }: Buffer) => (answered += byteLength));
    // One piece of the wire has all of them.
    stream.end(
      Buffer.concat(
        Array.from({ length: total }, () =>
          framed(PredictStreamRequest.encode({ id: 1n, request: request('slow') }).finish()),
        ),
      ),
    );
    await untilBytes((bytes) => bytes > 0);
    await succeeded(settled<unknown>((callback) => client.predict(request('one'), callback)));
    const answeredBefore = answered;
    await once(stream, 'end');
    expect(answeredBefore).to.be.lessThan(answered);
    session.close();
  });

  describe('with a reader that takes nothing', () => {
    let session: ClientHttp2Session;

    beforeEach(async () => {
      await fit('linear', 2, linear);
      await succeeded(settled<unknown>((callback) => client.load({ name: 'linear' }, callback)));
      session = connect(`http://${server.address}`, { settings: { initialWindowSize: 0 }, maxSessionMemory: 100 });
    });
    afterEach(() => session.destroy());

    const rows = 40_000;
    const message = framed(PredictStreamRequest.encode({ id: 1n, request: request('linear', rows) }).finish());
    const answer = rows * Int32Array.BYTES_PER_ELEMENT;
    /** Of answers, of messages, and of what may come unread that a stream may have lying about. */
    const lyingAbout = (1 + 16 + 1 / 4) * 1024 * 1024;

    it('reads only so far ahead, and goes on when the reader does', async () => {
      const total = 150;
      const stream = session.request(headersOf('PredictStream'));
      for (let i = 0; i < total; i++) stream.write(message);
      stream.end();
      await untilBytes((bytes) => bytes >= lyingAbout);
      for (let i = 0; i < 10; i++) {
        // Each limit may be passed by one message, and the wire may have brought the beginning of another.
        expect(await inFlight()).to.be.within(lyingAbout, lyingAbout + answer + 2 * message.byteLength + 1000);
      }
      session.settings({ initialWindowSize: 1_000_000 });
      expect(await answersOf(stream)).to.have.length(total);
    });

    it('leaves nothing behind when it gives up', async () => {
      const stream = session.request(headersOf('PredictStream'));
      for (let i = 0; i < 10; i++) stream.write(message);
      await untilBytes((bytes) => bytes >= 10 * answer);
      stream.close(8);
      await expectNothingLeft('linear');
    });
  });

  describe('of a client that goes away', () => {
    const stages: Record<string, readonly PredictStreamRequest[]> = {
      'without a message': [],
      'when all is answered': [{ id: 1n, request: request('one') }],
      'while a large message is at work, and others wait': [
        { id: 1n, request: request('one', 1_000_000) },
        { id: 2n, request: request('one', MANY) },
        { id: 3n, request: request('one') },
      ],
    };

    for (const [stage, messages] of Object.entries(stages)) {
      const isAnswered = messages.length === 1;
      const bytes = messages.map((message) => framed(PredictStreamRequest.encode(message).finish()));
      const size = bytes.reduce((sum, each) => sum + each.byteLength, 0) - 5;

      for (const [way, leave] of Object.entries({
        'with a cancellation': (_: ClientHttp2Session, cancel: () => void) => cancel(),
        'without a word': (session: ClientHttp2Session) => session.destroy(),
      })) {
        it(`leaves nothing behind ${stage}, ${way}`, async () => {
          const session = connect(`http://${server.address}`);
          const stream = session.request(headersOf('PredictStream'));
          stream.on('error', () => undefined);
          for (const each of bytes) stream.write(each);
          if (isAnswered) await once(stream, 'data');
          else await untilBytes((counted) => counted >= Math.min(size, 4_000_000));
          if (messages.length === 0) await begun(session);
          leave(session, () => stream.close(8));
          await expectNothingLeft();
          session.destroy();
        });
      }
    }
  });

  it('ends at its deadline', async () => {
    const session = connect(`http://${server.address}`);
    const stream = session.request({ ...headersOf('PredictStream'), 'grpc-timeout': '50m' });
    stream.write(framed(PredictStreamRequest.encode({ id: 1n, request: request('one') }).finish()));
    stream.resume();
    const [trailers] = await once(stream, 'trailers');
    expect(trailers['grpc-status']).to.equal(String(status.DEADLINE_EXCEEDED));
    await expectNothingLeft();
    session.close();
  });

  it('ends with the server that shuts down, when all that was read is answered', async () => {
    const busy = new Conversation(client);
    const idle = new Conversation(client);
    await idle.ask({ id: 9n, request: request('one') });
    busy.send({ id: 1n, request: request('one', 300_000) });
    busy.send({ id: 2n, request: request('one') });
    await untilBytes((bytes) => bytes > 4 * 300_000);
    await server.stop();
    for (const stream of [busy, idle]) {
      const end = await stream.status();
      expect(end.code).to.equal(status.UNAVAILABLE);
      expect(reasonOf(end)).to.equal('SERVER_SHUTTING_DOWN');
    }
    expect(busy.answers.map(({ id }) => id)).to.deep.equal([1n, 2n]);
  });
});

/** What the server says when a call has ended. */
interface LogLine {
  readonly method?: string;
}

/** A stream, and what has come back on it. */
class Conversation {
  readonly #stream: ClientDuplexStream<PredictStreamRequest, PredictStreamResponse>;
  readonly answers: PredictStreamResponse[] = [];
  readonly #status: Promise<StatusObject>;
  #heard: () => void = () => undefined;

  constructor(client: ModelServerClient) {
    const stream = client.predictStream();
    stream.on('data', (answer: PredictStreamResponse) => {
      this.answers.push(answer);
      this.#heard();
    });
    stream.on('error', () => undefined);
    this.#status = new Promise((resolve) => stream.on('status', resolve));
    this.#stream = stream;
  }

  send(message: PredictStreamRequest): void {
    this.#stream.write(message);
  }

  /** The answers to these messages, when nothing else is outstanding. */
  async ask(...messages: PredictStreamRequest[]): Promise<PredictStreamResponse[]> {
    const before = this.answers.length;
    for (const message of messages) this.send(message);
    while (this.answers.length < before + messages.length) {
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
    return this.answers.slice(before);
  }

  end(): void {
    this.#stream.end();
  }

  async status(): Promise<StatusObject> {
    return this.#status;
  }
}

/** When the other side has seen all that was sent before. */
async function begun(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => {
    session.ping((error) => (error === null ? resolve() : reject(error)));
  });
}

/** All answers of a stream, to its end. */
async function answersOf(stream: AsyncIterable<Buffer>): Promise<PredictStreamResponse[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const answers: PredictStreamResponse[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    answers.push(PredictStreamResponse.decode(bytes.subarray(at + 5, end)));
    at = end;
  }
  return answers;
}

function labelsOf({ result }: PredictStreamResponse): number[] {
  if (result?.$case !== 'response') throw new Error(`it is an error: ${result?.value.message}`);
  return [...new Int32Array(new Uint8Array(result.value.labels?.rawInt32 ?? []).buffer)];
}

/** What a unary call came to, its error too. */
async function settled<Response>(
  call: (callback: (error: ServiceError | null, response: Response) => void) => void,
): Promise<Response | ServiceError> {
  return new Promise((resolve) => call((error, response) => resolve(error ?? response)));
}

async function succeeded<Response>(outcome: Promise<Response | ServiceError>): Promise<Response> {
  const response = await outcome;
  if (response instanceof Error) throw response;
  return response;
}

function richOf(error: unknown): Status | undefined {
  const [rich] = (error as StatusObject).metadata.get('grpc-status-details-bin');
  return Buffer.isBuffer(rich) ? Status.decode(rich) : undefined;
}

function reasonOf(error: unknown): string | undefined {
  const detail = richOf(error)?.details.find(({ typeUrl }) => typeUrl.endsWith('google.rpc.ErrorInfo'));
  return detail && ErrorInfo.decode(detail.value).reason;
}
