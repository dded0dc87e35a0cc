import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ExitCode } from '../../client/cli/exit-codes.js';
import { ModelServerClient } from '../../client/index.js';
import { sleep } from '../../client/sleep.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { dataFile, type Finished, runClient, type RunOptions } from './run-cli.js';

describe('the command line, with a server', () => {
  let server: TestServer;
  let folder: string;

  before(async () => {
    server = await startTestServer({ maxInferenceModels: 2 });
    folder = await mkdtemp(join(tmpdir(), 'modelserver-cli-'));
  });

  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  function cli(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return runClient('cli', [...args, '--address', server.address], options);
  }

  async function ok(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await cli(args);
    expect(stderr + stdout, args.join(' ')).not.to.include('error');
    expect(code).to.equal(ExitCode.ok);
    return stdout;
  }

  async function json(...args: string[]): Promise<Record<string, unknown>> {
    return JSON.parse(await ok(...args, '--json')) as Record<string, unknown>;
  }

  async function refused(...args: string[]): Promise<string> {
    const { code, stderr } = await cli(args);
    expect(code).to.equal(ExitCode.refused);
    return stderr;
  }

  const fit = (name: string, ...more: string[]) => [
    'fit',
    name,
    dataFile('iris'),
    '--estimator',
    'k_neighbors_classifier',
    '--label',
    'label',
    ...more,
  ];

  it('leads a model from a CSV file to predictions', async () => {
    expect(await ok('list')).to.include('no models');
    const trained = await ok(...fit('iris', '--param', 'n_neighbors=3'));
    expect(trained).to.match(/^iris {2}stored\n/);
    expect(trained).to.include('n_neighbors=3').and.to.include('setosa, versicolor, virginica');
    expect(await ok('load', 'iris')).to.include('loaded');

    const predicted = await ok('predict', 'iris', dataFile('iris'), '--label', 'label', '--probabilities');
    expect(predicted).to.match(/row {2}label +P\(setosa\)/);
    expect(predicted).to.include('and 130 more rows');
    expect(predicted).to.match(/accuracy {2}9\d\.\d % of 150 rows/);

    expect(await ok('list')).to.match(/iris +loaded +k_neighbors_classifier +3 +4 +150/);
    expect(await ok('status'))
      .to.include('1 of at most 2')
      .and.to.match(/memory of models {2}\d+\.\d kB of at most/)
      .and.to.match(/under way {2,}\d+ B of messages, at most/)
      .and.to.include('0 of 2 in use');
    expect(await ok('show', 'iris')).to.include('petal_width');
    expect(await ok('health')).to.include('SERVING');
    expect(await ok('unload', 'iris')).to.include('unloaded  iris');
    expect(await ok('remove', 'iris')).to.include('removed  iris');
  });

  it('answers programs with one JSON document', async () => {
    const { model } = (await json(...fit('for-programs', '--seed', '3'))) as { model: Record<string, unknown> };
    expect(model).to.deep.include({ name: 'for-programs', state: 'stored', nSamples: 150 });
    expect(model['classes']).to.deep.equal(['setosa', 'versicolor', 'virginica']);
    expect(await json('load', 'for-programs')).to.have.nested.property('model.state', 'loaded');

    const document = await json('predict', 'for-programs', dataFile('iris'), '--probabilities', '--label', 'label');
    expect(document).to.include({ model: 'for-programs', generation: 1 });
    expect(document['labels']).to.have.length(150);
    expect(document['probabilities']).to.have.nested.property('[0].length', 3);
    expect(document['accuracy']).to.be.above(0.9);

    expect(await json('list')).to.have.nested.property('models[0].name', 'for-programs');
    expect(await json('show', 'for-programs')).to.have.nested.property(
      'model.estimator.kNeighborsClassifier.nNeighbors',
      5,
    );
    expect(await json('status')).to.have.nested.property('status.loadedModels', 1);
    expect(await json('health')).to.deep.equal({ health: 'SERVING' });
    expect(await json('unload', 'for-programs')).to.deep.equal({ unloaded: 'for-programs' });
    expect(await json('remove', 'for-programs')).to.deep.equal({ removed: 'for-programs' });
  });

  it('matches columns by name, and ignores those that the model does not know', async () => {
    await ok(...fit('by-name'));
    await ok('load', 'by-name');
    const shuffled = join(folder, 'shuffled.csv');
    const output = join(folder, 'predicted.csv');
    await writeFile(
      shuffled,
      'note,petal_width,petal_length,sepal_width,sepal_length\n1,0.2,1.4,3.5,5.1\n2,2.3,5.2,3.0,6.7\n',
    );
    const { code, stderr } = await cli(['predict', 'by-name', shuffled, '--output', output, '--probabilities']);
    expect(code).to.equal(ExitCode.ok);
    expect(stderr).to.include('ignored, since the model does not know them: note');
    const [header, ...rows] = (await readFile(output, 'utf8')).trim().split('\n');
    expect(header).to.equal('label,probability_setosa,probability_versicolor,probability_virginica');
    expect(rows.map((row) => row.split(',')[0])).to.deep.equal(['setosa', 'virginica']);

    const lacking = join(folder, 'lacking.csv');
    await writeFile(lacking, 'petal_width,petal_length\n0.2,1.4\n');
    const missing = await cli(['predict', 'by-name', lacking]);
    expect(missing.code).to.equal(ExitCode.usage);
    expect(missing.stderr).to.include('lacks 2 of the 4 features of by-name: sepal_length, sepal_width');
    await ok('remove', 'by-name', '--force');
  });

  it('answers a repeated fit with the same request id with the same model', async () => {
    const first = await json(...fit('repeated', '--request-id', 'r1'));
    expect(await json(...fit('repeated', '--request-id', 'r1'))).to.deep.equal(first);
    expect(await refused(...fit('repeated', '--request-id', 'r2'))).to.include('MODEL_ALREADY_EXISTS');
  });

  it('explains what the server refuses', async () => {
    expect(await refused('load', 'nobody'))
      .to.include('NOT_FOUND (MODEL_NOT_FOUND)')
      .and.to.include('`modelserver list` shows');
    const faults = await refused(
      'fit',
      'bad',
      dataFile('iris'),
      '--estimator',
      'random_forest_classifier',
      '--label',
      'label',
      '--param',
      'n_estimators=0',
      '--param',
      'min_samples_split=-1',
    );
    expect(faults).to.include('2 faults');
    expect(faults).to.match(/random_forest_classifier\.n_estimators {2,}is 0; must be/);
  });

  it('removes all models at once', async () => {
    await ok(...fit('one'));
    await ok(...fit('two'));
    await ok('load', 'two');
    expect(await refused('remove-all')).to.include('MODEL_LOADED');
    expect(await ok('remove-all', '--force')).to.match(/removed {2}\d models/);
    expect(await json('list')).to.deep.equal({ models: [] });
  });

  it('ends with 4 when the timeout passes, and with 130 on Ctrl-C; both end the training', async () => {
    const endless = (name: string) => [
      'fit',
      name,
      dataFile('digits'),
      '--estimator',
      'logistic_regression',
      '--label',
      'label',
      '--param',
      'max_iter=1000000',
      '--param',
      'engine=mljs',
    ];
    await using client = new ModelServerClient(server.address);
    const busy = async (count: number) => {
      // oxlint-disable-next-line no-await-in-loop -- a poll
      while ((await client.getStatus()).busyTrainingSlots !== count) await sleep(20);
    };

    const late = await cli([...endless('late'), '--timeout', '0.5']);
    expect(late.code).to.equal(ExitCode.timeout);
    expect(late.stderr).to.include('DEADLINE_EXCEEDED').and.to.include('--timeout');
    await busy(0);

    const interrupted = await cli(endless('interrupted'), {
      onStart: (child) => void busy(1).then(() => child.kill('SIGINT')),
    });
    expect(interrupted.code).to.equal(ExitCode.interrupted);
    expect(interrupted.stderr).to.include('cancelled');
    await busy(0);
    expect((await client.listModels()).models).to.deep.equal([]);
  });
});
