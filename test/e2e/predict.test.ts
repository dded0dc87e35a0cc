import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { FitRequest, PredictRequest } from '../../generated/modelserver/v1/model_server.js';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

const data = blobs();
const probes = [
  [0, 0],
  [2, 2],
  [1, 1],
];
const rows = { rows: probes.map((values) => ({ values })) };

describe('Predict', () => {
  let server: TestServer;
  let client: TestClient;

  before(async () => {
    server = await startTestServer({ maxInferenceModels: 10 });
    client = dynamicClient(server.address);
    const ints = data.y.strings.map((label) => label.charCodeAt(0) - 98);
    await train('strings', {});
    await train('ints', { y: { ints } });
    await train('wide', { y: { ints: ints.map((label) => String(BigInt(label) * 2n ** 40n)) } });
    await train('packed', { y: { rawInt32: base64(Int32Array.from(ints)) } });
    await train('named', { options: { featureNames: ['width', 'height'] } });
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  async function train(name: string, change: object): Promise<void> {
    await succeed(client.call('Fit', { name, estimator: quick, ...data, ...change }));
    await succeed(client.call('Load', { name }));
  }
  const predict = (name: string, x: object, more: object = {}) => succeed(client.call('Predict', { name, x, ...more }));

  it('answers strings for string labels', async () => {
    const response = await predict('strings', rows);
    expect(response.labels).to.deep.equal({ strings: ['a', 'c', 'b'] });
    expect(response).to.include({ generation: 1 }).and.not.have.property('probabilities');
  });

  it('answers integers for integer labels, negative ones too', async () => {
    expect((await predict('ints', rows)).labels).to.deep.equal({ ints: ['-1', '1', '0'] });
    expect((await predict('packed', rows)).labels).to.deep.equal({ ints: ['-1', '1', '0'] });
  });

  it('answers integers beyond 32 bits in full, packed or not', async () => {
    const expected = { ints: [String(-(2n ** 40n)), String(2n ** 40n), '0'] };
    expect((await predict('wide', rows)).labels).to.deep.equal(expected);
    expect((await predict('wide', rows, { outputEncoding: 'OUTPUT_ENCODING_RAW' })).labels).to.deep.equal(expected);
  });

  it('answers probabilities on demand: one column a class, each row adding up to 1', async () => {
    const { probabilities } = await predict('strings', rows, { includeProbabilities: true });
    expect(probabilities.rows.map(({ values }: { values: number[] }) => values)).to.deep.equal([
      [1, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
    ]);
  });

  for (const [dtype, numbers] of [
    ['DTYPE_FLOAT64', Float64Array.from(probes.flat())],
    ['DTYPE_FLOAT32', Float32Array.from(probes.flat())],
  ] as const) {
    it(`takes raw ${dtype} and answers raw, unless told otherwise`, async () => {
      const x = { raw: { rows: 3, columns: 2, dtype, data: base64(numbers) } };
      const packed = await predict('ints', x, { includeProbabilities: true });
      expect(packed.labels).to.deep.equal({ rawInt32: base64(Int32Array.of(-1, 1, 0)) });
      expect(packed.probabilities.raw).to.deep.equal({
        rows: 3,
        columns: 3,
        dtype: 'DTYPE_FLOAT64',
        data: base64(Float64Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0)),
      });
      const readable = await predict('ints', x, { outputEncoding: 'OUTPUT_ENCODING_READABLE' });
      expect(readable.labels).to.deep.equal({ ints: ['-1', '1', '0'] });
    });
  }

  it('refuses rows whose answer could not be sent, before it computes anything', async () => {
    const small = await startTestServer({ maxMessageBytes: 65_536 });
    const other = dynamicClient(small.address);
    const many = blobs({ classes: 26, perClass: 4 });
    await succeed(other.call('Fit', { name: 'many', estimator: quick, ...many }));
    await succeed(other.call('Load', { name: 'many' }));
    const x = { raw: { rows: 400, columns: 2, dtype: 'DTYPE_FLOAT32', data: base64(new Float32Array(800)) } };
    const failure = await fail(other.call('Predict', { name: 'many', x }));
    expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['x'] });
    expect(failure.message).to.include('MAX_MESSAGE_BYTES allows 65536');
    await other.close();
    await small.close();
  });

  it('lets others have the server while it is at many rows, and stops when its caller has gone', async () => {
    const wide = blobs({ perClass: 1000, features: 30, spread: 3 });
    await succeed(
      client.call('Fit', { name: 'slow', estimator: { kNeighborsClassifier: { engine: 'ENGINE_MLJS' } }, ...wide }),
    );
    await succeed(client.call('Load', { name: 'slow' }));
    const rowCount = 20_000;
    const raw = { rows: rowCount, columns: 30, dtype: 'DTYPE_FLOAT32', data: base64(new Float32Array(rowCount * 30)) };
    const abort = new AbortController();
    const large = client.call('Predict', { name: 'slow', x: { raw } }, { signal: abort.signal });
    // Each of these comes in while the large one is at work, which takes minutes.
    for (let i = 0; i < 20; i++) await succeed(client.call('GetStatus', {}));
    abort.abort();
    expect(await large).to.include({ ok: false, code: 'CANCELLED' });
    await succeed(client.call('Remove', { name: 'slow', force: true }));
  });

  it('matches named columns, in whatever order they come', async () => {
    const x = {
      columns: [
        { name: 'height', numbers: [0, 2] },
        { name: 'width', numbers: [0, 2] },
      ],
    };
    expect((await predict('named', x)).labels).to.deep.equal({ strings: ['a', 'c'] });
    const skewed = {
      columns: [
        { name: 'height', numbers: [10] },
        { name: 'width', numbers: [0] },
      ],
    };
    const { model } = await succeed(client.call('GetModel', { name: 'named' }));
    expect(model.features.map(({ name }: { name: string }) => name)).to.deep.equal(['width', 'height']);
    expect(await predict('named', skewed)).to.deep.equal(await predict('named', { rows: [{ values: [0, 10] }] }));
  });

  it('answers many readable rows as it answers few', async () => {
    const many = { rows: Array.from({ length: 12_000 }, (_, i) => rows.rows[i % 3]) };
    for (const name of ['strings', 'wide']) {
      const few = await predict(name, rows, { includeProbabilities: true });
      const answer = await predict(name, many, { includeProbabilities: true });
      const [kind] = Object.keys(few.labels);
      expect(answer.labels[kind]).to.deep.equal(many.rows.map((_, i) => few.labels[kind][i % 3]));
      expect(answer.probabilities.rows).to.deep.equal(many.rows.map((_, i) => few.probabilities.rows[i % 3]));
      expect(answer.generation).to.equal(1);
    }
  });

  it('takes long columns, in whatever order they come, and names the bad cell in them', async () => {
    const length = 30_000;
    const height = Array.from({ length }, (_, i) => probes[i % 3][1]);
    const width = Array.from({ length }, (_, i) => probes[i % 3][0]);
    const columns = [
      { name: 'height', numbers: height },
      { name: 'width', numbers: width },
    ];
    const { labels } = await predict('named', { columns });
    expect(labels.strings).to.deep.equal(Array.from({ length }, (_, i) => ['a', 'c', 'b'][i % 3]));
    width[length - 1] = Infinity;
    const failure = await fail(client.call('Predict', { name: 'named', x: { columns } }));
    expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: [`x.columns[1].numbers[${length - 1}]`] });
    width.pop();
    const ragged = await fail(client.call('Predict', { name: 'named', x: { columns } }));
    expect(ragged).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['x.columns[1].numbers'] });
  });

  it('is trained by a large readable Fit as by a packed one', async () => {
    const length = 20_000;
    const values = Array.from({ length }, (_, i) => [(i % 7) / 3, (i % 11) / 5]);
    const ints = values.map(([a, b]) => (a > b ? 1 : -1));
    const strings = ints.map(String);
    const raw = { rows: length, columns: 2, dtype: 'DTYPE_FLOAT64', data: base64(Float64Array.from(values.flat())) };
    const readable = { x: { rows: values.map((row) => ({ values: row })) }, y: { ints } };
    const packed = { x: { raw }, y: { rawInt32: base64(Int32Array.from(ints)) } };
    const texts = {
      x: { columns: [0, 1].map((column) => ({ name: `x${column}`, numbers: values.map((row) => row[column]) })) },
      y: { strings },
    };
    const sums: string[] = [];
    for (const [i, given] of [readable, packed, texts].entries()) {
      const sampleWeight = ints.map((_, row) => 1 + (row % 2));
      const { model } = await succeed(
        client.call('Fit', { name: `way${i}`, estimator: { logisticRegression: {} }, ...given, sampleWeight }),
      );
      sums.push(model.sha256);
      await succeed(client.call('Load', { name: `way${i}` }));
    }
    expect(sums[1]).to.equal(sums[0]);
    const answers = await Promise.all([0, 1, 2].map(async (i) => predict(`way${i}`, rows)));
    expect(answers[2].labels.strings).to.deep.equal(answers[0].labels.ints);
    expect(answers[1]).to.deep.equal(answers[0]);
  }).timeout(60_000);

  it('refuses a large message that turns out to be none, and lives', async () => {
    const strings = Array.from({ length: 60_000 }, (_, i) => `category ${i}`);
    const last = Buffer.byteLength('category 59999');
    const x = { columns: [{ name: 'a', strings }] };
    for (const [method, message] of [
      ['Predict', PredictRequest.encode(PredictRequest.fromPartial({ x })).finish()],
      ['Fit', FitRequest.encode(FitRequest.fromPartial({ x })).finish()],
    ] as const) {
      const damaged = Buffer.from(message);
      // The last string goes beyond its column.
      damaged[damaged.length - last - 1] = last + 1;
      const error = await callWithBytes(server.address, method, damaged);
      expect(error?.code).to.equal(status.INVALID_ARGUMENT);
      expect(error?.details).to.include('cannot be decoded');
      const cut = await callWithBytes(server.address, method, Buffer.from(message.subarray(0, 1000)));
      expect(cut?.code).to.equal(status.INTERNAL);
    }
    await predict('strings', rows);
  });
});

/** The error that bytes are answered with. */
async function callWithBytes(address: string, method: string, bytes: Buffer): Promise<ServiceError | null> {
  const client = new Client(address, credentials.createInsecure());
  const same = (value: Buffer) => value;
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(`/modelserver.v1.ModelServer/${method}`, same, same, bytes, (error) => resolve(error));
    });
  } finally {
    client.close();
  }
}

function base64(values: { buffer: ArrayBuffer }): string {
  return Buffer.from(values.buffer).toString('base64');
}
