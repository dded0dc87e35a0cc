import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

const forest = { randomForestClassifier: { nEstimators: 10 } };
const data = blobs({ perClass: 40 });

describe('The options of Fit', () => {
  let server: TestServer;
  let client: TestClient;
  let names = 0;

  before(async () => {
    server = await startTestServer();
    client = dynamicClient(server.address);
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  const request = (change: object) => ({ name: `m${++names}`, estimator: forest, ...data, ...change });
  const fit = async (change: object) => (await succeed(client.call('Fit', request(change)))).model;
  const refusal = (change: object) => fail(client.call('Fit', request(change)));

  it('validation_fraction holds rows out, scores the model on them, and keeps the scores', async () => {
    const model = await fit({ options: { validationFraction: 0.25 } });
    expect(model.metrics).to.include({ accuracy: 1 });
    expect(model.metrics.logLoss).to.be.within(0, 0.2);
    expect(model.metrics.rocAuc).to.equal(1);
    const again = (await succeed(client.call('GetModel', { name: model.name }))).model;
    expect(again.metrics).to.deep.equal(model.metrics);
    expect((await fit({})).metrics).not.to.have.property('accuracy');
  });

  for (const validationFraction of [-0.1, 1, 'NaN']) {
    it(`validation_fraction ${validationFraction} is refused`, async () => {
      const failure = await refusal({ options: { validationFraction } });
      expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['options.validation_fraction'] });
    });
  }

  it('sample_weight 0 leaves a row out', async () => {
    // The last rows say the opposite of the others, and weigh nothing.
    const flipped = data.y.strings.map((label, i) => (i < 90 ? label : label === 'a' ? 'b' : 'a'));
    const weights = flipped.map((_, i) => (i < 90 ? 1 : 0));
    const { name } = await fit({ y: { strings: flipped }, sampleWeight: weights });
    await succeed(client.call('Load', { name }));
    const { labels } = await succeed(client.call('Predict', { name, x: { rows: data.x.rows.slice(90) } }));
    expect(labels.strings).to.deep.equal(data.y.strings.slice(90));
    await succeed(client.call('Unload', { name }));
  });

  it('validation_fraction is refused where it holds out all rows that weigh anything', async () => {
    const x = { rows: Array.from({ length: 8 }, (_, row) => ({ values: [row] })) };
    const y = { strings: Array.from({ length: 8 }, (_, row) => (row < 4 ? 'a' : 'b')) };
    // A row of each class weighs something, and one of each class is held out.
    const pairs = [0, 1, 2, 3].flatMap((first) => [4, 5, 6, 7].map((second) => [first, second]));
    const refused = [];
    for (const heavy of pairs) {
      const sampleWeight = Array.from({ length: 8 }, (_, row) => (heavy.includes(row) ? 1 : 0));
      const change = { x, y, sampleWeight, options: { validationFraction: 0.25 } };
      const outcome = await client.call('Fit', request(change));
      if (!outcome.ok) refused.push(outcome.fields);
    }
    expect(refused).to.deep.equal([['options.validation_fraction']]);
  });

  it('class_weight BALANCED changes what is learned from unbalanced classes', async () => {
    const x = { rows: [0, 0, 0, 0, 0, 0, 0, 0, 1].map((value) => ({ values: [value * 0] })) };
    const y = { strings: [0, 0, 0, 0, 0, 0, 0, 0, 1].map((label) => 'ab'[label]) };
    const estimator = { logisticRegression: {} };
    const probabilityOf = async (options: object) => {
      const { name } = await fit({ estimator, x, y, options });
      await succeed(client.call('Load', { name }));
      const ask = { name, x: { rows: [{ values: [0] }] }, includeProbabilities: true };
      const { probabilities } = await succeed(client.call('Predict', ask));
      await succeed(client.call('Unload', { name }));
      return probabilities.rows[0].values[1];
    };
    expect(await probabilityOf({})).to.be.closeTo(1 / 9, 1e-3);
    expect(await probabilityOf({ classWeight: 'CLASS_WEIGHT_BALANCED' })).to.be.closeTo(1 / 2, 1e-3);
  });

  it('weights are refused at their path: the wrong number, a negative one, and an engine that takes none', async () => {
    expect(await refusal({ sampleWeight: [1] })).to.deep.include({
      reason: 'INVALID_REQUEST',
      fields: ['sample_weight'],
    });
    const negative = data.y.strings.map((_, i) => (i === 3 ? -1 : 1));
    expect(await refusal({ sampleWeight: negative })).to.deep.include({ fields: ['sample_weight[3]'] });
    const ones = data.y.strings.map(() => 1);
    expect(await refusal({ estimator: quick, sampleWeight: ones })).to.deep.include({
      reason: 'NOT_IMPLEMENTED',
      fields: ['sample_weight'],
    });
    const balanced = { options: { classWeight: 'CLASS_WEIGHT_BALANCED' } };
    expect(await refusal({ estimator: quick, ...balanced })).to.deep.include({ fields: ['options.class_weight'] });
  });

  it('class_weight BALANCED_SUBSAMPLE is not built, and a number of no name is wrong', async () => {
    const fields = ['options.class_weight'];
    const subsample = { options: { classWeight: 'CLASS_WEIGHT_BALANCED_SUBSAMPLE' } };
    expect(await refusal(subsample)).to.deep.include({ code: 'UNIMPLEMENTED', fields });
    expect(await refusal({ options: { classWeight: 9 } })).to.deep.include({ code: 'INVALID_ARGUMENT', fields });
  });

  it('a forest shows the importances of its features, and they sum to 1', async () => {
    const { features } = await fit({});
    const importances = features.map(({ importance }: { importance: number }) => importance);
    expect(importances.reduce((sum: number, value: number) => sum + value, 0)).to.be.closeTo(1, 1e-9);
  });

  it('a forest shows its score out of the bag where it is asked for, and keeps it', async () => {
    const model = await fit({ estimator: { randomForestClassifier: { nEstimators: 10, oobScore: true } } });
    expect(model.metrics.oobScore).to.be.within(0.95, 1);
    expect((await succeed(client.call('GetModel', { name: model.name }))).model.metrics).to.deep.equal(model.metrics);
    expect((await fit({})).metrics).not.to.have.property('oobScore');
    const withoutBag = { randomForestClassifier: { oobScore: true, bootstrap: false } };
    expect(await refusal({ estimator: withoutBag })).to.deep.include({
      code: 'INVALID_ARGUMENT',
      fields: ['estimator.random_forest_classifier.oob_score'],
    });
  });

  it('a linear model tells whether it converged, and in how many iterations', async () => {
    const { metrics } = await fit({ estimator: { logisticRegression: {} } });
    expect(metrics).to.include({ converged: true });
    expect(metrics.nIter).to.be.within(1, 100);
    const hurried = await fit({ estimator: { logisticRegression: { maxIter: 1 } } });
    expect(hurried.metrics).to.include({ converged: false, nIter: 1 });
  });

  for (const estimator of [{ lgbmClassifier: { nEstimators: 40 } }, { xgbClassifier: { nEstimators: 40 } }]) {
    const [kind] = Object.keys(estimator);
    it(`early_stopping_rounds ends ${kind} after its best iteration, and the model says which that was`, async () => {
      const { metrics, features } = await fit({
        estimator,
        options: { validationFraction: 0.25, earlyStoppingRounds: 1 },
      });
      expect(metrics.bestIteration).to.be.within(1, metrics.nIter);
      expect(metrics.nIter).to.be.at.most(40);
      expect(features.reduce((sum: number, { splits }: { splits: number }) => sum + splits, 0)).to.be.above(0);
    });
  }

  it('early_stopping_rounds needs rows to look at, and an estimator that boosts', async () => {
    const options = { earlyStoppingRounds: 5 };
    const path = ['options.early_stopping_rounds'];
    expect(await refusal({ estimator: { lgbmClassifier: {} }, options })).to.deep.include({
      code: 'INVALID_ARGUMENT',
      fields: path,
    });
    expect(await refusal({ options: { ...options, validationFraction: 0.2 } })).to.deep.include({
      code: 'UNIMPLEMENTED',
      fields: path,
    });
  });

  it('a training that would outgrow its memory is refused before it starts, with the estimate', async () => {
    const small = await startTestServer({ trainingMemoryMb: 16 });
    const other = dynamicClient(small.address);
    const raw = {
      rows: 40_000,
      columns: 100,
      dtype: 'DTYPE_FLOAT32',
      data: Buffer.alloc(16_000_000).toString('base64'),
    };
    const y = { rawInt32: Buffer.from(Int32Array.from({ length: 40_000 }, (_, i) => i % 2).buffer).toString('base64') };
    const failure = await fail(
      other.call('Fit', { name: 'big', estimator: { kNeighborsClassifier: {} }, x: { raw }, y }),
    );
    expect(failure).to.include({ code: 'RESOURCE_EXHAUSTED', reason: 'TRAINING_MEMORY_LIMIT' });
    expect(failure.message).to.match(/about \d+ MB, and TRAINING_MEMORY_MB allows 16/);
    expect((await readdir(small.modelsPath)).toSorted()).to.deep.equal(['.lock']);
    await other.close();
    await small.close();
  });
});
