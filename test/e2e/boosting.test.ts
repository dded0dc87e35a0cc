import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { readBoostingReferences } from '../support/boosting-references.js';
import { succeed, type TestClient } from '../support/call.js';
import { readDataSet } from '../support/csv.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, lcg } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { untilStatus } from '../support/trainings.js';

interface ProgressJson {
  readonly fraction?: number;
  readonly iteration?: number;
  readonly iterations?: number;
  readonly trainLoss?: number;
  readonly validationLoss?: number;
}

interface FeatureJson {
  readonly importance: number;
  readonly splits: number;
}

const data = blobs({ classes: 3, perClass: 60, features: 4, spread: 3 });

describe('Boosted trees over gRPC', () => {
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

  /** Starts a Fit that is left to itself until it is cancelled, and waits for progress that is as wanted. */
  async function hold(request: object, isWanted: (progress: ProgressJson) => boolean) {
    const abort = new AbortController();
    const ended = client.call('Fit', { name: 'held', ...request }, { signal: abort.signal });
    let progress: ProgressJson = {};
    await untilStatus(client, ({ trainings = [] }) => {
      progress = (trainings[0] as { progress?: ProgressJson } | undefined)?.progress ?? {};
      return isWanted(progress);
    });
    return {
      progress,
      async cancel() {
        abort.abort();
        expect(await ended).to.include({ ok: false, code: 'CANCELLED' });
        await untilStatus(client, ({ busyTrainingSlots = 0 }) => busyTrainingSlots === 0);
        expect((await readdir(server.modelsPath)).toSorted()).to.deep.equal(['.lock']);
      },
    };
  }

  for (const estimator of [
    { lgbmClassifier: { nEstimators: 6, subsample: 0.6, subsampleFreq: 1, colsampleBytree: 0.5, minChildSamples: 2 } },
    { xgbClassifier: { nEstimators: 6, subsample: 0.6, colsampleBytree: 0.5, colsampleBynode: 0.5 } },
  ]) {
    const [kind] = Object.keys(estimator);

    it(`${kind} learns the same from the same: again, in another slot, and after a restart`, async () => {
      const fit = async (by: TestClient, name: string, seed: number) => {
        const request = {
          name,
          estimator,
          ...data,
          options: { seed, validationFraction: 0.2, earlyStoppingRounds: 3 },
        };
        return (await succeed(by.call('Fit', request))).model.sha256 as string;
      };
      // Both slots are taken at once; then either of them is, and then another server's.
      const [first, second] = await Promise.all([fit(client, 'a', 5), fit(client, 'b', 5)]);
      expect(second).to.equal(first);
      expect(await fit(client, 'c', 5)).to.equal(first);
      expect(await fit(client, 'd', 6)).not.to.equal(first);
      const restarted = await server.restart();
      const again = dynamicClient(restarted.address);
      expect(await fit(again, 'e', 5)).to.equal(first);
      await again.close();
      await restarted.close();
    });

    it(`${kind} shows how far it is and how good, and ends when it is cancelled`, async () => {
      const endless = { [kind]: { ...Object.values(estimator)[0], nEstimators: 100_000 } };
      const request = { estimator: endless, ...data, options: { validationFraction: 0.2 } };
      const training = await hold(request, ({ iteration = 0 }) => iteration > 1);
      const { fraction = 0, iteration = 0, iterations, trainLoss, validationLoss } = training.progress;
      expect(iterations).to.equal(100_000);
      expect(fraction).to.be.closeTo(iteration / 100_000, 1e-12);
      // Three classes that overlap: better than to guess, and not perfect.
      expect(trainLoss).to.be.within(1e-9, Math.log(3));
      expect(validationLoss).to.be.above(0);
      await training.cancel();
    });
  }

  for (const [kind, estimator, hyperparameters] of [
    ['lgbm_classifier', { lgbmClassifier: { nEstimators: 10, numLeaves: 5 } }, { num_leaves: 5 }],
    ['xgb_classifier', { xgbClassifier: { nEstimators: 10, maxDepth: 3 } }, { max_depth: 3 }],
  ] as const) {
    it(`${kind} shows its namesake’s importances: shares of the gains, and numbers of splits`, async () => {
      const reference = readBoostingReferences().find(
        (each) => each.kind === kind && each.data === 'breast cancer' && isDeepStrictEqual(each.hyperparameters, hyperparameters), // prettier-ignore
      );
      if (reference === undefined) throw new Error('there is no such reference');
      const { rows, labels } = readDataSet('breast_cancer');
      const request = { name: 'm', estimator, x: { rows: rows.map((values) => ({ values })) }, y: { strings: labels } };
      const fitted = (await succeed(client.call('Fit', request))).model;
      const kept = (await succeed(client.call('GetModel', { name: 'm' }))).model;
      for (const { features } of [fitted, kept]) {
        expect(features.map(({ splits }: FeatureJson) => splits)).to.deep.equal(reference.splits);
        features.forEach(({ importance }: FeatureJson, i: number) =>
          expect(importance).to.be.closeTo(reference.gains[i], 1e-5),
        );
      }
    });
  }

  for (const estimator of [{ lgbmClassifier: { nEstimators: 6 } }, { xgbClassifier: { nEstimators: 6 } }]) {
    const [kind] = Object.keys(estimator);

    it(`${kind} learns by class_weight BALANCED what it learns by the same weights of rows`, async () => {
      // Of b a half, and of c a quarter of the rows of a.
      const isKept = (_: unknown, i: number) => [1, 2, 4].every((rest, label) => i % 3 !== label || i % (3 * rest) === label); // prettier-ignore
      const x = { rows: data.x.rows.filter(isKept) };
      const y = { strings: data.y.strings.filter(isKept) };
      const n = y.strings.length;
      const weightOf = (label: string) => n / (3 * y.strings.filter((each) => each === label).length);
      const own = y.strings.map((_, i) => 1 + (i % 3) / 2);
      const balanced = { options: { classWeight: 'CLASS_WEIGHT_BALANCED' } };
      let names = 0;
      const learned = async (change: object) =>
        (await succeed(client.call('Fit', { name: `m${++names}`, estimator, x, y, ...change }))).model.sha256 as string;
      const sums = {
        none: await learned({}),
        own: await learned({ sampleWeight: own }),
        balanced: await learned(balanced),
        both: await learned({ ...balanced, sampleWeight: own }),
      };
      expect(new Set(Object.values(sums))).to.have.property('size', 4);
      expect(await learned({ sampleWeight: y.strings.map(() => 1) })).to.equal(sums.none);
      expect(await learned({ sampleWeight: y.strings.map(weightOf) })).to.equal(sums.balanced);
      expect(await learned({ sampleWeight: own.map((weight, i) => weight * weightOf(y.strings[i])) })).to.equal(sums.both); // prettier-ignore
    });
  }

  it('a training is cancelled inside an iteration that would go on for longer than the test waits', async () => {
    const random = lcg(2);
    // Noise, of which each row has a bin of its own: many nodes, with large histograms.
    const [rows, columns, classes] = [8_000, 64, 10];
    const values = Float32Array.from({ length: rows * columns }, random);
    const labels = Int32Array.from({ length: rows }, (_, i) => (i < classes ? i : Math.floor(random() * classes)));
    const request = {
      estimator: {
        xgbClassifier: {
          nEstimators: 1,
          maxBin: 8_000,
          growPolicy: 'GROW_POLICY_LOSSGUIDE',
          maxDepth: 0,
          minChildWeight: 0,
          regLambda: 0,
        },
      },
      x: { raw: { rows, columns, dtype: 'DTYPE_FLOAT32', data: Buffer.from(values.buffer).toString('base64') } },
      y: { rawInt32: Buffer.from(labels.buffer).toString('base64') },
    };
    const training = await hold(request, ({ iterations }) => iterations === 1);
    expect(training.progress).to.not.have.property('trainLoss');
    await training.cancel();
  });
});
