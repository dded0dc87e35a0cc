import { expect } from 'chai';
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
});

function base64(values: { buffer: ArrayBuffer }): string {
  return Buffer.from(values.buffer).toString('base64');
}
