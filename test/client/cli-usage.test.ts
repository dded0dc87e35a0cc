import { status } from '@grpc/grpc-js';
import { expect } from 'chai';
import { ExitCode, exitCodeOf } from '../../client/cli/exit-codes.js';
import { hintFor } from '../../client/cli/hints.js';
import { parseEstimator } from '../../client/cli/hyperparameters.js';
import { UsageError } from '../../client/cli/usage-error.js';
import { CsvError } from '../../client/csv/csv-error.js';
import { CallAbortedError, InputError, ModelServerError } from '../../client/index.js';
import { fakeError } from './fake-server.js';
import { dataFile, runClient } from './run-cli.js';

const NOWHERE = ['--address', '127.0.0.1:1'];

describe('the command line, used wrongly', () => {
  const iris = dataFile('iris');
  const forest = ['--estimator', 'random_forest_classifier', '--label', 'label'];

  async function fault(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runClient('cli', [...args, ...NOWHERE]);
    expect(code).to.equal(ExitCode.usage);
    expect(stdout).to.equal('');
    return stderr;
  }

  it('ends with 2 and the help when there is no command', async () => {
    const { code, stderr } = await runClient('cli', []);
    expect(code).to.equal(ExitCode.usage);
    expect(stderr).to.include('Usage: modelserver');
  });

  it('ends with 2 for unknown commands, options, estimators and numbers', async () => {
    expect(await fault('fitt')).to.include("unknown command 'fitt'");
    expect(await fault('list', '--frobnicate')).to.include("unknown option '--frobnicate'");
    expect(await fault('fit', 'a', iris, '--estimator', 'svm', '--label', 'label')).to.include('Allowed choices are');
    expect(await fault('fit', 'a', iris, ...forest, '--seed', '-1')).to.include('a whole number from 0');
    expect(await fault('list', '--timeout', 'soon')).to.include('a number of seconds above 0');
    expect(await fault('fit', 'a', iris, '--label', 'label')).to.include("'--estimator <kind>' not specified");
  });

  it('ends with 2 for hyperparameters that cannot be', async () => {
    const fit = ['fit', 'a', iris, ...forest, '--param'];
    expect(await fault(...fit, 'n_estimators')).to.include('must be KEY=VALUE');
    expect(await fault(...fit, 'depth=3')).to.include('has no hyperparameter depth; it has n_estimators');
    expect(await fault(...fit, 'n_estimators=many')).to.include(
      '--param n_estimators=many: is many; must be a whole number >= 0',
    );
  });

  it('ends with 2 for files that cannot be used', async () => {
    expect(await fault('fit', 'a', 'none.csv', ...forest)).to.include('none.csv: there is no such file');
    const label = ['--estimator', 'random_forest_classifier', '--label', 'species'];
    expect(await fault('fit', 'a', iris, ...label)).to.include('has no label column "species"; its columns are sepal');
    expect(await fault('fit', 'a', iris, ...forest, '--categorical', 'sepal')).to.include('--categorical sepal: ');
    expect(
      await fault('fit', 'a', iris, '--numeric', 'label', '--estimator', 'lgbm_classifier', '--label', 'sepal_width'),
    ).to.include('line 2, column "label": "setosa" is not a number, and --numeric names its column');
  });

  it('explains its exit codes, and every option of a command', async () => {
    const help = await runClient('cli', ['--help']);
    expect(help.code).to.equal(ExitCode.ok);
    expect(help.stdout).to.include('Exit codes:').and.to.include('cannot be reached');
    const fit = await runClient('cli', ['fit', '--help']);
    expect(fit.stdout).to.include('--request-id').and.to.include('--address');
    const version = await runClient('cli', ['--version']);
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+/);
  });

  it('ends with 3, and says where it looked, when there is no server', async () => {
    const { code, stderr, stdout } = await runClient('cli', ['list', ...NOWHERE]);
    expect(code).to.equal(ExitCode.unreachable);
    expect(stdout).to.equal('');
    expect(stderr).to.include('cannot reach 127.0.0.1:1: connect ECONNREFUSED').and.to.include('hint');
  });

  it('takes the address from the environment, too', async () => {
    const { code, stderr } = await runClient('cli', ['health'], { env: { MODELSERVER_ADDRESS: '127.0.0.1:2' } });
    expect(code).to.equal(ExitCode.unreachable);
    expect(stderr).to.include('127.0.0.1:2');
  });

  it('writes errors as JSON for programs', async () => {
    const { stderr } = await runClient('cli', ['list', '--json', ...NOWHERE]);
    expect(JSON.parse(stderr)).to.have.nested.property('error.code', 'UNAVAILABLE');
  });
});

describe('exit codes', () => {
  it('tell apart what a script can act on', () => {
    const error = (code: status) => new ModelServerError('Fit', { code, details: 'x' });
    expect(exitCodeOf(error(status.NOT_FOUND))).to.equal(1);
    expect(exitCodeOf(new Error('x'))).to.equal(1);
    for (const wrong of [new UsageError('x'), new CsvError('x'), new InputError('x', 'y')]) {
      expect(exitCodeOf(wrong)).to.equal(2);
    }
    expect(exitCodeOf(error(status.UNAVAILABLE))).to.equal(3);
    expect(exitCodeOf(error(status.DEADLINE_EXCEEDED))).to.equal(4);
    expect(exitCodeOf(new CallAbortedError('Fit', AbortSignal.abort()))).to.equal(130);
  });
});

describe('hints', () => {
  it('say what a person may do', () => {
    const hint = (code: status, reason?: string) =>
      hintFor(new ModelServerError('Fit', fakeError(code, 'x', { reason })), 'here:1');
    expect(hint(status.NOT_FOUND, 'MODEL_NOT_FOUND')).to.include('modelserver list');
    expect(hint(status.RESOURCE_EXHAUSTED, 'LOADED_MEMORY_LIMIT_REACHED')).to.include('MAX_INFERENCE_MEMORY_MB');
    expect(hint(status.RESOURCE_EXHAUSTED, 'INFLIGHT_BYTES_LIMIT_REACHED')).to.include('in a moment');
    expect(hint(status.UNAVAILABLE)).to.include('here:1');
    expect(hint(status.DEADLINE_EXCEEDED)).to.include('--timeout');
    expect(hint(status.RESOURCE_EXHAUSTED)).to.include('MAX_MESSAGE_BYTES');
    expect(hint(status.INVALID_ARGUMENT, 'INVALID_REQUEST')).to.equal(undefined);
    expect(hintFor(new Error('x'), 'here:1')).to.equal(undefined);
  });
});

describe('parseEstimator', () => {
  it('takes hyperparameters by the names of the contract', () => {
    expect(
      parseEstimator('random_forest_classifier', [
        'n_estimators=10',
        'bootstrap=false',
        'criterion=GINI',
        'max_samples=0.5',
      ]),
    ).to.deep.equal({
      randomForestClassifier: { nEstimators: 10, bootstrap: false, criterion: 'gini', maxSamples: 0.5 },
    });
    expect(parseEstimator('logistic_regression', ['C=2', 'solver=newton-cg', 'tol=1e-3'])).to.deep.equal({
      logisticRegression: { c: 2, solver: 'newton_cg', tol: 0.001 },
    });
  });

  it('takes enums as Python writes them, too', () => {
    expect(
      parseEstimator('cat_boost_classifier', ['bootstrap_type=MVS', 'auto_class_weights=SqrtBalanced', 'nan_mode=Min']),
    ).to.deep.equal({
      catBoostClassifier: { bootstrapType: 'mvs', autoClassWeights: 'sqrt_balanced', nanMode: 'min' },
    });
  });

  it('reads max_features as a rule, a count or a share', () => {
    const maxFeatures = (text: string) => parseEstimator('random_forest_classifier', [`max_features=${text}`]);
    expect(maxFeatures('sqrt')).to.deep.equal({ randomForestClassifier: { maxFeatures: 'sqrt' } });
    expect(maxFeatures('3')).to.deep.equal({ randomForestClassifier: { maxFeatures: { count: 3 } } });
    expect(maxFeatures('1.0')).to.deep.equal({ randomForestClassifier: { maxFeatures: { fraction: 1 } } });
  });

  it('reads monotonic_cst as a list', () => {
    const directions = (text: string) => parseEstimator('random_forest_classifier', [`monotonic_cst=${text}`]);
    expect(directions('1, 0,-1')).to.deep.equal({ randomForestClassifier: { monotonicCst: [1, 0, -1] } });
    expect(() => directions('1,,up')).to.throw(UsageError, 'must be a whole number of 32 bits');
  });

  it('refuses flags and choices that are none', () => {
    expect(() => parseEstimator('random_forest_classifier', ['bootstrap=yes'])).to.throw(UsageError, 'true or false');
    expect(() => parseEstimator('random_forest_classifier', ['criterion='])).to.throw(UsageError, 'one of gini');
  });
});
