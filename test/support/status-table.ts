import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT_SEED, LEAK_SEED } from '../fixtures/faults.js';
import { type CallOptions, fail, type Failure, succeed, type TestClient } from './call.js';
import { dynamicClient } from './dynamic-client.js';
import { blobs, endless, quick } from './problems.js';
import { faultyWorker, startTestServer, type TestServer } from './server.js';
import { type HeldTraining, holdTraining, untilStatus } from './trainings.js';

/**
 * Every row of the contract's status table, provoked on a real server by the
 * client under test. Another client brings the server into the state that a row
 * needs.
 */
export function describeStatusTable(connect: (address: string) => TestClient | Promise<TestClient>): void {
  let server: TestServer;
  let client: TestClient;
  let helper: TestClient;
  const data = blobs();

  beforeEach(async () => {
    server = await startTestServer({
      workerEntry: faultyWorker,
      maxInferenceModels: 1,
      maxInferenceMemoryMb: 1,
      trainingMemoryMb: 64,
    });
    helper = dynamicClient(server.address);
    client = await connect(server.address);
  });

  afterEach(async () => {
    await client.close();
    await helper.close();
    await server.close();
  });

  const fit = (name: string) => succeed(helper.call('Fit', { name, estimator: quick, ...data }));
  const load = (name: string) => succeed(helper.call('Load', { name }));
  const refusal = (method: string, request: object, options?: CallOptions) =>
    fail(client.call(method, request, options));

  async function whileTraining(name: string, check: () => Promise<void>): Promise<void> {
    const training = await holdTraining(helper, name);
    try {
      await check();
    } finally {
      await training.release();
    }
  }

  it('answers ALREADY_EXISTS to a Fit whose name is stored', async () => {
    await fit('iris');
    const failure = await refusal('Fit', { name: 'iris', estimator: quick, ...data });
    expectStatus(failure, 'ALREADY_EXISTS', 'MODEL_ALREADY_EXISTS');
    expect(failure.message).to.equal(
      'the model iris is stored already; set options.replace, remove it first, or choose another name',
    );
  });

  it('answers ALREADY_EXISTS to a Fit whose name is in training, and says what works then', () =>
    whileTraining('iris', async () => {
      const failure = await refusal('Fit', { name: 'iris', estimator: quick, ...data });
      expectStatus(failure, 'ALREADY_EXISTS', 'MODEL_ALREADY_EXISTS');
      expect(failure.message).to.equal(
        'the model iris is in training; wait for its Fit to end or cancel it, or choose another name',
      );
    }));

  it('answers RESOURCE_EXHAUSTED with a RetryInfo to a Fit that finds no free slot', async () => {
    const held: HeldTraining[] = [await holdTraining(helper, 'first'), await holdTraining(helper, 'second')];
    const failure = await refusal('Fit', { name: 'third', estimator: quick, ...data });
    expectStatus(failure, 'RESOURCE_EXHAUSTED', 'NO_FREE_TRAINING_SLOT');
    expect(failure.hasRetryInfo).to.equal(true);
    await Promise.all(held.map((training) => training.release()));
    await fit('third');
  });

  it('answers RESOURCE_EXHAUSTED to a Load at the limit of loaded models', async () => {
    await fit('first');
    await fit('second');
    await load('first');
    expectStatus(await refusal('Load', { name: 'second' }), 'RESOURCE_EXHAUSTED', 'LOADED_MODEL_LIMIT_REACHED');
  });

  it('answers RESOURCE_EXHAUSTED with the sizes to a Load for which there is no memory', async () => {
    await succeed(helper.call('Fit', { name: 'large', estimator: quick, ...blobs({ perClass: 2000, features: 30 }) }));
    const failure = await refusal('Load', { name: 'large' });
    expectStatus(failure, 'RESOURCE_EXHAUSTED', 'LOADED_MEMORY_LIMIT_REACHED');
    expect(failure.message).to.equal(
      'the model large would take about 2 MB in memory; other models take 0 MB, and MAX_INFERENCE_MEMORY_MB allows 1 MB; raise MAX_INFERENCE_MEMORY_MB on the server',
    );
    expectStatus(await refusal('Predict', { name: 'large', x: {} }), 'FAILED_PRECONDITION', 'MODEL_NOT_LOADED');
  });

  it('answers ALREADY_EXISTS to a Fit that replaces a name in training', () =>
    whileTraining('iris', async () => {
      const failure = await refusal('Fit', { name: 'iris', estimator: quick, ...data, options: { replace: true } });
      expectStatus(failure, 'ALREADY_EXISTS', 'MODEL_ALREADY_EXISTS');
    }));

  it('answers ALREADY_EXISTS to a Load of a loaded model', async () => {
    await fit('iris');
    await load('iris');
    expectStatus(await refusal('Load', { name: 'iris' }), 'ALREADY_EXISTS', 'MODEL_ALREADY_LOADED');
  });

  for (const method of ['Predict', 'Load', 'Unload', 'Remove', 'GetModel']) {
    it(`answers NOT_FOUND to ${method} of an unknown name`, async () => {
      expectStatus(await refusal(method, { name: 'nobody' }), 'NOT_FOUND', 'MODEL_NOT_FOUND');
    });
  }

  for (const method of ['Predict', 'Unload']) {
    it(`answers FAILED_PRECONDITION to ${method} of a model that is not loaded`, async () => {
      await fit('iris');
      expectStatus(
        await refusal(method, { name: 'iris', ...rowFor(method) }),
        'FAILED_PRECONDITION',
        'MODEL_NOT_LOADED',
      );
    });
  }

  it('answers FAILED_PRECONDITION to Load, Predict, Unload and Remove while the first training runs', () =>
    whileTraining('iris', async () => {
      for (const method of ['Load', 'Predict', 'Unload', 'Remove']) {
        const failure = await refusal(method, { name: 'iris', ...rowFor(method) });
        expectStatus(failure, 'FAILED_PRECONDITION', 'MODEL_IN_TRAINING');
      }
    }));

  it('answers FAILED_PRECONDITION to Remove and RemoveAll of a loaded model, but not with force', async () => {
    await fit('iris');
    await load('iris');
    expectStatus(await refusal('Remove', { name: 'iris' }), 'FAILED_PRECONDITION', 'MODEL_LOADED');
    expectStatus(await refusal('RemoveAll', {}), 'FAILED_PRECONDITION', 'MODEL_LOADED');
    expect(await succeed(client.call('RemoveAll', { force: true }))).to.deep.include({ removed: 1 });
  });

  const invalid: [string, object, string][] = [
    ['a name that leaves the directory', { name: '../x' }, 'name'],
    ['ragged rows', { x: { rows: [{ values: [1, 2] }, { values: [3] }] }, y: { ints: [0, 1] } }, 'x.rows[1].values'],
    ['a missing X', { x: {} }, 'x'],
    [
      'a negative share',
      { estimator: { randomForestClassifier: { maxSamples: -1 } } },
      'estimator.random_forest_classifier.max_samples',
    ],
    ['a category that is no integer', { options: { categoricalFeatures: [0] } }, 'x.rows[0].values[0]'],
    ['labels of one class', { y: { strings: data.y.strings.map(() => 'a') } }, 'y'],
    ['NaN', { x: { rows: [{ values: ['NaN', 2] }, { values: [3, 4] }] }, y: { ints: [0, 1] } }, 'x.rows[0].values[0]'],
    [
      'infinity',
      { x: { rows: [{ values: [1, 2] }, { values: [3, 'Infinity'] }] }, y: { ints: [0, 1] } },
      'x.rows[1].values[1]',
    ],
  ];
  for (const [what, change, field] of invalid) {
    it(`answers INVALID_ARGUMENT with the field's path to a Fit with ${what}`, async () => {
      const failure = await refusal('Fit', { name: 'iris', estimator: quick, ...data, ...change });
      expectStatus(failure, 'INVALID_ARGUMENT', 'INVALID_REQUEST');
      expect(failure.fields).to.deep.equal([field]);
    });
  }

  it('answers DATA_LOSS to Load and Predict of a damaged artifact, and removes it', async () => {
    await fit('iris');
    await damage(join(server.modelsPath, 'iris.safetensors'));
    expectStatus(await refusal('Load', { name: 'iris' }), 'DATA_LOSS', 'MODEL_CORRUPT');
    expectStatus(await refusal('Predict', { name: 'iris', ...rowFor('Predict') }), 'DATA_LOSS', 'MODEL_CORRUPT');
    await succeed(client.call('Remove', { name: 'iris' }));
    expectStatus(await refusal('GetModel', { name: 'iris' }), 'NOT_FOUND', 'MODEL_NOT_FOUND');
  });

  it('answers FAILED_PRECONDITION to Load of an artifact of a newer format', async () => {
    await fit('iris');
    const path = join(server.modelsPath, 'iris.safetensors');
    const text = await readFile(path, 'latin1');
    await writeFile(path, text.replace('"format_version":"1"', '"format_version":"3"'), 'latin1');
    expectStatus(await refusal('Load', { name: 'iris' }), 'FAILED_PRECONDITION', 'MODEL_FORMAT_UNSUPPORTED');
  });

  it('answers DEADLINE_EXCEEDED to a Fit that takes longer than its client waits, and frees slot and name', async () => {
    const request = { name: 'slow', estimator: endless, ...blobs({ perClass: 100 }) };
    const failure = await refusal('Fit', request, { timeoutMs: 1000 });
    expect(failure.code).to.equal('DEADLINE_EXCEEDED');
    await untilStatus(helper, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
    await fit('slow');
  });

  it('ends the training of a client that goes away, and frees slot and name', async () => {
    const abort = new AbortController();
    const request = { name: 'left', estimator: endless, ...blobs({ perClass: 100 }) };
    const ended = client.call('Fit', request, { signal: abort.signal });
    await untilStatus(helper, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 1);
    abort.abort();
    expect(await fail(ended)).to.have.property('code', 'CANCELLED');
    await untilStatus(helper, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
    await fit('left');
  });

  it('answers RESOURCE_EXHAUSTED to a Fit that runs out of its memory, and replaces the slot', async () => {
    const request = { name: 'big', estimator: quick, ...data, options: { seed: LEAK_SEED } };
    expectStatus(await refusal('Fit', request), 'RESOURCE_EXHAUSTED', 'TRAINING_MEMORY_LIMIT');
    await fit('big');
  });

  it('answers INTERNAL to a Fit whose thread dies, and replaces the slot', async () => {
    for (let i = 0; i < 3; i++) {
      const request = { name: 'doomed', estimator: quick, ...data, options: { seed: EXIT_SEED } };
      expectStatus(await refusal('Fit', request), 'INTERNAL', 'TRAINING_CRASHED');
    }
    expect(await untilStatus(helper, () => true)).to.include({ replacedWorkers: 3 });
    await fit('doomed');
  });

  it('answers UNAVAILABLE while shutting down', async () => {
    const training = await holdTraining(helper, 'last');
    await succeed(client.call('GetStatus', {}));
    const hurry = new AbortController();
    const stopped = server.stop({ hurry: hurry.signal });
    expectStatus(await refusal('GetStatus', {}), 'UNAVAILABLE', 'SERVER_SHUTTING_DOWN');
    hurry.abort();
    await stopped;
    expect(training.name).to.equal('last');
  });

  const unimplemented: [string, object, string][] = [
    [
      'a hyperparameter that its engine lacks',
      { estimator: { logisticRegression: { solver: 'SOLVER_SAGA' } } },
      'estimator.logistic_regression.solver',
    ],
  ];
  for (const [what, change, field] of unimplemented) {
    it(`answers UNIMPLEMENTED with the field's path to a Fit with ${what}`, async () => {
      const failure = await refusal('Fit', { name: 'iris', estimator: quick, ...data, ...change });
      expectStatus(failure, 'UNIMPLEMENTED', 'NOT_IMPLEMENTED');
      expect(failure.fields).to.deep.equal([field]);
    });
  }
}

function expectStatus(failure: Failure, code: string, reason: string): void {
  expect(failure).to.deep.include({ code, reason, domain: 'modelserver' });
  expect(failure.message).to.match(/\w/);
}

function rowFor(method: string): object {
  return method === 'Predict' ? { x: { rows: [{ values: [0, 0] }] } } : {};
}

/** Flips a bit of the last byte, which no header describes. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 1] ^= 1;
  await writeFile(path, bytes);
}
