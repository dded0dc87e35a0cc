import { expect } from 'chai';
import { type Dataset, loadDataset } from '../../client/demo/dataset.js';
import { ModelServerClient, type ModelServerError, toRows } from '../../client/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { failure } from './failure.js';

describe('a predictor, with a server', () => {
  let server: TestServer;
  let client: ModelServerClient;
  let iris: Dataset;

  before(async () => {
    server = await startTestServer();
    client = new ModelServerClient(server.address);
    iris = await loadDataset('iris');
    const { train, featureNames } = iris;
    await client.fit({ name: 'iris', estimator: { logisticRegression: {} }, ...train, featureNames });
    await client.load('iris');
  });

  after(async () => {
    client.close();
    await server.close();
  });

  it('answers as Predict does, in all forms of rows', async () => {
    const { x } = iris.heldOut;
    const expected = await client.predict({ name: 'iris', x, probabilities: true });
    await using predictor = client.predictor('iris');
    const rows = toRows(x);
    const answers = await Promise.all(
      // More than may be on their way at once.
      Array.from({ length: 10 }, () => rows.map((row) => predictor.predict([row], { probabilities: true }))).flat(),
    );
    answers.forEach(({ labels, probabilities, generation }, index) => {
      const row = index % rows.length;
      expect(labels).to.deep.equal([expected.labels[row]]);
      expect(probabilities && toRows(probabilities)).to.deep.equal(
        expected.probabilities && [toRows(expected.probabilities)[row]],
      );
      expect(generation).to.equal(1);
    });
    const columns = Object.fromEntries(iris.featureNames.map((name, index) => [name, rows.map((row) => row[index])]));
    const single = rows.map((row) => Float32Array.from(row));
    for (const form of [x, single, { columns }]) {
      // oxlint-disable-next-line no-await-in-loop -- one form after the other
      expect((await predictor.predict(form)).labels).to.deep.equal(expected.labels);
    }
  });

  it('rejects as Predict does, and alone', async () => {
    await using predictor = client.predictor('iris');
    await using nobody = client.predictor('nobody');
    const [good, bad, unknown, again] = await Promise.all([
      predictor.predict([[5, 3, 1, 0]]),
      failure(predictor.predict([[5, 3]])),
      failure(nobody.predict([[5, 3, 1, 0]])),
      predictor.predict([[5, 3, 1, 0]]),
    ]);
    expect([good.labels, again.labels]).to.deep.equal([['setosa'], ['setosa']]);
    const x = { rows: 1, columns: 2, data: Float64Array.of(5, 3) };
    const unary = (await failure(client.predict({ name: 'iris', x }))) as ModelServerError;
    expect(bad).to.include({ code: unary.code, reason: unary.reason, message: unary.message });
    expect((bad as ModelServerError).violations).to.deep.equal(unary.violations);
    expect(unknown).to.include({ codeName: 'NOT_FOUND', reason: 'MODEL_NOT_FOUND', method: 'PredictStream' });
  });

  it('outlives a server that is replaced by another one', async () => {
    await using lasting = new ModelServerClient(server.address, { retry: { maxAttempts: 20 } });
    const predictor = lasting.predictor('iris');
    expect((await predictor.predict([[5, 3, 1, 0]])).labels).to.deep.equal(['setosa']);
    const port = Number(server.address.split(':')[1]);
    server = await server.restart({ port });
    await client.waitForReady();
    await client.load('iris');
    expect((await predictor.predict([[5, 3, 1, 0]])).labels).to.deep.equal(['setosa']);
  });
});
