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
    '9e6a7f58cfc82211e467c65b006f3b7cdc077d3ed1b9a2f6dfcc46fc1a318883',
  ],
  [
    "LightGBM's trees of three classes",
    { lgbmClassifier: { nEstimators: 10, subsample: 0.8, subsampleFreq: 1 } },
    wine,
    '520fb06a0185d20dec8f0c19337b8f47cd2cca63523979be0b3c979403e783de',
  ],
  [
    "XGBoost's trees of two classes",
    { xgbClassifier: { nEstimators: 10 } },
    breastCancer,
    'ec9ae901dc956162763399afa03ddc26812ffdf72a7ce5f7ee4eba258836eace',
  ],
  [
    "XGBoost's trees of three classes",
    { xgbClassifier: { nEstimators: 10, subsample: 0.8, colsampleBynode: 0.5 } },
    wine,
    'fa1d0ba4b279d8a92bb10a970fcde1e7554fe6b32d901828de1972fb3a94b7ef',
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
