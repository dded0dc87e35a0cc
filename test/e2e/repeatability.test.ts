import { expect } from 'chai';
import { succeed, type TestClient } from '../support/call.js';
import { readDataSet } from '../support/csv.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, type Problem } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** A data set of test/data, as a request has it. */
function shipped(name: 'breast_cancer' | 'wine'): Problem {
  const { rows, labels } = readDataSet(name);
  return { x: { rows: rows.map((row) => ({ values: [...row] })) }, y: { strings: [...labels] } };
}

const corners = blobs({ classes: 4, features: 5, spread: 3 });
const [breastCancer, wine] = [shipped('breast_cancer'), shipped('wine')];

/** What is learned from what; on arm64, and by every version of Node, it has this sha256. */
const PINNED: readonly (readonly [what: string, estimator: object, problem: Problem, sha256: string])[] = [
  [
    'a forest of ml.js',
    { randomForestClassifier: { nEstimators: 5, engine: 'ENGINE_MLJS' } },
    corners,
    '42873de6546316ab555d177fbd5084c1346ac8bab14ee12730418f0ce7c605fe',
  ],
  [
    'neighbours of ml.js',
    { kNeighborsClassifier: { engine: 'ENGINE_MLJS' } },
    corners,
    '78e005e14d26c747caeb143c71c84ca180d1964ce69c79ba21a2c7082327c27d',
  ],
  [
    'a forest',
    { randomForestClassifier: { nEstimators: 10 } },
    breastCancer,
    '9941dd86f99290bd1a73602f6fb1b4fbf7c955a64978042cf0b31371af4fe8a6',
  ],
  [
    'a forest by entropy, pruned and scored out of the bag',
    { randomForestClassifier: { nEstimators: 10, criterion: 'CRITERION_ENTROPY', ccpAlpha: 0.01, oobScore: true } },
    wine,
    '6276495a130324ae6ac697be8313af22b28398c232d0df30ff9b20cd0c905bf8',
  ],
  [
    'logistic regression of two classes',
    { logisticRegression: {} },
    breastCancer,
    '16cb2843cfbffea3db37e0441b97ae458235096784d929e28287ba62b912864e',
  ],
  [
    'logistic regression of three classes',
    { logisticRegression: {} },
    wine,
    'c07a555d141a6fe408ea1f877b2e6dcda7ecf9de8098c10906b2a5773735ee9a',
  ],
  [
    'logistic regression with an L1 penalty',
    { logisticRegression: { penalty: 'PENALTY_L1', l1Ratio: 1 } },
    breastCancer,
    '8d46ac18b030a6431d96a63e06174de46c81fbbb7b25bde92eef74d4284008fa',
  ],
  [
    'neighbours',
    { kNeighborsClassifier: {} },
    breastCancer,
    'b8ae1f8009799edc74b7a9ec55b1211fb0ae28e5d659115b8ae848a9ff3199f1',
  ],
  [
    "LightGBM's trees of two classes",
    { lgbmClassifier: { nEstimators: 10 } },
    breastCancer,
    'd75b73e52051e789b4391adde22c61f62fff65ae59da73bf30a2fd8834ac6aa6',
  ],
  [
    "LightGBM's trees of three classes",
    { lgbmClassifier: { nEstimators: 10, subsample: 0.8, subsampleFreq: 1 } },
    wine,
    '06ca48d3b002697713c6de0b1c55c1402075883dbf08916833cc2009be19056f',
  ],
  [
    "XGBoost's trees of two classes",
    { xgbClassifier: { nEstimators: 10 } },
    breastCancer,
    'ff77c571c0de81549f00cc7a8573e6f84403ec5178a235df2f99a4b767bd16ad',
  ],
  [
    "XGBoost's trees of three classes",
    { xgbClassifier: { nEstimators: 10, subsample: 0.8, colsampleBynode: 0.5 } },
    wine,
    'e71cd34b6cb0d6214af6446ff09e7fd7a53437da2943ab32575cf5cb647f11d8',
  ],
];

describe('What is learned', () => {
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

  for (const [what, estimator, problem, sha256] of PINNED) {
    it(`has the same sha256 on every machine: ${what}`, async () => {
      const { model } = await succeed(client.call('Fit', { name: 'pinned', estimator, ...problem }));
      expect(model.sha256).to.equal(sha256);
    });
  }

  for (const estimator of [
    { randomForestClassifier: { nEstimators: 5 } },
    { logisticRegression: {} },
    { kNeighborsClassifier: {} },
  ]) {
    const [kind] = Object.keys(estimator);

    it(`is the same from the same, in another slot and after a restart: ${kind}`, async () => {
      const fit = async (by: TestClient, name: string, more: object = {}) => {
        const request = { name, estimator, ...wine, options: { seed: 5 }, ...more };
        return (await succeed(by.call('Fit', request))).model.sha256;
      };
      // At the same time, so in both slots.
      const [first, second] = await Promise.all([fit(client, 'a'), fit(client, 'b')]);
      expect(second).to.equal(first);
      expect(await fit(client, 'c', corners)).not.to.equal(first);

      const restarted = await server.restart();
      const again = dynamicClient(restarted.address);
      expect(await fit(again, 'd')).to.equal(first);
      await again.close();
      await restarted.close();
    });
  }

  it('is another forest under another seed', async () => {
    const estimator = { randomForestClassifier: { nEstimators: 5 } };
    const [one, other] = await Promise.all(
      [5, 6].map((seed) => succeed(client.call('Fit', { name: `of-${seed}`, estimator, ...wine, options: { seed } }))),
    );
    expect(other.model.sha256).not.to.equal(one.model.sha256);
  });
});
