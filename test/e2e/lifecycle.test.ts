import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startModelServer } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { pino } from 'pino';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { healthOf, watchHealth } from '../support/health.js';
import { blobs, endless, quick } from '../support/problems.js';
import { startServerProcess } from '../support/process.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { holdTraining, untilStatus } from '../support/trainings.js';

const data = blobs();
const log = pino({ level: 'silent' });

describe('the life of a model', () => {
  let server: TestServer;
  let client: TestClient;
  beforeEach(async () => {
    server = await startTestServer();
    client = dynamicClient(server.address);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const fit = (name: string, more: object = {}) => client.call('Fit', { name, estimator: quick, ...data, ...more });

  it('goes from Fit over Load, Predict and Unload to Remove, and can begin again', async () => {
    for (let round = 0; round < 2; round++) {
      const { model } = await succeed(fit('iris'));
      expect(model).to.deep.include({
        name: 'iris',
        generation: 1,
        state: 'MODEL_STATE_STORED',
        nSamples: 30,
        nFeaturesIn: 2,
        classes: { strings: ['a', 'b', 'c'] },
      });
      expect(model.estimator.kNeighborsClassifier).to.include({
        nNeighbors: 1,
        p: 2,
        weights: 'WEIGHTS_UNIFORM',
        engine: 'ENGINE_CORE',
      });
      expect(model.features[1]).to.deep.equal({ name: 'x1', kind: 'FEATURE_KIND_NUMERIC' });
      expect(model.sha256).to.match(/^[0-9a-f]{64}$/);
      const loaded = await succeed(client.call('Load', { name: 'iris' }));
      const { loadedBytes } = loaded.model;
      expect(loaded.model).to.deep.equal({ ...model, state: 'MODEL_STATE_LOADED', loadedBytes });
      expect(Number(loadedBytes)).to.be.above(0);
      expect((await succeed(client.call('GetStatus', {}))).loadedBytes).to.equal(loadedBytes);
      await succeed(client.call('Predict', { name: 'iris', x: { rows: [{ values: [1, 1] }] } }));
      await succeed(client.call('Unload', { name: 'iris' }));
      expect((await succeed(client.call('GetModel', { name: 'iris' }))).model).to.deep.equal(model);
      await succeed(client.call('Remove', { name: 'iris' }));
      expect(await fail(client.call('GetModel', { name: 'iris' }))).to.include({ reason: 'MODEL_NOT_FOUND' });
    }
  });

  it('shows a training while it runs: in GetModel, ListModels and GetStatus', async () => {
    const training = await holdTraining(client, 'held');
    await untilStatus(client, ({ trainings = [] }) => Reflect.get(trainings[0], 'progress').iteration > 0);
    const { model } = await succeed(client.call('GetModel', { name: 'held' }));
    expect(model).to.include({ name: 'held' }).and.not.have.property('state');
    expect(model.training).to.include({ iterations: 100_000 });
    expect(model.training.fraction).to.be.within(0, 1);
    expect((await succeed(client.call('ListModels', {}))).models).to.have.length(1);
    const status = await succeed(client.call('GetStatus', {}));
    expect(status).to.include({ trainingSlots: 2, busyTrainingSlots: 1, maxLoadedModels: 3 });
    expect(status.trainings[0]).to.include({ name: 'held', estimator: 'random_forest_classifier' });
    await training.release();
  });

  it('shows the loss of a forest that grows, on rows that its trees have not seen', async () => {
    const training = await holdTraining(client, 'held', { randomForestClassifier: { nEstimators: 100_000 } });
    await untilStatus(client, ({ trainings = [] }) => Reflect.get(trainings[0], 'progress').iteration > 20);
    const status = await succeed(client.call('GetStatus', {}));
    // The classes are far apart.
    expect(status.trainings[0].progress.trainLoss).to.be.within(0, 0.1);
    await training.release();
  });

  it('is listed by pages, in the order of names', async () => {
    for (const name of ['b', 'A', 'c', 'a', 'B']) await succeed(fit(name));
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await succeed(client.call('ListModels', { pageSize: 2, pageToken }));
      expect(page.models.length).to.be.at.most(2);
      seen.push(...page.models.map(({ name }: { name: string }) => name));
      pageToken = page.nextPageToken ?? '';
    } while (pageToken !== '');
    expect(seen).to.deep.equal(['A', 'B', 'a', 'b', 'c']);
  });

  it('outlasts a restart, stored and not loaded', async () => {
    const { model } = await succeed(fit('Iris'));
    await succeed(client.call('Load', { name: 'Iris' }));
    const restarted = await server.restart();
    const again = dynamicClient(restarted.address);
    expect((await succeed(again.call('GetModel', { name: 'Iris' }))).model).to.deep.equal(model);
    await again.close();
    await restarted.close();
  });

  it('is unavailable with its reason when its artifact is damaged, and does no harm to others', async () => {
    await succeed(fit('good'));
    await writeFile(join(server.modelsPath, 'bad.safetensors'), 'no model');
    await mkdir(join(server.modelsPath, 'ignored.safetensors'));
    const restarted = await server.restart();
    const again = dynamicClient(restarted.address);
    const { models } = await succeed(again.call('ListModels', {}));
    expect(models.map(({ name, state }: { name: string; state: string }) => [name, state])).to.deep.equal([
      ['bad', 'MODEL_STATE_UNAVAILABLE'],
      ['good', 'MODEL_STATE_STORED'],
    ]);
    expect(models[0].reason).to.match(/damaged/);
    expect(await fail(again.call('Fit', { name: 'bad', estimator: quick, ...data }))).to.include({
      reason: 'MODEL_ALREADY_EXISTS',
    });
    await succeed(again.call('Remove', { name: 'bad' }));
    await succeed(again.call('Fit', { name: 'bad', estimator: quick, ...data }));
    await again.close();
    await restarted.close();
  });
});

describe('the life of a server', () => {
  it('one owns its models; a second one on them refuses to start', async () => {
    const server = await startTestServer();
    const config = { ...readConfig({}), port: 0, modelsPath: server.modelsPath };
    const error = await startModelServer(config, { log }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message').that.includes('in use by another server');
    await server.close();
  });

  it('a taken port stops the start, with the address in the error, and leaves nothing behind', async () => {
    const server = await startTestServer();
    const directory = await temporaryDirectory();
    const config = { ...readConfig({}), port: server.port, modelsPath: directory.path };
    const error = await startModelServer(config, { log }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message').that.includes(`127.0.0.1:${server.port}`);
    expect(await readdir(directory.path)).to.deep.equal([]);
    await directory.remove();
    await server.close();
  });

  it('is healthy by every name while it serves, and NOT_SERVING while it drains', async () => {
    const server = await startTestServer();
    const client = dynamicClient(server.address);
    for (const name of ['', 'modelserver.v1.ModelServer']) {
      expect(await healthOf(server.address, name)).to.equal('SERVING');
    }
    expect(await healthOf(server.address, 'other.Service')).to.equal('NOT_FOUND');
    const states = watchHealth(server.address, 'modelserver.v1.ModelServer');
    expect((await states.next()).value).to.equal('SERVING');
    await holdTraining(client, 'held');
    const hurry = new AbortController();
    const stopped = server.stop({ hurry: hurry.signal });
    expect((await states.next()).value).to.equal('NOT_SERVING');
    hurry.abort();
    await stopped;
    await client.close();
    await server.close();
  });

  it('lets calls in flight end while it drains', async () => {
    const server = await startTestServer();
    const client = dynamicClient(server.address);
    const request = {
      name: 'last',
      estimator: { randomForestClassifier: { nEstimators: 60, engine: 'ENGINE_MLJS' } },
      ...blobs({ perClass: 40 }),
    };
    const fit = client.call('Fit', request);
    await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 1);
    await Promise.all([server.stop(), succeed(fit)]);
    expect(await readdir(server.modelsPath)).to.deep.equal(['last.safetensors']);
    await client.close();
    await server.close();
  });

  it('cancels after the grace period what has not ended, and leaves nothing of it', async () => {
    const server = await startTestServer({ shutdownGraceSeconds: 0 });
    const client = dynamicClient(server.address);
    const fit = client.call('Fit', { name: 'long', estimator: endless, ...blobs({ perClass: 100 }) });
    await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 1);
    await server.stop();
    expect(await fit).to.include({ ok: false, code: 'UNAVAILABLE', reason: 'SERVER_SHUTTING_DOWN' });
    expect(await readdir(server.modelsPath)).to.deep.equal([]);
    await client.close();
    await server.close();
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends with exit code 0 on ${signal}, after one log line that told its address`, async () => {
      const directory = await temporaryDirectory();
      const server = await startServerProcess({ MODELS_PATH: join(directory.path, 'models') });
      expect(JSON.parse(server.log[0])).to.include({ level: 'info', msg: 'serving', address: server.address });
      expect(await server.end(signal)).to.equal(0);
      expect(await readdir(join(directory.path, 'models'))).to.deep.equal([]);
      await directory.remove();
    });
  }

  it('ends at once on a second signal', async () => {
    const directory = await temporaryDirectory();
    const server = await startServerProcess({ MODELS_PATH: directory.path, SHUTDOWN_GRACE_SECONDS: '600' });
    const client = dynamicClient(server.address);
    await holdTraining(client, 'held');
    const ended = server.end('SIGTERM');
    await untilRefused(client);
    server.child.kill('SIGTERM');
    expect(await ended).to.equal(0);
    await client.close();
    await directory.remove();
  });

  it('ends well as `npm start` too: the signal reaches it', async () => {
    const directory = await temporaryDirectory();
    const npm = spawn('npm', ['start', '--silent'], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: { ...process.env, PORT: '0', MODELS_PATH: directory.path, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    const output = createInterface({ input: npm.stdout });
    const closed = once(output, 'close');
    output.on('line', (line) => {
      lines.push(line);
      if (line.includes('"serving"')) npm.kill('SIGTERM');
    });
    await closed;
    expect(lines.at(-1)).to.include('"stopped"');
    expect(await readdir(directory.path)).to.deep.equal([]);
    await directory.remove();
  });

  it('does not start with settings that make no sense, and names all of them', async () => {
    const error = await startServerProcess({ PORT: 'http', TRAINING_CORES: '0' }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message').that.includes('78');
  });
});

async function untilRefused(client: TestClient): Promise<void> {
  while ((await client.call('GetStatus', {})).ok) await new Promise((resolve) => setImmediate(resolve));
}
