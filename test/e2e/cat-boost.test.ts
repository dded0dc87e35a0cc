import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { fail, succeed, type TestClient } from '../support/call.js';
import { readCatBoostReferences } from '../support/catboost-references.js';
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
  readonly splits?: number;
}

const data = blobs({ classes: 3, perClass: 60, features: 4, spread: 3 });

/** What is learned from what, and its sha256. */
const PINNED: readonly (readonly [what: string, set: object, name: 'breast_cancer' | 'wine', sha256: string])[] = [
  [
    'two classes',
    { iterations: 10 },
    'breast_cancer',
    '6a43b33ee3d833c95d9f80c7d07caebd966fbe8e1cca573f29b7439c04b8d495',
  ],
  ['two classes, with ten steps in leaves', { iterations: 5, depth: 8, leafEstimationIterations: 10 }, 'breast_cancer', 'ada26eacfaba65e6e1232b70e472790c08f70a8d721c07caf030a3a2e13854ec'], // prettier-ignore
  [
    'three classes',
    { iterations: 10, rsm: 0.5 },
    'wine',
    'fda61444d0e13d5c713eff56187aca404bc09dc91f29e0aca434d4c0ae41f02b',
  ],
  [
    'three classes, with rows drawn by their gradients',
    { iterations: 5, bootstrapType: 'BOOTSTRAP_TYPE_MVS', leafEstimationIterations: 3 },
    'wine',
    '93e0f678e4b44276b2b4dad4eea5db30804520f897e65f7f5bb6a6f860af0a93',
  ],
];

describe('Oblivious trees over gRPC', () => {
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

  it('learn the same from the same: again, in another slot, and after a restart', async () => {
    const estimator = { catBoostClassifier: { iterations: 6, rsm: 0.7 } };
    const fit = async (by: TestClient, name: string, seed: number) => {
      const options = { seed, validationFraction: 0.2, earlyStoppingRounds: 3 };
      const { model } = await succeed(by.call('Fit', { name, estimator, ...data, options }));
      return model.sha256 as string;
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

  for (const [what, set, name, sha256] of PINNED) {
    it(`have the same sha256 on every machine: ${what}`, async () => {
      const { rows, labels } = readDataSet(name);
      const x = { rows: rows.map((values) => ({ values: [...values] })) };
      const request = { name: 'pinned', estimator: { catBoostClassifier: set }, x, y: { strings: [...labels] } };
      const { model } = await succeed(client.call('Fit', request));
      expect(model.sha256).to.equal(sha256);
    });
  }

  it('show how far they are and how good, and end when they are cancelled', async () => {
    const estimator = { catBoostClassifier: { iterations: 100_000 } };
    const request = { estimator, ...data, options: { validationFraction: 0.2 } };
    const training = await hold(request, ({ iteration = 0 }) => iteration > 1);
    const { fraction = 0, iteration = 0, iterations, trainLoss, validationLoss } = training.progress;
    expect(iterations).to.equal(100_000);
    expect(fraction).to.be.closeTo(iteration / 100_000, 1e-12);
    // Three classes that overlap: better than to guess, and not perfect.
    expect(trainLoss).to.be.within(1e-9, Math.log(3));
    expect(validationLoss).to.be.above(0);
    await training.cancel();
  });

  it('are cancelled inside an iteration that would go on for longer than the test waits', async () => {
    const random = lcg(2);
    // Noise, of which each row has a bin of its own: many leaves, with large histograms.
    const [rows, columns, classes] = [8_000, 64, 10];
    const values = Float32Array.from({ length: rows * columns }, random);
    const labels = Int32Array.from({ length: rows }, (_, i) => (i < classes ? i : Math.floor(random() * classes)));
    const request = {
      estimator: { catBoostClassifier: { iterations: 1, borderCount: 8_000, depth: 16 } },
      x: { raw: { rows, columns, dtype: 'DTYPE_FLOAT32', data: Buffer.from(values.buffer).toString('base64') } },
      y: { rawInt32: Buffer.from(labels.buffer).toString('base64') },
    };
    const training = await hold(request, ({ iterations }) => iterations === 1);
    expect(training.progress).to.not.have.property('trainLoss');
    await training.cancel();
  });

  it('show CatBoost’s importances, and every hyperparameter that has a value', async () => {
    const reference = readCatBoostReferences().find(
      ({ data: of, hyperparameters }) => of === 'breast cancer' && hyperparameters.depth === 3,
    );
    if (reference === undefined) throw new Error('there is no such reference');
    const { rows, labels } = readDataSet('breast_cancer');
    const set = { iterations: 10, randomStrength: 0, bootstrapType: 'BOOTSTRAP_TYPE_NO', borderCount: 63, depth: 3 };
    const x = { rows: rows.map((values) => ({ values })) };
    // The reference has the malignant ones second.
    const y = { strings: labels.map((label) => (label === 'malignant' ? 'b' : 'a')) };
    const request = { name: 'm', estimator: { catBoostClassifier: set }, x, y };
    const fitted = (await succeed(client.call('Fit', request))).model;
    const kept = (await succeed(client.call('GetModel', { name: 'm' }))).model;
    for (const { features, estimator } of [fitted, kept]) {
      features.forEach(({ importance }: FeatureJson, i: number) =>
        expect(importance).to.be.closeTo(reference.importances[i], 1e-4),
      );
      const splits = features.reduce((sum: number, each: FeatureJson) => sum + (each.splits ?? 0), 0);
      expect(splits).to.be.within(1, 10 * 3);
      expect(estimator.catBoostClassifier).to.deep.equal({
        ...set,
        // What was left open is as CatBoost has set it; there is no share of all rows.
        learningRate: 0.5,
        l2LeafReg: 3,
        leafEstimationIterations: 10,
        rsm: 1,
        oneHotMaxSize: 2,
        nanMode: 'NAN_MODE_MIN',
        autoClassWeights: 'AUTO_CLASS_WEIGHTS_NONE',
      });
    }
  });

  it('are learned again from the hyperparameters that they show', async () => {
    const { model } = await succeed(client.call('Fit', { name: 'm', estimator: { catBoostClassifier: {} }, ...data }));
    const { learningRate, ...shown } = model.estimator.catBoostClassifier;
    expect(learningRate).to.be.within(0.01, 0.5);
    expect(shown).to.include({ bootstrapType: 'BOOTSTRAP_TYPE_BAYESIAN', baggingTemperature: 1 });
    expect(shown).not.to.have.property('subsample');
    const again = await succeed(client.call('Fit', { name: 'n', estimator: model.estimator, ...data }));
    expect(again.model.sha256).to.equal(model.sha256);
  }).timeout(60_000);

  it('stop early, and tell the best iteration', async () => {
    const estimator = { catBoostClassifier: { learningRate: 0.5, iterations: 200 } };
    const options = { validationFraction: 0.3, earlyStoppingRounds: 5 };
    const { model } = await succeed(client.call('Fit', { name: 'm', estimator, ...data, options }));
    const { nIter, bestIteration } = model.metrics;
    expect(bestIteration).to.be.within(1, 194);
    expect(nIter).to.equal(bestIteration + 5);
  });

  it('learn by class_weight BALANCED what they learn by the same weights of rows', async () => {
    const estimator = { catBoostClassifier: { iterations: 6 } };
    // Of b a half, and of c a quarter of the rows of a.
    const isKept = (_: unknown, i: number) => [1, 2, 4].every((rest, label) => i % 3 !== label || i % (3 * rest) === label); // prettier-ignore
    const x = { rows: data.x.rows.filter(isKept) };
    const y = { strings: data.y.strings.filter(isKept) };
    const n = y.strings.length;
    const weightOf = (label: string) => n / (3 * y.strings.filter((each) => each === label).length);
    let names = 0;
    const learned = async (change: object) =>
      (await succeed(client.call('Fit', { name: `m${++names}`, estimator, x, y, ...change }))).model.sha256 as string;
    const none = await learned({});
    const balanced = await learned({ options: { classWeight: 'CLASS_WEIGHT_BALANCED' } });
    expect(balanced).not.to.equal(none);
    expect(await learned({ sampleWeight: y.strings.map(weightOf) })).to.equal(balanced);
    expect(await learned({ sampleWeight: y.strings.map(() => 1) })).to.equal(none);
  });

  for (const [set, field, says] of [
    [{ subsample: 0.5 }, 'subsample', 'the default for more than two classes'],
    [{ subsample: 0.5, bootstrapType: 'BOOTSTRAP_TYPE_NO' }, 'subsample', 'choose BERNOULLI or MVS'],
    [{ baggingTemperature: 1, bootstrapType: 'BOOTSTRAP_TYPE_MVS' }, 'bagging_temperature', 'choose BAYESIAN'],
    [{ depth: 17 }, 'depth', 'at most 16'],
  ] as const) {
    it(`are refused with ${JSON.stringify(set)}, which says what would be right`, async () => {
      const failure = await fail(client.call('Fit', { name: 'm', estimator: { catBoostClassifier: set }, ...data }));
      expect(failure).to.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST' });
      expect(failure.fields).to.deep.equal([`estimator.cat_boost_classifier.${field}`]);
      expect(failure.message).to.contain(says);
    });
  }

  /** 40 rows of two columns; with a gap in `column` of one of them. */
  const withGap = (column: number, row = 23) => ({
    rows: Array.from({ length: 40 }, (_, i) => ({
      values: [i % 5, i].map((value, at) => (at === column && i === row ? 'NaN' : value)),
    })),
  });
  const y = { ints: Array.from({ length: 40 }, (_, i) => i % 2) };

  for (const [what, column, set, message] of [
    ['a missing category', 0, {}, 'takes no missing categories; give them one of their own'],
    ['a missing number where nan_mode is FORBIDDEN', 1, { nanMode: 'NAN_MODE_FORBIDDEN' }, 'nan_mode is FORBIDDEN'],
  ] as const) {
    it(`refuses ${what} at its cell, held out or not, and in Predict`, async () => {
      const estimator = { catBoostClassifier: { iterations: 3, ...set } };
      const request = (seed: number, x: object) => ({
        name: 'gaps',
        estimator,
        x,
        y,
        options: { seed, validationFraction: 0.4, categoricalFeatures: [0] },
      });
      for (const seed of [0, 1, 2, 3, 4, 5]) {
        const refusal = await fail(client.call('Fit', request(seed, withGap(column))));
        expect(refusal).to.deep.include({ code: 'INVALID_ARGUMENT', fields: [`x.rows[23].values[${column}]`] });
        expect(refusal.message).to.contain(message);
      }
      await succeed(client.call('Fit', request(0, withGap(-1))));
      await succeed(client.call('Load', { name: 'gaps' }));
      const refusal = await fail(client.call('Predict', { name: 'gaps', x: withGap(column, 7) }));
      expect(refusal).to.deep.include({ code: 'INVALID_ARGUMENT', fields: [`x.rows[7].values[${column}]`] });
      await succeed(client.call('Predict', { name: 'gaps', x: withGap(-1) }));
    });
  }

  it('takes missing numbers beside categories', async () => {
    const estimator = { catBoostClassifier: { iterations: 3 } };
    const request = { name: 'gaps', estimator, x: withGap(1), y, options: { categoricalFeatures: [0] } };
    await succeed(client.call('Fit', request));
    await succeed(client.call('Load', { name: 'gaps' }));
    await succeed(client.call('Predict', { name: 'gaps', x: withGap(1, 3) }));
  });
});
