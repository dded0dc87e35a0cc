import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ExitCode } from '../../client/cli/exit-codes.js';
import { accuracy } from '../../client/accuracy.js';
import { type Estimator, ModelServerClient, type Table } from '../../client/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { failure } from './failure.js';
import { type Finished, runClient } from './run-cli.js';

/** So many that LightGBM, too, finds enough rows of a category to part them. */
const ROWS = 480;

/** Whether it rains decides; the wind only adds words of its own. */
const weather: Table = {
  columns: {
    sky: Array.from({ length: ROWS }, (_, row) => ['rain', 'sun', 'clouds', ''][row % 4]),
    wind: Array.from({ length: ROWS }, (_, row) => ['north', 'south', 'east'][(row >> 2) % 3]),
    degrees: Array.from({ length: ROWS }, (_, row) => row % 7),
  },
};
const isWet = Array.from({ length: ROWS }, (_, row) => (row % 4 === 0 ? 'wet' : 'dry'));
const tomorrow: Table = {
  columns: { degrees: [3, 3, 3], sky: ['rain', 'sun', 'hail'], wind: ['south', 'north', 'west'] },
};

const estimators: readonly Estimator[] = [
  { logisticRegression: {} },
  { kNeighborsClassifier: {} },
  { randomForestClassifier: { nEstimators: 20 } },
  { lgbmClassifier: { nEstimators: 20 } },
  { xgbClassifier: { nEstimators: 20 } },
  { catBoostClassifier: { iterations: 20 } },
];

describe('tables with words, from the typed client to the server', () => {
  let server: TestServer;
  let client: ModelServerClient;

  before(async () => {
    server = await startTestServer({ maxInferenceModels: 20 });
    client = new ModelServerClient(server.address);
  });

  after(async () => {
    client.close();
    await server.close();
  });

  for (const estimator of estimators) {
    const [kind] = Object.keys(estimator);

    it(`are learnt from and asked about with ${kind}`, async () => {
      const model = await client.fit({ name: kind, estimator, x: weather, y: isWet });
      const features = model.features.map(({ name, kind: featureKind, nCategories }) => [
        name,
        featureKind,
        nCategories,
      ]);
      expect(features).to.deep.equal([
        ['sky', 'categorical', 4],
        ['wind', 'categorical', 3],
        ['degrees', 'numeric', undefined],
      ]);
      expect(model.features[0].categories).to.have.members(['rain', 'sun', 'clouds', '']);
      expect(model.features[0].integerCategories).to.equal(false);

      await client.load(kind);
      const { labels } = await client.predict({ name: kind, x: weather });
      expect(accuracy(labels, isWet)).to.equal(1);
      // The other order of columns, and words that the training has not seen.
      const { labels: next } = await client.predict({ name: kind, x: tomorrow });
      expect(next.slice(0, 2)).to.deep.equal(['wet', 'dry']);
    });
  }

  it('may hold categories as numbers, by name or by index', async () => {
    const x: Table = {
      columns: { code: isWet.map((label, row) => (label === 'wet' ? 7 : row % 3)), degrees: isWet.map(() => 1) },
    };
    const request = { estimator: { lgbmClassifier: { nEstimators: 10 } }, x, y: isWet };
    const byName = await client.fit({ ...request, name: 'by-name', categoricalFeatures: ['code'] });
    const byIndex = await client.fit({ ...request, name: 'by-index', categoricalFeatures: [0] });
    expect(byIndex.sha256).to.equal(byName.sha256);
    expect(byName.features[0]).to.include({ kind: 'categorical', nCategories: 4, integerCategories: true });
    expect(byName.features[0].categories).to.have.members(['0', '1', '2', '7']);
    expect(byName.features[1]).to.include({ kind: 'numeric' }).and.not.to.have.property('nCategories');
    await client.load('by-name');
    const { labels } = await client.predict({ name: 'by-name', x });
    expect(accuracy(labels, isWet)).to.equal(1);
  });

  it('have their categories in the description of a model, and only their number in a list', async () => {
    await client.fit({ name: 'described', estimator: { kNeighborsClassifier: {} }, x: weather, y: isWet });
    const described = await client.getModel('described');
    expect(described.features[0].categories).to.have.length(4);
    const { models } = await client.listModels();
    const listed = models.find(({ name }) => name === 'described');
    expect(listed?.features[0]).to.include({ kind: 'categorical', nCategories: 4 });
    expect(listed?.features[0].categories).to.deep.equal([]);
  });

  it('are refused where the model wants numbers, and the other way round', async () => {
    await client.fit({ name: 'strict', estimator: { kNeighborsClassifier: {} }, x: weather, y: isWet });
    await client.load('strict');
    const ask = (columns: Table['columns']) => failure(client.predict({ name: 'strict', x: { columns } }));
    const words = await ask({ sky: ['sun'], wind: ['north'], degrees: ['warm'] });
    expect(words).to.have.nested.property('violations[0].field', 'x.columns[2].strings');
    const numbers = await ask({ sky: [1], wind: ['north'], degrees: [1] });
    expect(numbers).to.have.nested.property('violations[0].field', 'x.columns[0].numbers');
  });
});

describe('CSV files with words, from the command line to the server', () => {
  const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}.csv`, import.meta.url));
  const boosted = ['--estimator', 'lgbm_classifier', '--label', 'renewed', '--param', 'n_estimators=20'];
  let server: TestServer;
  let folder: string;

  before(async () => {
    server = await startTestServer();
    folder = await mkdtemp(join(tmpdir(), 'modelserver-cli-'));
    await ok('fit', 'renewals', example('renewals'), ...boosted, '--categorical', 'shop');
    await ok('load', 'renewals');
  });

  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  function cli(...args: string[]): Promise<Finished> {
    return runClient('cli', [...args, '--address', server.address]);
  }

  async function ok(...args: string[]): Promise<Finished> {
    const finished = await cli(...args);
    expect(finished.code, finished.stderr).to.equal(ExitCode.ok);
    return finished;
  }

  /** A copy of the example's new customers with other text in it. */
  async function edited(from: string | RegExp, to: string): Promise<string> {
    const path = join(folder, 'edited.csv');
    await writeFile(path, (await readFile(example('new-customers'), 'utf8')).replace(from, to));
    return path;
  }

  it('are taken as they look, unless told otherwise, and it is said before the training', async () => {
    const asIs = await ok('fit', 'as-is', example('renewals'), ...boosted);
    expect(asIs.stderr).to.match(
      /^4 numeric: shop, age \(\d+ missing\), months, tickets; 3 categorical: city \(10\), plan \(3\), payment \(4\)\n/,
    );
    expect(asIs.stdout).to.include(
      '4 numeric: shop, age, months, tickets; 3 categorical: city (10), plan (3), payment (4)',
    );
    const { stdout } = await ok('show', 'renewals');
    expect(stdout).to.include(
      '3 numeric: age, months, tickets; 4 categorical: city (10), shop (5), plan (3), payment (4)',
    );
  });

  it('leave stdout, and with --json stderr too, to programs', async () => {
    const { stdout, stderr } = await ok('fit', 'json', example('renewals'), ...boosted, '--json');
    expect(stderr).to.equal('');
    expect(JSON.parse(stdout)).to.have.nested.property('model.features[0].nCategories', 10);
  });

  it('are predicted, with what looks like a number as the category that it is', async () => {
    const { stdout, stderr } = await ok('predict', 'renewals', example('renewals'), '--label', 'renewed');
    expect(stderr).to.equal('');
    expect(stdout).to.match(/accuracy {2}[89]\d\.\d % of 600 rows/);
    const others = await ok('predict', 'renewals', example('new-customers'), '--json');
    expect((JSON.parse(others.stdout) as { labels: string[] }).labels.slice(0, 2)).to.deep.equal(['yes', 'no']);
  });

  it('are predicted with a word about words that are new', async () => {
    const { stderr } = await ok('predict', 'renewals', example('new-customers'));
    expect(stderr).to.include('city has categories in 1 row that the model does not know: "Porto"');
  });

  it('have their faults told by file, line and column', async () => {
    const path = await edited('Cork,305,basic,invoice,,', 'Cork,305,basic,invoice,thirty,');
    const { code, stderr } = await cli('predict', 'renewals', path);
    expect(code).to.equal(ExitCode.usage);
    expect(stderr).to.include(
      `${path}, line 3, column "age": "thirty" is not a number, and renewals takes numbers there`,
    );
  });

  it('have empty cells of numbers for missing values, which not every estimator takes', async () => {
    const linear = ['--estimator', 'logistic_regression', '--label', 'renewed'];
    const { code, stderr } = await cli('fit', 'linear', example('renewals'), ...linear);
    expect(code).to.equal(ExitCode.usage);
    expect(stderr).to.match(
      /^error {2}\S+renewals\.csv, line \d+, column "age", which is empty: is NaN; this estimator takes no/m,
    );
    expect(stderr).to.include('hint').and.to.include('trees');
    const filled = join(folder, 'filled.csv');
    await writeFile(filled, (await readFile(example('renewals'), 'utf8')).replaceAll(/,,(?=\d+,\d+,\w+$)/gm, ',40,'));
    await ok('fit', 'linear', filled, ...linear, '--categorical', 'shop');
    await ok('load', 'linear');
    const json = await cli('predict', 'linear', example('new-customers'), '--json');
    expect(json.code).to.equal(ExitCode.usage);
    expect(JSON.parse(json.stderr)).to.have.nested.property('error.reason', 'INVALID_REQUEST');
    expect(JSON.parse(json.stderr)).to.have.nested.property('error.message').that.includes('line 3, column "age"');
  });

  it('are asked of a model of integer categories as numbers', async () => {
    await using client = new ModelServerClient(server.address);
    const x: Table = { columns: { code: Array.from({ length: 60 }, (_, row) => row % 3) } };
    const y = Array.from({ length: 60 }, (_, row) => (row % 3 === 1 ? 'odd' : 'even'));
    const estimator: Estimator = { randomForestClassifier: { nEstimators: 5 } };
    await client.fit({ name: 'codes', estimator, x, y, categoricalFeatures: ['code'] });
    await client.load('codes');
    const path = join(folder, 'codes.csv');
    await writeFile(path, 'code\n1\n2\n9\n');
    const { stdout, stderr } = await ok('predict', 'codes', path, '--json');
    expect(stderr).to.equal('');
    expect((JSON.parse(stdout) as { labels: string[] }).labels.slice(0, 2)).to.deep.equal(['odd', 'even']);
    await writeFile(path, 'code\none\n');
    const { stderr: fault } = await cli('predict', 'codes', path);
    expect(fault).to.include('line 2, column "code": "one" is not a number');
  });
});
