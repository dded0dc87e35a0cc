import { expect } from 'chai';
import { CallAbortedError, type FitRequest, ModelServerClient, ModelServerError, toRows } from '../../client/index.js';
import { accuracy } from '../../client/accuracy.js';
import { type Dataset, loadDataset } from '../../client/demo/dataset.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { failure } from './failure.js';

describe('the client, with a server', () => {
  let server: TestServer;
  let client: ModelServerClient;
  let iris: Dataset;
  let wine: Dataset;

  before(async () => {
    server = await startTestServer({ maxInferenceModels: 4 });
    client = new ModelServerClient(server.address);
    [iris, wine] = await Promise.all([loadDataset('iris'), loadDataset('wine')]);
  });

  after(async () => {
    client.close();
    await server.close();
  });

  function request(name: string, { train, featureNames }: Dataset, more: Partial<FitRequest> = {}): FitRequest {
    return { name, estimator: { kNeighborsClassifier: {} }, ...train, featureNames, ...more };
  }

  it('trains, loads, predicts and removes', async () => {
    await client.waitForReady();
    const model = await client.fit(request('iris', iris, { seed: 1 }));
    expect(model).to.deep.include({
      name: 'iris',
      state: 'stored',
      generation: 1,
      classes: ['setosa', 'versicolor', 'virginica'],
      nFeaturesIn: 4,
      nSamples: iris.train.x.rows,
    });
    expect(model.estimator?.kNeighborsClassifier).to.include({ nNeighbors: 5, weights: 'uniform', engine: 'core' });
    expect(model.features[0]).to.include({ name: 'sepal_length', kind: 'numeric' });
    expect(model.createdAt?.getTime()).to.be.closeTo(Date.now(), 60_000);
    expect(model.fitDurationMs).to.be.above(0);
    expect(model.sizeBytes).to.be.above(100);

    expect(await client.load('iris')).to.include({ state: 'loaded' });
    const { x, y } = iris.heldOut;
    const prediction = await client.predict({ name: 'iris', x, probabilities: true });
    expect(accuracy(prediction.labels, y)).to.be.above(0.9);
    expect(prediction.probabilities).to.include({ rows: x.rows, columns: 3 });
    expect(await client.getStatus()).to.include({ loadedModels: 1, storedModels: 1, busyTrainingSlots: 0 });

    await client.unload('iris');
    await client.remove('iris');
    expect(await failure(client.getModel('iris'))).to.include({ reason: 'MODEL_NOT_FOUND' });
  });

  it('gets the same answers for every form of the same rows', async () => {
    await client.fit(request('forms', iris));
    await client.load('forms');
    const { x } = iris.heldOut;
    const rows = toRows(x);
    const expected = await client.predict({ name: 'forms', x, probabilities: true });
    const single = { rows: x.rows, columns: x.columns, data: Float32Array.from(x.data) };
    const columns = Object.fromEntries(
      // In another order than the model's: the server puts it right.
      iris.featureNames.map((name, index) => [name, rows.map((row) => row[index])] as const).toReversed(),
    );
    const shifted = new Float64Array(x.data.length + 1);
    shifted.set(x.data, 1);
    const view = { rows: x.rows, columns: x.columns, data: shifted.subarray(1) };
    for (const form of [rows, rows.slice(0, 5), rows.map((row) => Float64Array.from(row)), single, view, { columns }]) {
      // oxlint-disable-next-line no-await-in-loop -- one form after the other
      const { labels } = await client.predict({ name: 'forms', x: form });
      expect(labels).to.deep.equal(expected.labels.slice(0, labels.length));
    }
  });

  it('keeps integers integers', async () => {
    const model = await client.fit(request('wine', wine));
    expect(model.classes).to.deep.equal([0, 1, 2]);
    await client.load('wine');
    const { labels } = await client.predict({ name: 'wine', x: wine.heldOut.x });
    expect(labels.every((label) => typeof label === 'number')).to.equal(true);

    const large = await client.fit({
      name: 'large',
      estimator: { kNeighborsClassifier: { nNeighbors: 1 } },
      x: [[0], [1]],
      y: [2n ** 62n, -5n],
    });
    expect(large.classes).to.deep.equal([-5n, 2n ** 62n]);
    await client.load('large');
    expect((await client.predict({ name: 'large', x: [[0]] })).labels).to.deep.equal([2n ** 62n]);
  });

  it('trains the same model from its own description', async () => {
    const first = await client.fit(
      request('first', iris, { estimator: { randomForestClassifier: { nEstimators: 5 } } }),
    );
    const second = await client.fit(request('second', iris, { estimator: first.estimator }));
    expect(second.sha256).to.equal(first.sha256);
  });

  it('lists models page by page', async () => {
    const names: string[] = [];
    for await (const { name } of client.allModels({ pageSize: 2 })) names.push(name);
    const { storedModels } = await client.getStatus();
    expect(names).to.have.length(storedModels).and.to.deep.equal(names.toSorted());
    const page = await client.listModels({ pageSize: 1 });
    expect(page.models).to.have.length(1);
    expect(page.nextPageToken).to.be.a('string');
  });

  it('learns reasons and field violations from the server', async () => {
    const error = await failure(
      client.fit(
        request('bad', iris, { estimator: { randomForestClassifier: { nEstimators: 0, minSamplesSplit: -1 } } }),
      ),
    );
    expect(error).to.be.an.instanceOf(ModelServerError);
    const { codeName, reason, violations, method } = error as ModelServerError;
    expect({ codeName, reason, method }).to.deep.equal({
      codeName: 'INVALID_ARGUMENT',
      reason: 'INVALID_REQUEST',
      method: 'Fit',
    });
    expect(violations.map(({ field }) => field)).to.deep.equal([
      'estimator.random_forest_classifier.n_estimators',
      'estimator.random_forest_classifier.min_samples_split',
    ]);
  });

  it('sees the delay after which a full server may have a slot', async () => {
    const abort = new AbortController();
    const estimator = { logisticRegression: { maxIter: 1_000_000, engine: 'mljs' as const } };
    const running = ['a', 'b'].map((name) =>
      failure(client.fit(request(name, wine, { estimator }), { signal: abort.signal })),
    );
    // oxlint-disable-next-line no-await-in-loop -- a poll
    while ((await client.getStatus()).busyTrainingSlots < 2);
    const { trainings } = await client.getStatus();
    expect(trainings.map(({ name }) => name).toSorted()).to.deep.equal(['a', 'b']);
    expect(await client.getModel('a')).to.include({ state: 'training', generation: 0 });
    const error = (await failure(client.fit(request('c', wine)))) as ModelServerError;
    expect(error).to.include({ codeName: 'RESOURCE_EXHAUSTED', reason: 'NO_FREE_TRAINING_SLOT' });
    expect(error.retryAfterMs).to.be.above(0);
    abort.abort();
    for (const ended of await Promise.all(running)) expect(ended).to.be.an.instanceOf(CallAbortedError);
    // The client knows of its abort at once; the server's threads end a little later.
    // oxlint-disable-next-line no-await-in-loop -- a poll
    while ((await client.getStatus()).busyTrainingSlots > 0);
  });

  it('answers a fit with the request id of the stored model with that model', async () => {
    const first = await client.fit(request('once', iris, { requestId: 'r1' }));
    expect(await client.fit(request('once', iris, { requestId: 'r1' }))).to.deep.equal(first);
  });

  it('removes all models', async () => {
    expect(await failure(client.removeAll())).to.include({ reason: 'MODEL_LOADED' });
    expect(await client.removeAll({ force: true })).to.be.above(3);
    expect((await client.listModels()).models).to.deep.equal([]);
  });
});
