import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { fail, succeed, type TestClient } from '../support/call.js';
import { dynamicClient } from '../support/dynamic-client.js';
import { blobs, quick } from '../support/problems.js';
import { startTestServer, type TestServer } from '../support/server.js';

const data = blobs();
const floats = (...values: number[]) => Buffer.from(Float64Array.from(values).buffer).toString('base64');
const raw = (change: object) => ({
  raw: { rows: 2, columns: 2, dtype: 'DTYPE_FLOAT64', data: floats(1, 2, 3, 4), ...change },
});
const two = { ints: [0, 1] };
const wide = Array.from({ length: 131_073 }, () => 0);

const MATRICES: [string, object | undefined, string][] = [
  ['no x', undefined, 'x'],
  ['an empty x', {}, 'x'],
  ['an empty row', { rows: [{ values: [] }, { values: [] }] }, 'x.rows[0].values'],
  ['ragged rows', { rows: [{ values: [1, 2] }, { values: [1, 2, 3] }] }, 'x.rows[1].values'],
  ['more columns than are taken, in rows', { rows: [{ values: wide }, { values: wide }] }, 'x.rows[0].values'],
  [
    'more columns than are taken, packed',
    raw({ rows: 2, columns: wide.length, data: Buffer.alloc(16 * wide.length).toString('base64') }),
    'x.raw.columns',
  ],
  ['rows and raw', { rows: [{ values: [1] }], ...raw({}) }, 'x'],
  ['rows and columns', { rows: [{ values: [1] }], columns: [{ name: 'a', numbers: [1] }] }, 'x'],
  ['truncated raw bytes', raw({ data: floats(1, 2, 3) }), 'x.raw.data'],
  ['surplus raw bytes', raw({ data: floats(1, 2, 3, 4, 5) }), 'x.raw.data'],
  ['raw bytes that end in mid-number', raw({ data: Buffer.alloc(31).toString('base64') }), 'x.raw.data'],
  ['no raw bytes', raw({ data: '' }), 'x.raw.data'],
  ['sizes beyond reason', raw({ rows: 4_294_967_295, columns: 4_294_967_295 }), 'x.raw.data'],
  ['sizes whose product wraps around in 32 bits', raw({ rows: 65_536, columns: 65_536 }), 'x.raw.data'],
  ['no raw rows', raw({ rows: 0, data: '' }), 'x.raw.rows'],
  ['no raw columns', raw({ columns: 0, data: '' }), 'x.raw.columns'],
  ['no dtype', raw({ dtype: 'DTYPE_UNSPECIFIED' }), 'x.raw.dtype'],
  ['an unknown dtype', raw({ dtype: 9 }), 'x.raw.dtype'],
  ['NaN in rows', { rows: [{ values: [1, 2] }, { values: [3, 'NaN'] }] }, 'x.rows[1].values[1]'],
  ['infinity in raw bytes', raw({ data: floats(1, 2, 3, -Infinity) }), 'x.raw.data'],
  [
    'infinity in a column',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'b', numbers: ['Infinity', 2] },
      ],
    },
    'x.columns[1].numbers[0]',
  ],
  [
    'columns of different lengths',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'b', numbers: [1] },
      ],
    },
    'x.columns[1].numbers',
  ],
  ['an empty column', { columns: [{ name: 'a' }] }, 'x.columns[0]'],
  [
    'a column of numbers and strings',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'b', numbers: [1, 2], strings: ['1', '2'] },
      ],
    },
    'x.columns[1]',
  ],
  [
    'a column of strings that is too short',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'b', strings: ['1'] },
      ],
    },
    'x.columns[1].strings',
  ],
  [
    'a category beyond reason',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'b', strings: ['1', '2'.repeat(16_384)] },
      ],
    },
    'x.columns[1].strings[1]',
  ],
  ['a column without a name', { columns: [{ numbers: [1, 2] }] }, 'x.columns[0].name'],
  [
    'two columns of one name',
    {
      columns: [
        { name: 'a', numbers: [1, 2] },
        { name: 'a', numbers: [1, 2] },
      ],
    },
    'x.columns[1].name',
  ],
  ['a column name beyond reason', { columns: [{ name: 'a'.repeat(10_000), numbers: [1, 2] }] }, 'x.columns[0].name'],
];

const FITS: [string, object, string][] = [
  ...MATRICES.map(([what, x, field]): [string, object, string] => [what, { x, y: two }, field]),
  ['one row', { x: { rows: [{ values: [1] }] }, y: { ints: [0] } }, 'x'],
  ['no labels', { y: {} }, 'y'],
  ['labels in two encodings', { y: { strings: data.y.strings, ints: data.y.strings.map(() => 1) } }, 'y'],
  ['too few labels', { y: { strings: ['a', 'b'] } }, 'y.strings'],
  ['packed labels that end in mid-number', { y: { rawInt32: Buffer.alloc(7).toString('base64') } }, 'y.raw_int32'],
  ['a label beyond reason', { y: { strings: data.y.strings.map((label) => label.repeat(1025)) } }, 'y.strings[0]'],
  ['one class', { y: { ints: data.y.strings.map(() => 7) } }, 'y'],
  ['no estimator', { estimator: {} }, 'estimator'],
  [
    'no trees',
    { estimator: { randomForestClassifier: { nEstimators: 0 } } },
    'estimator.random_forest_classifier.n_estimators',
  ],
  [
    'more trees than anyone waits for',
    { estimator: { randomForestClassifier: { nEstimators: 4_000_000_000 } } },
    'estimator.random_forest_classifier.n_estimators',
  ],
  [
    'a negative fraction',
    { estimator: { randomForestClassifier: { maxFeatures: { fraction: -0.5 } } } },
    'estimator.random_forest_classifier.max_features',
  ],
  [
    'more features a split than there are',
    { estimator: { randomForestClassifier: { maxFeatures: { count: 99 } } } },
    'estimator.random_forest_classifier.max_features.count',
  ],
  [
    'NaN as a hyperparameter',
    { estimator: { kNeighborsClassifier: { p: Number.NaN } } },
    'estimator.k_neighbors_classifier.p',
  ],
  [
    'more neighbours than rows',
    { estimator: { kNeighborsClassifier: { nNeighbors: 1000 } } },
    'estimator.k_neighbors_classifier.n_neighbors',
  ],
  [
    'an unknown choice',
    { estimator: { kNeighborsClassifier: { weights: 77 } } },
    'estimator.k_neighbors_classifier.weights',
  ],
  ['too few feature names', { options: { featureNames: ['a'] } }, 'options.feature_names'],
  ['equal feature names', { options: { featureNames: ['a', 'a'] } }, 'options.feature_names[1]'],
  ['an empty feature name', { options: { featureNames: ['a', ''] } }, 'options.feature_names[1]'],
  [
    'a categorical feature that is no column',
    { options: { categoricalFeatures: [1, 2] } },
    'options.categorical_features[1]',
  ],
  [
    'a categorical feature named twice',
    { options: { categoricalFeatures: [1, 0, 1] } },
    'options.categorical_features[2]',
  ],
  ['categories that are no integers', { options: { categoricalFeatures: [1] } }, 'x.rows[0].values[1]'],
  [
    'packed categories that are no integers',
    { x: raw({ data: floats(1, 2, 3.5, 4) }), y: two, options: { categoricalFeatures: [0] } },
    'x.raw.data',
  ],
  [
    'categories beyond the integers that doubles tell apart',
    { x: { rows: [{ values: [2 ** 53] }, { values: [1] }] }, y: two, options: { categoricalFeatures: [0] } },
    'x.rows[0].values[0]',
  ],
  ['a request_id beyond reason', { requestId: 'r'.repeat(129) }, 'request_id'],
];

const NAMES = [
  '',
  '.',
  '..',
  '../x',
  '..\\x',
  'a/b',
  '/etc/passwd',
  '.hidden',
  '-rf',
  'a b',
  'a\u0000b',
  'naïve',
  'x'.repeat(129),
  '%2e%2e%2fx',
  'a:b',
  '~',
  'a\n',
];

describe('bad input', () => {
  let server: TestServer;
  let client: TestClient;

  before(async () => {
    server = await startTestServer();
    client = dynamicClient(server.address);
    await succeed(client.call('Fit', { name: 'good', estimator: quick, ...data }));
    await succeed(client.call('Load', { name: 'good' }));
  });
  after(async () => {
    await client.close();
    await server.close();
  });
  afterEach('nothing is left behind, and the server lives', async () => {
    const status = await succeed(client.call('GetStatus', {}));
    expect(status).to.include({ storedModels: 1, loadedModels: 1 }).and.not.have.property('busyTrainingSlots');
    expect((await readdir(server.modelsPath)).toSorted()).to.deep.equal(['.lock', 'good.safetensors']);
  });

  for (const [what, change, field] of FITS) {
    it(`Fit with ${what} is refused at ${field}`, async () => {
      const failure = await fail(client.call('Fit', { name: 'bad', estimator: quick, ...data, ...change }));
      expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST', fields: [field] });
    });
  }

  for (const [what, x, field] of MATRICES) {
    it(`Predict with ${what} is refused at ${field}`, async () => {
      const failure = await fail(client.call('Predict', { name: 'good', x }));
      expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST', fields: [field] });
    });
  }

  for (const [what, x, fields] of [
    ['rows that are too wide', { rows: [{ values: [1, 2, 3] }] }, ['x.rows[0].values']],
    ['raw numbers that are too narrow', raw({ rows: 4, columns: 1 }), ['x.raw.columns']],
    [
      'a missing and an unknown column',
      {
        columns: [
          { name: 'x0', numbers: [1] },
          { name: 'y1', numbers: [1] },
        ],
      },
      ['x.columns', 'x.columns[1].name'],
    ],
    [
      'a column too many',
      { columns: ['x0', 'x1', 'x2'].map((name) => ({ name, numbers: [1] })) },
      ['x.columns[2].name'],
    ],
  ] as [string, object, string[]][]) {
    it(`Predict with ${what} is refused at ${fields.join(' and ')}`, async () => {
      const failure = await fail(client.call('Predict', { name: 'good', x }));
      expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST', fields });
    });
  }

  for (const name of NAMES) {
    it(`the name ${JSON.stringify(name).slice(0, 30)} is refused by every RPC that takes one`, async () => {
      for (const method of ['Fit', 'Predict', 'Load', 'Unload', 'Remove', 'GetModel']) {
        const request = method === 'Fit' ? { name, estimator: quick, ...data } : { name };
        const failure = await fail(client.call(method, request));
        expect(failure, method).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['name'] });
      }
    });
  }

  it('an output encoding that there is not is refused', async () => {
    const failure = await fail(
      client.call('Predict', { name: 'good', x: { rows: [{ values: [1, 2] }] }, outputEncoding: 77 }),
    );
    expect(failure).to.deep.include({ code: 'INVALID_ARGUMENT', fields: ['output_encoding'] });
  });

  it('a page token of no page is refused', async () => {
    expect(await fail(client.call('ListModels', { pageToken: '!' }))).to.deep.include({ fields: ['page_token'] });
  });

  it('all faults of the hyperparameters are named at once', async () => {
    const estimator = { randomForestClassifier: { nEstimators: 0, maxDepth: 0, minSamplesSplit: 1 } };
    const { fields } = await fail(client.call('Fit', { name: 'bad', estimator, ...data }));
    expect(fields).to.deep.equal(
      ['n_estimators', 'max_depth', 'min_samples_split'].map((name) => `estimator.random_forest_classifier.${name}`),
    );
  });

  it('of many faults the first are named, and the message stays short', async () => {
    const columns = Array.from({ length: 2000 }, (_, i) => ({ name: `${'ä'.repeat(200)}${i}`, numbers: [1] }));
    const failure = await fail(client.call('Predict', { name: 'good', x: { columns } }));
    expect(failure.fields).to.have.length(8);
    expect(Buffer.byteLength(failure.message)).to.be.at.most(500);
  });

  it('a message above the limit is refused, and the server lives', async () => {
    const small = await startTestServer({ maxMessageBytes: 2048 });
    const other = dynamicClient(small.address);
    const failure = await fail(other.call('Fit', { name: 'big', estimator: quick, ...blobs({ perClass: 1000 }) }));
    expect(failure).to.include({ code: 'RESOURCE_EXHAUSTED' });
    await succeed(other.call('GetStatus', {}));
    await other.close();
    await small.close();
  });
});
