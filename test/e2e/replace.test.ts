import { expect } from 'chai';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, type Outcome, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, endless, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { holdTraining } from '../support/trainings.js';

/** Classes that overlap, so that forests of different seeds differ in what they answer. */
const data = blobs({ spread: 4, perClass: 40 });
const forest = { randomForestClassifier: { nEstimators: 20 } };
const GENERATIONS = 6;
const CALLERS = 8;

describe('Fit with replace', () => {
  let server: TestServer;
  let client: TestClient;
  const start = async (limits: Parameters<typeof startTestServer>[0] = {}) => {
    server = await startTestServer(limits);
    client = dynamicClient(server.address);
  };
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const fit = (name: string, seed: number, more: object = {}) =>
    client.call('Fit', { name, estimator: forest, ...data, options: { seed, replace: true }, ...more });
  const load = (name: string) => succeed(client.call('Load', { name }));
  const predict = (name: string, by = client) =>
    by.call('Predict', { name, x: { rows: data.x.rows.slice(0, 5) }, includeProbabilities: true });
  const modelOf = async (name: string) => (await succeed(client.call('GetModel', { name }))).model;
  const files = async () => (await readdir(server.modelsPath)).filter((name) => name !== '.lock');

  it(`replaces a loaded model ${GENERATIONS - 1} times under constant traffic: no Predict fails, and nobody sees an older model after a newer one`, async () => {
    await start({ maxInferenceModels: 1 });
    await succeed(fit('m', 1));
    await load('m');
    const seen: Outcome[][] = [];
    const stop = new AbortController();
    const traffic = Array.from({ length: CALLERS }, async () => {
      const caller = dynamicClient(server.address);
      const outcomes: Outcome[] = [];
      seen.push(outcomes);
      while (!stop.signal.aborted) outcomes.push(await predict('m', caller));
      // Once more, after the last Fit was answered.
      outcomes.push(await predict('m', caller));
      await caller.close();
    });
    for (let generation = 2; generation <= GENERATIONS; generation++) {
      const { model } = await succeed(fit('m', generation));
      expect(model).to.include({ generation, state: 'MODEL_STATE_LOADED' }).and.not.have.property('reason');
      expect((await succeed(predict('m'))).generation).to.equal(generation);
      // The old one is gone when the Fit is answered.
      const status = await succeed(client.call('GetStatus', {}));
      expect(status).to.include({ loadedModels: 1, loadedBytes: model.loadedBytes });
    }
    stop.abort();
    await Promise.all(traffic);

    const answers = new Map<number, Set<string>>();
    for (const outcomes of seen) {
      const responses = await Promise.all(outcomes.map(succeed));
      const generations = responses.map(({ generation }) => generation as number);
      expect(generations).to.deep.equal(generations.toSorted((a, b) => a - b));
      expect(generations.at(-1)).to.equal(GENERATIONS);
      for (const { generation, ...answer } of responses) {
        const known = answers.get(generation) ?? new Set();
        answers.set(generation, known.add(JSON.stringify(answer)));
      }
    }
    // The answers prove who gave them: those of a model of that seed, and of no other one.
    expect([...answers.keys()]).to.have.members(Array.from({ length: GENERATIONS }, (_, i) => i + 1));
    await succeed(client.call('Unload', { name: 'm' }));
    const distinct = new Set<string>();
    for (const [generation, given] of answers) {
      await succeed(fit(`seed-${generation}`, generation));
      await load(`seed-${generation}`);
      const { generation: _, ...expected } = await succeed(predict(`seed-${generation}`));
      await succeed(client.call('Unload', { name: `seed-${generation}` }));
      expect([...given]).to.deep.equal([JSON.stringify(expected)]);
      distinct.add([...given].join());
    }
    expect(distinct).to.have.property('size', GENERATIONS);
  }).timeout(60_000);

  it('replaces a model that is not loaded, or not usable, and makes one where there is none', async () => {
    await start();
    expect((await succeed(fit('m', 1))).model).to.include({ generation: 1, state: 'MODEL_STATE_STORED' });
    const second = (await succeed(fit('m', 2))).model;
    expect(second).to.include({ generation: 2, state: 'MODEL_STATE_STORED' });
    await truncate(join(server.modelsPath, 'm.safetensors'), 100);
    expect(await fail(client.call('Load', { name: 'm' }))).to.include({ reason: 'MODEL_CORRUPT' });
    const third = (await succeed(fit('m', 2))).model;
    expect(third).to.include({ generation: 3, state: 'MODEL_STATE_STORED', sha256: second.sha256 });
    expect(third).not.to.have.property('reason');
    await load('m');
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('begins again where nothing tells which generation was stored', async () => {
    await start();
    await succeed(fit('m', 1));
    await writeFile(join(server.modelsPath, 'm.safetensors'), 'no model');
    server = await server.restart();
    await client.close();
    client = dynamicClient(server.address);
    expect(await modelOf('m')).to.include({ state: 'MODEL_STATE_UNAVAILABLE' });
    expect((await succeed(fit('m', 1))).model).to.include({ generation: 1, state: 'MODEL_STATE_STORED' });
  });

  it('is refused while the name is in training', async () => {
    await start();
    const training = await holdTraining(client, 'm');
    expect(await fail(fit('m', 1))).to.include({ code: 'ALREADY_EXISTS', reason: 'MODEL_ALREADY_EXISTS' });
    await training.release();
    await succeed(fit('m', 1));
  });

  it('shows the training beside the model that serves meanwhile, which can be removed; the training keeps the name', async () => {
    await start();
    await succeed(fit('m', 1));
    const { model: before } = await load('m');
    const training = await holdTraining(client, 'm', endless, { options: { replace: true } });
    const { training: progress, ...model } = await modelOf('m');
    expect(model).to.deep.equal(before);
    expect(progress).to.be.an('object');
    expect(await succeed(predict('m'))).to.include({ generation: 1 });
    expect(await fail(fit('m', 1))).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
    await succeed(client.call('Unload', { name: 'm' }));
    await load('m');
    expect(await fail(client.call('RemoveAll', {}))).to.include({ reason: 'MODEL_LOADED' });
    expect(await succeed(client.call('RemoveAll', { force: true }))).to.include({ removed: 1 });
    expect(await files()).to.deep.equal([]);
    expect(await modelOf('m')).to.have.property('training');
    for (const method of ['Predict', 'Load', 'Unload', 'Remove']) {
      expect(await fail(client.call(method, { name: 'm' }))).to.include({ reason: 'MODEL_IN_TRAINING' });
    }
    expect(await fail(fit('m', 1))).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
    await training.release();
    expect(await fail(client.call('GetModel', { name: 'm' }))).to.include({ reason: 'MODEL_NOT_FOUND' });
    expect(await succeed(client.call('GetStatus', {}))).not.to.have.property('loadedBytes');
  });

  it('leaves the old model as it was when it is cancelled', async () => {
    await start();
    await succeed(fit('m', 1));
    const { model: before } = await load('m');
    const artifact = await readFile(join(server.modelsPath, 'm.safetensors'));
    const training = await holdTraining(client, 'm', endless, { options: { replace: true } });
    await training.release();
    expect(await modelOf('m')).to.deep.equal(before);
    expect(await succeed(predict('m'))).to.include({ generation: 1 });
    expect(Buffer.compare(await readFile(join(server.modelsPath, 'm.safetensors')), artifact)).to.equal(0);
    expect(await files()).to.deep.equal(['m.safetensors']);
  });

  it('answers a repetition with the request_id of the stored model, and trains for another one', async () => {
    await start();
    const first = await succeed(fit('m', 1, { requestId: 'r-1' }));
    const second = await succeed(fit('m', 2, { requestId: 'r-2' }));
    expect(second.model.generation).to.equal(2);
    expect(await succeed(fit('m', 2, { requestId: 'r-2' }))).to.deep.equal(second);
    expect(await succeed(fit('m', 2, { requestId: 'r-2', options: { seed: 2 } }))).to.deep.equal(second);
    const third = await succeed(fit('m', 1, { requestId: 'r-1' }));
    expect(third.model).to.include({ generation: 3, sha256: first.model.sha256 });
  });

  it('lets the old model serve on where the new one is too large, says so, and is mended by the next one', async () => {
    await start({ maxInferenceMemoryMb: 1 });
    const small = { estimator: quick, ...blobs() };
    // More rows than 1 MB, each with its neighbours.
    const large = { estimator: quick, ...blobs({ perClass: 5000, features: 10 }) };
    await succeed(fit('m', 1, small));
    const before = (await load('m')).model;
    const { model } = await succeed(fit('m', 1, large));
    expect(model).to.include({ generation: 2, state: 'MODEL_STATE_LOADED', loadedBytes: before.loadedBytes });
    expect(model.reason).to.match(
      /^generation 2 is stored, but could not be loaded, and generation 1 serves: the model m would take about 2 MB in memory; other models take 0 MB, and MAX_INFERENCE_MEMORY_MB allows 1 MB; raise MAX_INFERENCE_MEMORY_MB on the server$/,
    );
    expect(await modelOf('m')).to.deep.equal(model);
    const x = { rows: [{ values: [2, 2] }] };
    expect(await succeed(client.call('Predict', { name: 'm', x }))).to.include({ generation: 1 });

    const third = (await succeed(fit('m', 1, small))).model;
    expect(third).to.include({ generation: 3, state: 'MODEL_STATE_LOADED', loadedBytes: before.loadedBytes });
    expect(third).not.to.have.property('reason');
    expect(await succeed(client.call('Predict', { name: 'm', x }))).to.include({ generation: 3 });

    await succeed(fit('m', 1, large));
    await succeed(client.call('Unload', { name: 'm' }));
    expect(await modelOf('m')).to.not.have.property('reason');
    expect(await fail(client.call('Load', { name: 'm' }))).to.include({ reason: 'LOADED_MEMORY_LIMIT_REACHED' });
    expect(await modelOf('m'))
      .to.include({ state: 'MODEL_STATE_STORED' })
      .and.not.have.property('reason');
    expect(await succeed(client.call('GetStatus', {}))).not.to.have.property('loadedBytes');
  });

  it('is not refused for the memory that both models take for a moment', async () => {
    await start({ maxInferenceMemoryMb: 2, maxInferenceModels: 1 });
    const large = { estimator: quick, ...blobs({ perClass: 4000, features: 10 }) };
    await succeed(fit('m', 1, large));
    const { model } = await load('m');
    expect(Number(model.loadedBytes)).to.be.within(2 ** 20, 2 ** 21);
    expect((await succeed(fit('m', 2, large))).model).to.include({ generation: 2, loadedBytes: model.loadedBytes });
  });
});
