import { expect } from 'chai';
import { setMaxListeners } from 'node:events';
import { execFile } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Outcome, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { startLine } from '../support/line.js';
import { blobs, endless, lcg, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { holdTraining, untilStatus } from '../support/trainings.js';

describe('calls that race', () => {
  let server: TestServer;
  let client: TestClient;
  const data = blobs();
  const slow = { randomForestClassifier: { nEstimators: 300, engine: 'ENGINE_MLJS' } };

  beforeEach(async () => {
    server = await startTestServer();
    client = dynamicClient(server.address);
  });
  afterEach(async () => {
    await client.close();
    await server.close();
  });

  const fit = (name: string, estimator: object = quick) => client.call('Fit', { name, estimator, ...data });
  const many = (count: number, call: (i: number) => Promise<Outcome>) =>
    Promise.all(Array.from({ length: count }, (_, i) => call(i)));
  const listed = async () =>
    ((await succeed(client.call('ListModels', {}))).models ?? []).map(({ name }: { name: string }) => name);

  it('30 Fits at 2 free slots: exactly 2 are accepted, 28 refused, none lost or doubled', async () => {
    const outcomes = await many(30, (i) => fit(`m${i}`, slow));
    const accepted = outcomes.flatMap((outcome, i) => (outcome.ok ? [`m${i}`] : []));
    expect(accepted).to.have.length(2);
    expect(reasonsOf(outcomes)).to.deep.equal({ NO_FREE_TRAINING_SLOT: 28 });
    expect(await listed()).to.have.members(accepted);
    expect(await filesOf(server)).to.have.members(accepted.map((name) => `${name}.safetensors`));
  });

  it('30 Fits at 2 free slots: while the 2 train, all 28 others have been refused, and no third one gets in', async () => {
    const abort = new AbortController();
    const request = (i: number) => ({ name: `m${i}`, estimator: endless, ...blobs({ perClass: 100 }) });
    // Thirty calls listen to one signal, and no more ever.
    setMaxListeners(30, abort.signal);
    let refused = 0;
    const calls = many(30, async (i) => {
      const outcome = await client.call('Fit', request(i), { signal: abort.signal });
      if (!outcome.ok && outcome.reason === 'NO_FREE_TRAINING_SLOT' && ++refused === 28) abort.abort();
      return outcome;
    });
    const outcomes = await calls;
    expect(reasonsOf(outcomes)).to.deep.equal({ NO_FREE_TRAINING_SLOT: 28, CANCELLED: 2 });
    await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
    expect(await filesOf(server)).to.deep.equal([]);
  });

  it('20 Fits of one name: exactly one is accepted', async () => {
    const outcomes = await many(20, () => fit('one', slow));
    expect(outcomes.filter(({ ok }) => ok)).to.have.length(1);
    expect(reasonsOf(outcomes)).to.deep.equal({ MODEL_ALREADY_EXISTS: 19 });
    expect(await filesOf(server)).to.deep.equal(['one.safetensors']);
  });

  it('20 Loads of one model: it is loaded once, and all of them succeed or hear that it is', async () => {
    await succeed(fit('one'));
    const outcomes = await many(20, () => client.call('Load', { name: 'one' }));
    expect(outcomes.some(({ ok }) => ok)).to.equal(true);
    expect(Object.keys(reasonsOf(outcomes)).every((reason) => reason === 'MODEL_ALREADY_LOADED')).to.equal(true);
    expect(await succeed(client.call('GetStatus', {}))).to.include({ loadedModels: 1 });
  });

  it('Loads of more models than the limit: as many as it allows are loaded', async () => {
    for (let i = 0; i < 6; i++) await succeed(fit(`m${i}`));
    const outcomes = await many(6, (i) => client.call('Load', { name: `m${i}` }));
    expect(outcomes.filter(({ ok }) => ok)).to.have.length(3);
    expect(reasonsOf(outcomes)).to.deep.equal({ LOADED_MODEL_LIMIT_REACHED: 3 });
  });

  it('Load, Unload, Remove and Fit of one name at once leave a state that makes sense', async () => {
    for (let round = 0; round < 10; round++) {
      await succeed(fit('one'));
      await Promise.all([
        client.call('Load', { name: 'one' }),
        client.call('Unload', { name: 'one' }),
        client.call('Load', { name: 'one' }),
        client.call('Remove', { name: 'one', force: true }),
        client.call('Load', { name: 'one' }),
        fit('one'),
      ]);
      const names = await listed();
      expect(await filesOf(server)).to.deep.equal(names.map((name: string) => `${name}.safetensors`));
      if (names.length > 0) await succeed(client.call('Remove', { name: 'one', force: true }));
      expect(await succeed(client.call('GetStatus', {}))).not.to.have.property('loadedModels', 1);
    }
  });

  it('whatever several clients do at random with a few names, what is stored, loaded and counted agrees in the end', async () => {
    const names = ['a', 'b', 'c'];
    const clients = Array.from({ length: 4 }, () => dynamicClient(server.address));
    await Promise.all(clients.map((caller, i) => actAtRandom(caller, names, { seed: i, steps: 60 })));
    await Promise.all(clients.map((caller) => caller.close()));

    const { models = [] } = await succeed(client.call('ListModels', {}));
    const stored = models.map(({ name }: { name: string }) => name);
    expect(await filesOf(server)).to.deep.equal(stored.map((name: string) => `${name}.safetensors`));
    const loaded = models.filter(({ state }: { state: string }) => state === 'MODEL_STATE_LOADED');
    const bytes = loaded.reduce(
      (sum: number, { loadedBytes }: { loadedBytes: string }) => sum + Number(loadedBytes),
      0,
    );
    const status = await succeed(client.call('GetStatus', {}));
    expect({
      storedModels: status.storedModels ?? 0,
      loadedModels: status.loadedModels ?? 0,
      loadedBytes: Number(status.loadedBytes ?? 0),
      busyTrainingSlots: status.busyTrainingSlots ?? 0,
    }).to.deep.equal({
      storedModels: stored.length,
      loadedModels: loaded.length,
      loadedBytes: bytes,
      busyTrainingSlots: 0,
    });
    // What is said to be loaded predicts, with the generation that it is said to have; the rest can be loaded.
    for (const { name, state, generation, ...model } of models) {
      expect(model).not.to.have.any.keys('reason', 'training');
      if (state !== 'MODEL_STATE_LOADED') await succeed(client.call('Load', { name }));
      const x = { rows: [{ values: [0, 0] }] };
      expect(await succeed(client.call('Predict', { name, x }))).to.include({ generation });
    }
    await succeed(client.call('RemoveAll', { force: true }));
    expect(await filesOf(server)).to.deep.equal([]);
    expect(await succeed(client.call('GetStatus', {}))).not.to.have.any.keys(
      'loadedBytes',
      'loadedModels',
      'storedModels',
    );
  }).timeout(60_000);

  it('RemoveAll removes all or nothing, and leaves a training its name', async () => {
    for (const name of ['a', 'b', 'c']) await succeed(fit(name));
    const training = await holdTraining(client, 'held');
    await succeed(client.call('Load', { name: 'b' }));
    const refused = await client.call('RemoveAll', {});
    expect(refused).to.include({ ok: false, reason: 'MODEL_LOADED' });
    expect(await listed()).to.deep.equal(['a', 'b', 'c', 'held']);
    expect(await succeed(client.call('RemoveAll', { force: true }))).to.include({ removed: 3 });
    expect(await listed()).to.deep.equal(['held']);
    expect(await fit('held')).to.include({ ok: false, reason: 'MODEL_ALREADY_EXISTS' });
    await training.release();
    expect(await filesOf(server)).to.deep.equal([]);
  });

  it('RemoveAll leaves alone a name that was removed and is in training again while it waited', async () => {
    for (const name of ['a', 'b']) await succeed(fit(name));
    // A pipe in the place of the artifact: Load waits in it, and RemoveAll for Load.
    const artifact = join(server.modelsPath, 'a.safetensors');
    await rm(artifact);
    await promisify(execFile)('mkfifo', [artifact]);
    const load = client.call('Load', { name: 'a' });
    const removeAll = client.call('RemoveAll', { force: true });
    await succeed(client.call('Remove', { name: 'b' }));
    const training = await holdTraining(client, 'b');
    await writeFile(artifact, 'no model');

    expect(await load).to.include({ ok: false, reason: 'MODEL_CORRUPT' });
    expect(await succeed(removeAll)).to.include({ removed: 1 });
    expect(await listed()).to.deep.equal(['b']);
    expect(await fit('b')).to.include({ ok: false, reason: 'MODEL_ALREADY_EXISTS' });
    await training.release();
    expect(await listed()).to.deep.equal([]);
  });

  it('a Fit is repeated with its request_id: the stored model answers, nothing is trained again', async () => {
    const request = { name: 'once', estimator: quick, ...data, requestId: 'r-1' };
    const first = await succeed(client.call('Fit', request));
    const second = await succeed(client.call('Fit', request));
    expect(second).to.deep.equal(first);
    expect(await client.call('Fit', { ...request, requestId: 'r-2' })).to.include({ reason: 'MODEL_ALREADY_EXISTS' });
    const restarted = await server.restart();
    const after = dynamicClient(restarted.address);
    expect((await succeed(after.call('Fit', request))).model).to.include({ sha256: first.model.sha256 });
    await after.close();
    await restarted.close();
  });

  it('a client whose connection breaks in mid-Fit leaves slot and name free', async () => {
    const line = await startLine(server.port);
    const vanishing = dynamicClient(line.address);
    const request = { name: 'left', estimator: endless, ...blobs({ perClass: 100 }) };
    const ended = vanishing.call('Fit', request);
    await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 1);
    line.cut();
    expect(await ended).to.include({ ok: false, code: 'UNAVAILABLE' });
    await vanishing.close();
    await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
    expect(await filesOf(server)).to.deep.equal([]);
    await succeed(fit('left'));
  });
});

/** What a call may be refused for, whatever others do meanwhile. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  Fit: ['MODEL_ALREADY_EXISTS', 'NO_FREE_TRAINING_SLOT'],
  Predict: ['MODEL_NOT_FOUND', 'MODEL_NOT_LOADED', 'MODEL_IN_TRAINING'],
  Load: ['MODEL_NOT_FOUND', 'MODEL_ALREADY_LOADED', 'MODEL_IN_TRAINING'],
  Unload: ['MODEL_NOT_FOUND', 'MODEL_NOT_LOADED', 'MODEL_IN_TRAINING'],
  Remove: ['MODEL_NOT_FOUND', 'MODEL_LOADED', 'MODEL_IN_TRAINING'],
};

async function actAtRandom(
  client: TestClient,
  names: readonly string[],
  { seed, steps }: { readonly seed: number; readonly steps: number },
): Promise<void> {
  const random = lcg(seed);
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)];
  for (let step = 0; step < steps; step++) {
    const name = oneOf(names);
    const requests: Readonly<Record<string, object>> = {
      Fit: { name, estimator: quick, ...blobs(), options: { replace: random() < 0.8 } },
      Predict: { name, x: { rows: [{ values: [0, 0] }] } },
      Load: { name },
      Unload: { name },
      Remove: { name, force: random() < 0.5 },
    };
    const method = oneOf(['Fit', 'Fit', 'Predict', 'Load', 'Load', 'Unload', 'Remove']);
    const outcome = await client.call(method, requests[method]);
    if (!outcome.ok) expect(REFUSALS[method], outcome.message).to.include(outcome.reason);
  }
}

function reasonsOf(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (!outcome.ok) counts[outcome.reason ?? outcome.code] = (counts[outcome.reason ?? outcome.code] ?? 0) + 1;
  }
  return counts;
}

async function filesOf(server: TestServer): Promise<string[]> {
  return (await readdir(server.modelsPath)).filter((name) => name !== '.lock').toSorted();
}
