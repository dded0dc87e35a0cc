import { expect } from 'chai';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { lcg } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Column {
  readonly name: string;
  readonly numbers?: readonly (number | string)[];
  readonly strings?: readonly string[];
}

const COLOURS = ['red', 'blue', 'green', '', 'Größe 🎨', '0', 'null'];
const CODES = [-5, 0, 7, 2 ** 40];
const WARM = new Set(['red', '', '0']);
const N = 960;

/** A table in which the label is told by the colour and the code, and by nothing else. */
const colours = Array.from({ length: N }, (_, i) => COLOURS[(i * i + (i % 3)) % COLOURS.length]);
const codes = Array.from({ length: N }, (_, i) => CODES[Math.floor(i / 3) % CODES.length]);
const random = lcg(11);
const columns: readonly Column[] = [
  { name: 'size', numbers: Array.from({ length: N }, () => random()) },
  { name: 'colour', strings: colours },
  { name: 'code', numbers: codes },
];
const labels = colours.map((colour, i) => (WARM.has(colour) ? 'warm' : codes[i] === 7 ? 'cold' : 'mild'));
const data = { x: { columns }, y: { strings: labels }, options: { categoricalFeatures: [2] } };

const ESTIMATORS: readonly object[] = [
  { logisticRegression: { C: 10 } },
  { logisticRegression: { maxIter: 100, engine: 'ENGINE_MLJS' } },
  { randomForestClassifier: { nEstimators: 20 } },
  { randomForestClassifier: { nEstimators: 20, engine: 'ENGINE_MLJS' } },
  { kNeighborsClassifier: { nNeighbors: 3 } },
  { kNeighborsClassifier: { nNeighbors: 3, engine: 'ENGINE_MLJS' } },
  { lgbmClassifier: { nEstimators: 30, minChildSamples: 5 } },
  { xgbClassifier: { nEstimators: 30 } },
  { catBoostClassifier: { iterations: 30 } },
];

/** The values of a column's categories, the most frequent first; of equally frequent ones, by `order`. */
function byFrequency<T>(values: readonly T[], order: (a: T, b: T) => number): T[] {
  const count = (value: T) => values.filter((each) => each === value).length;
  return [...new Set(values)].toSorted((a, b) => count(b) - count(a) || order(a, b));
}

const firstPlace = (a: string, b: string) => colours.indexOf(a) - colours.indexOf(b);

describe('Categories', () => {
  let server: TestServer;
  let client: TestClient;
  let names = 0;

  before(async () => {
    server = await startTestServer({ maxInferenceModels: 100 });
    client = dynamicClient(server.address);
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  const request = (change: object = {}) => ({ name: `m${++names}`, estimator: ESTIMATORS[2], ...data, ...change });
  const fit = async (change?: object) => (await succeed(client.call('Fit', request(change)))).model;
  const loaded = async (change?: object) => {
    const { name } = await fit(change);
    await succeed(client.call('Load', { name }));
    return name as string;
  };
  const predict = (by: TestClient, name: string, x: object) =>
    succeed(by.call('Predict', { name, x, includeProbabilities: true }));

  for (const estimator of ESTIMATORS) {
    const [[kind, { engine = 'ENGINE_CORE' }]] = Object.entries(estimator) as [string, { engine?: string }][];

    describe(`of ${kind} (${engine})`, () => {
      it('are stored with the model, which shows them', async () => {
        const model = await fit({ estimator });
        const facts = ['name', 'kind', 'categories', 'nCategories', 'integerCategories'];
        const schema = model.features.map((feature: Record<string, unknown>) =>
          Object.fromEntries(Object.entries(feature).filter(([key]) => facts.includes(key))),
        );
        expect(schema).to.deep.equal([
          { name: 'size', kind: 'FEATURE_KIND_NUMERIC' },
          {
            name: 'colour',
            kind: 'FEATURE_KIND_CATEGORICAL',
            categories: byFrequency(colours, firstPlace),
            nCategories: 7,
          },
          {
            name: 'code',
            kind: 'FEATURE_KIND_CATEGORICAL',
            categories: byFrequency(codes, (a, b) => a - b).map(String),
            nCategories: 4,
            integerCategories: true,
          },
        ]);
        expect(model.nFeaturesIn).to.equal(3);
        const { name } = model;
        expect((await succeed(client.call('GetModel', { name }))).model.features).to.deep.equal(model.features);
        expect((await succeed(client.call('Load', { name }))).model.features).to.deep.equal(model.features);
      });

      it('are learned from, and recognised in Predict, in whatever order their columns come', async () => {
        const name = await loaded({ estimator });
        const answer = await predict(client, name, { columns });
        const right = labels.filter((label, i) => label === answer.labels.strings[i]).length;
        expect(right / N).to.be.above(0.9);
        const turned = await predict(client, name, { columns: columns.toReversed() });
        expect(turned).to.deep.equal(answer);
        // A row alone is answered by other kernels, whose last bits may differ.
        const one = columns.map(({ name: of, numbers, strings }) => ({
          name: of,
          ...(strings === undefined ? { numbers: numbers?.slice(5, 6) } : { strings: strings.slice(5, 6) }),
        }));
        const { probabilities } = await predict(client, name, { columns: one });
        probabilities.rows[0].values.forEach((p: number, k: number) =>
          expect(p).to.be.closeTo(answer.probabilities.rows[5].values[k], 1e-9),
        );
      });

      it('that no training row had are taken, and tell nothing of the others', async () => {
        const name = await loaded({ estimator });
        const x = {
          columns: [
            { name: 'size', numbers: [0.5, 0.5, 0.5] },
            { name: 'colour', strings: ['violet', 'never seen', 'red'] },
            { name: 'code', numbers: [3, 2 ** 50, 7] },
          ],
        };
        const { probabilities } = await predict(client, name, x);
        const [first, second, known] = probabilities.rows.map(({ values }: { values: number[] }) => values);
        expect(first.reduce((sum: number, p: number) => sum + p)).to.be.closeTo(1, 1e-9);
        expect(second).to.deep.equal(first);
        // Classes: cold, mild, warm.
        expect(known[2]).to.be.above(0.5);
      });

      it('give equal probabilities after a restart, and an equal sha256 on another server', async () => {
        const first = await startTestServer();
        const by = dynamicClient(first.address);
        const { model } = await succeed(by.call('Fit', { name: 'kept', estimator, ...data }));
        const again = await succeed(by.call('Fit', { name: 'again', estimator, ...data }));
        expect(again.model.sha256).to.equal(model.sha256);
        expect((await fit({ estimator })).sha256).to.equal(model.sha256);
        const colour = { name: 'colour', strings: colours.with(0, 'violet') };
        const other = await fit({ estimator, x: { columns: columns.with(1, colour) } });
        expect(other.sha256).not.to.equal(model.sha256);
        await succeed(by.call('Load', { name: 'kept' }));
        const before = await predict(by, 'kept', { columns });
        await by.close();

        const second = await first.restart();
        const reborn = dynamicClient(second.address);
        expect((await succeed(reborn.call('GetModel', { name: 'kept' }))).model).to.deep.equal(model);
        await succeed(reborn.call('Load', { name: 'kept' }));
        expect(await predict(reborn, 'kept', { columns })).to.deep.equal(before);
        await reborn.close();
        await second.close();
      });

      it('are held out with their rows, and those of the training rows alone are the model’s', async () => {
        // A colour of one row each, a quarter of which is held out.
        const strings = colours.map((colour, i) => (i < 40 ? `rare ${i}` : colour));
        const x = { columns: columns.with(1, { name: 'colour', strings }) };
        const options = { categoricalFeatures: [2], validationFraction: 0.25 };
        const model = await fit({ estimator, x, options });
        expect(model.metrics.accuracy).to.be.above(0.6);
        expect(model.features[1].nCategories).to.be.within(7 + 20, 7 + 38);
      });
    });
  }

  it('as integers come in any encoding, and mean the same in each', async () => {
    const values = codes.map((code, i) => [code, i % 2 === 0 ? 0.25 : 0.75]);
    const raw = (dtype: string, numbers: Float64Array | Float32Array) => ({
      raw: { rows: N, columns: 2, dtype, data: Buffer.from(numbers.buffer).toString('base64') },
    });
    const encodings = {
      rows: { rows: values.map((row) => ({ values: row })) },
      doubles: raw('DTYPE_FLOAT64', Float64Array.from(values.flat())),
      floats: raw('DTYPE_FLOAT32', Float32Array.from(values.flat())),
      columns: { columns: ['x0', 'x1'].map((name, column) => ({ name, numbers: values.map((row) => row[column]) })) },
    };
    const y = { strings: codes.map((code) => (code === 7 || code === -5 ? 'a' : 'b')) };
    const options = { categoricalFeatures: [0] };
    const answers: unknown[] = [];
    const digests = new Set<string>();
    for (const x of Object.values(encodings)) {
      const model = await fit({ x, y, options });
      digests.add(model.sha256);
      const { name } = model;
      await succeed(client.call('Load', { name }));
      for (const queries of Object.values(encodings)) {
        const { labels: answered } = await succeed(client.call('Predict', { name, x: queries }));
        answers.push(answered.strings);
      }
    }
    expect(digests.size).to.equal(1);
    expect(answers).to.deep.equal(answers.map(() => y.strings));
    expect(answers).to.have.length(16);
  });

  it('may be missing as integers where the estimator takes missing values', async () => {
    const numbers = codes.map((code, i) => (i % 5 === 0 ? 'NaN' : code));
    const x = { columns: columns.with(2, { name: 'code', numbers }) };
    const name = await loaded({ x });
    await predict(client, name, x);
    const failure = await fail(client.call('Fit', request({ x, estimator: { kNeighborsClassifier: {} } })));
    expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['x.columns[2].numbers[0]'] });
  });

  it('may all be missing from a column, which tells nothing then', async () => {
    const missing = { name: 'code', numbers: codes.map(() => 'NaN') };
    const x = { columns: columns.with(2, missing) };
    const model = await fit({ x });
    expect(model.features[2]).to.deep.include({ kind: 'FEATURE_KIND_CATEGORICAL', integerCategories: true });
    expect(model.features[2]).not.to.have.any.keys('categories', 'nCategories');
    await succeed(client.call('Load', { name: model.name }));
    const { probabilities } = await predict(client, model.name, x);
    const known = await predict(client, model.name, { columns });
    expect(known.probabilities).to.deep.equal(probabilities);
  });

  it('give a forest the importance of their columns', async () => {
    const { features } = await fit();
    const [size, colour, code] = features.map(({ importance }: { importance: number }) => importance);
    expect(size + colour + code).to.be.closeTo(1, 1e-9);
    expect(colour).to.be.above(size);
  });

  it('are not shown in lists, but counted', async () => {
    const { name } = await fit();
    const { models } = await succeed(client.call('ListModels', { pageSize: 1000 }));
    const listed = models.find((model: { name: string }) => model.name === name);
    expect(listed.features[1]).to.include({ kind: 'FEATURE_KIND_CATEGORICAL', nCategories: 7 });
    expect(listed.features[1]).not.to.have.property('categories');
  });

  it('may be 100,000 in a column: all are recognised, and the first 1,000 shown', async () => {
    const nRows = 100_000;
    const strings = Array.from({ length: nRows }, (_, i) => `user-${(i * 7919) % nRows}@example.org`);
    const size = Array.from({ length: nRows }, (_, i) => i % 2);
    const x = {
      columns: [
        { name: 'user', strings },
        { name: 'size', numbers: size },
      ],
    };
    const estimator = { randomForestClassifier: { nEstimators: 2, maxFeatures: { rule: 'RULE_ALL' } } };
    const model = await fit({ estimator, x, y: { ints: size }, options: {} });
    expect(model.features[0]).to.include({ nCategories: nRows });
    expect(model.features[0].categories).to.deep.equal(strings.slice(0, 1000));
    await succeed(client.call('Load', { name: model.name }));
    const { labels: answered } = await predict(client, model.name, x);
    expect(answered.ints.map(Number)).to.deep.equal(size);
  }).timeout(60_000);

  it('may be of 10 KB each', async () => {
    const long = (i: number) => `${'text '.repeat(2048)}${i % 150}`;
    const strings = Array.from({ length: N }, (_, i) => long(i));
    const name = await loaded({ x: { columns: [{ name: 'text', strings }] }, options: {} });
    const { model } = await succeed(client.call('GetModel', { name }));
    expect(model.features[0].nCategories).to.equal(150);
    expect(model.features[0].categories).to.deep.equal(Array.from({ length: 102 }, (_, i) => long(i)));
    await predict(client, name, { columns: [{ name: 'text', strings: [long(3), 'short'] }] });
  });

  it('too many for a feature each are refused with the column, its number and the mend', async () => {
    const strings = Array.from({ length: 5000 }, (_, i) => `c${i}`);
    const change = {
      x: { columns: [{ name: 'city', strings }] },
      y: { ints: strings.map((_, i) => i % 2) },
      options: {},
    };
    for (const estimator of [{ logisticRegression: {} }, { kNeighborsClassifier: { engine: 'ENGINE_MLJS' } }]) {
      const failure = await fail(client.call('Fit', request({ ...change, estimator })));
      expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['x.columns[0].strings'] });
      expect(failure.message).to.match(/5000 categories, those of "city".*at most 4096.*drop the column.*forest/);
    }
  });

  describe('in Predict', () => {
    let name: string;
    before(async () => {
      name = await loaded();
    });
    const size = { name: 'size', numbers: [1, 2] };
    const colour = { name: 'colour', strings: ['red', 'blue'] };
    const code = { name: 'code', numbers: [7, 7] };

    for (const [what, x, field] of [
      ['numbers for strings', { columns: [size, code, { name: 'colour', numbers: [1, 2] }] }, 'x.columns[2].numbers'],
      [
        'strings for numbers',
        { columns: [colour, { name: 'size', strings: ['1', '2'] }, code] },
        'x.columns[1].strings',
      ],
      [
        'strings for integers',
        { columns: [size, colour, { name: 'code', strings: ['7', '7'] }] },
        'x.columns[2].strings',
      ],
      ['rows', { rows: [{ values: [1, 0, 7] }] }, 'x.rows'],
      [
        'packed numbers',
        { raw: { rows: 1, columns: 3, dtype: 'DTYPE_FLOAT32', data: Buffer.alloc(12).toString('base64') } },
        'x.raw',
      ],
      [
        'an integer that is none',
        { columns: [{ name: 'code', numbers: [7, 7.5] }, colour, size] },
        'x.columns[0].numbers[1]',
      ],
      [
        'a string beyond reason',
        { columns: [size, { name: 'colour', strings: ['red', 'é'.repeat(8192)] }, code] },
        'x.columns[1].strings[1]',
      ],
      ['a missing column', { columns: [size, colour] }, 'x.columns'],
    ] as [string, object, string][]) {
      it(`${what} are refused at ${field}`, async () => {
        const failure = await fail(client.call('Predict', { name, x }));
        expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST', fields: [field] });
      });
    }
  });
});
