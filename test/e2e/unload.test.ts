import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { startLine } from '../support/line.js';
import { lcg } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

const FEATURES = 2;
const TRAINING_ROWS = 1_000_000;
/** Neighbours among many rows: a request that comes in one piece takes longer than a test may. */
const estimator = { kNeighborsClassifier: { p: 1 } };
const ENDLESS = 7000;

describe('Unload of a model in use', () => {
  let server: TestServer;
  let client: TestClient;
  let other: TestClient;

  beforeEach(async () => {
    server = await startTestServer({ maxInferenceModels: 1 });
    client = dynamicClient(server.address);
    other = dynamicClient(server.address);
    const rawInt32 = base64(Int32Array.from({ length: TRAINING_ROWS }, (_, row) => row % 2));
    await succeed(client.call('Fit', { name: 'm', estimator, x: noise(TRAINING_ROWS), y: { rawInt32 } }));
    await succeed(client.call('Load', { name: 'm' }));
  });
  afterEach(async () => {
    await client.close();
    await other.close();
    await server.close();
  });

  const status = async () => succeed(other.call('GetStatus', {}));
  const state = async () => (await succeed(other.call('GetModel', { name: 'm' }))).model.state;
  /** Until the server has seen all that `caller` has sent so far, in their order on its connection. */
  const arrival = (caller = client) => succeed(caller.call('GetStatus', {}));
  const predict = (rows: number, caller = client, signal?: AbortSignal) =>
    caller.call('Predict', { name: 'm', x: noise(rows) }, { signal });

  /** Some predictions under way. */
  async function predictMany() {
    const predictions = Array.from({ length: 4 }, () => predict(30));
    let answered = 0;
    for (const prediction of predictions) void prediction.then(() => answered++);
    await arrival();
    return { predictions, answered: () => answered };
  }

  it('is answered when the last call has been, while new ones hear that the model is not loaded', async () => {
    const { predictions, answered } = await predictMany();
    let isUnloaded = false;
    const unloaded = other.call('Unload', { name: 'm' }).then((outcome) => {
      isUnloaded = true;
      expect(answered()).to.equal(predictions.length);
      return outcome;
    });
    await arrival(other);
    expect(await state()).to.equal('MODEL_STATE_STORED');
    expect(await fail(predict(1, other))).to.include({ reason: 'MODEL_NOT_LOADED' });
    expect(await fail(other.call('Unload', { name: 'm' }))).to.include({ reason: 'MODEL_NOT_LOADED' });
    expect(await status(), 'its memory is still taken').to.have.property('loadedBytes');
    expect(isUnloaded, 'while it drains').to.equal(false);
    await succeed(unloaded);
    await Promise.all(predictions.map(succeed));
    expect(await status()).not.to.have.any.keys('loadedBytes', 'loadedModels');
  });

  it('leaves room for a Load of the same name while it drains', async () => {
    const { loadedBytes } = await status();
    const abort = new AbortController();
    const held = predict(ENDLESS, client, abort.signal);
    await arrival();
    const unloaded = other.call('Unload', { name: 'm' });
    await arrival(other);
    await succeed(other.call('Load', { name: 'm' }));
    expect(await status()).to.include({ loadedModels: 1, loadedBytes: String(2 * Number(loadedBytes)) });
    await succeed(predict(1));
    abort.abort();
    expect(await fail(held)).to.include({ code: 'CANCELLED' });
    await succeed(unloaded);
    expect(await status()).to.include({ loadedModels: 1, loadedBytes });
  });

  for (const [method, request] of [
    ['Remove', { name: 'm', force: true }],
    ['RemoveAll', { force: true }],
  ] as const) {
    it(`waits in ${method} with force too, when the model is gone already`, async () => {
      const { predictions, answered } = await predictMany();
      const removed = other.call(method, request).then((outcome) => {
        expect(answered()).to.equal(predictions.length);
        return outcome;
      });
      await arrival(other);
      await succeed(removed);
      expect(await fail(other.call('GetModel', { name: 'm' }))).to.include({ reason: 'MODEL_NOT_FOUND' });
      await Promise.all(predictions.map(succeed));
      expect(await status()).not.to.have.any.keys('loadedBytes', 'loadedModels', 'storedModels');
      expect(await readdir(server.modelsPath)).to.deep.equal(['.lock']);
    });
  }

  it('does not wait for what a client wanted that has vanished, or cancelled', async () => {
    const line = await startLine(server.port);
    const vanishing = dynamicClient(line.address);
    const abort = new AbortController();
    const lost = predict(ENDLESS, vanishing);
    const cancelled = predict(ENDLESS, client, abort.signal);
    await Promise.all([arrival(vanishing), arrival()]);
    const unloaded = other.call('Unload', { name: 'm' });
    await arrival(other);
    line.cut();
    abort.abort();
    expect(await fail(lost)).to.include({ code: 'UNAVAILABLE' });
    expect(await fail(cancelled)).to.include({ code: 'CANCELLED' });
    await succeed(unloaded);
    expect(await status()).not.to.have.any.keys('loadedBytes', 'loadedModels');
    await vanishing.close();
  });
});

function noise(rows: number): object {
  const random = lcg(rows);
  const data = Float32Array.from({ length: rows * FEATURES }, random);
  return { raw: { rows, columns: FEATURES, dtype: 'DTYPE_FLOAT32', data: base64(data) } };
}

function base64(values: Float32Array | Int32Array): string {
  return Buffer.from(values.buffer).toString('base64');
}
