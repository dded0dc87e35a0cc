import { expect } from 'chai';
import { type Estimator, estimatorKind, InputError } from '../../client/index.js';
import { decodeEstimator, encodeEstimator } from '../../client/estimator.js';
import { Estimator as WireEstimator } from '../../generated/modelserver/v1/model_server.js';

function roundTrip(estimator: Estimator): Estimator | undefined {
  return decodeEstimator(WireEstimator.decode(WireEstimator.encode(encodeEstimator(estimator)).finish()));
}

function invalid(estimator: object): () => unknown {
  return () => encodeEstimator(estimator as Estimator);
}

describe('estimators', () => {
  it('come back as they went in', () => {
    const estimators: Estimator[] = [
      { randomForestClassifier: { nEstimators: 7, criterion: 'gini', maxFeatures: 'sqrt', bootstrap: false } },
      { randomForestClassifier: { maxFeatures: { count: 3 }, maxSamples: 0.5, engine: 'mljs' } },
      { randomForestClassifier: { maxFeatures: { fraction: 0.25 }, monotonicCst: [1, 0, -1] } },
      { logisticRegression: { penalty: 'none', solver: 'newton_cg', c: 2, maxIter: 20 } },
      { kNeighborsClassifier: { weights: 'distance', algorithm: 'kd_tree', p: 1 } },
      { xgbClassifier: { growPolicy: 'lossguide' } },
      { lgbmClassifier: { maxDepth: -1 } },
      { catBoostClassifier: { bootstrapType: 'mvs', nanMode: 'min' } },
    ];
    for (const estimator of estimators) expect(roundTrip(estimator)).to.deep.equal(estimator);
  });

  it('may leave every hyperparameter to the server', () => {
    expect(roundTrip({ xgbClassifier: {} })).to.deep.equal({ xgbClassifier: {} });
    expect(roundTrip({ randomForestClassifier: { nEstimators: undefined } })).to.deep.equal({
      randomForestClassifier: {},
    });
  });

  it('are checked by the compiler', () => {
    // @ts-expect-error two kinds at once
    const both: Estimator = { xgbClassifier: {}, lgbmClassifier: {} };
    // @ts-expect-error a hyperparameter of another kind
    const foreign: Estimator = { kNeighborsClassifier: { nEstimators: 3 } };
    // @ts-expect-error no name of the enum
    const misspelt: Estimator = { randomForestClassifier: { criterion: 'ginni' } };
    // @ts-expect-error text for a number
    const text: Estimator = { randomForestClassifier: { nEstimators: '3' } };
    for (const wrong of [both, foreign, misspelt, text]) expect(invalid(wrong)).to.throw(InputError);
  });

  it('say which kind they are', () => {
    expect(estimatorKind({ kNeighborsClassifier: {} })).to.equal('kNeighborsClassifier');
    expect(decodeEstimator(undefined)).to.equal(undefined);
  });

  it('are exactly one of the known kinds', () => {
    expect(invalid({})).to.throw(InputError, 'needs exactly one of logisticRegression');
    expect(invalid({ xgbClassifier: {}, lgbmClassifier: {} })).to.throw(InputError, 'needs exactly one');
    expect(invalid({ svm: {} })).to.throw(InputError, 'estimator.svm: must be one of');
  });

  it('have no unknown hyperparameters, which would be dropped in silence', () => {
    expect(invalid({ randomForestClassifier: { n_estimators: 5 } })).to.throw(
      InputError,
      'estimator.randomForestClassifier.n_estimators: is not a hyperparameter; there are nEstimators',
    );
    expect(invalid({ randomForestClassifier: { toString: 5 } })).to.throw(InputError, 'is not a hyperparameter');
  });

  it('have values of types that can be sent', () => {
    const forest = (hyperparameters: object) => invalid({ randomForestClassifier: hyperparameters });
    expect(forest({ nEstimators: -1 })).to.throw(InputError, 'is -1; must be a whole number >= 0');
    expect(forest({ nEstimators: '5' })).to.throw(InputError, 'is 5; must be a whole number >= 0');
    expect(forest({ bootstrap: 1 })).to.throw(InputError, 'is 1; must be true or false');
    expect(forest({ maxSamples: 'all' })).to.throw(InputError, 'is all; must be a number');
    expect(forest({ criterion: 'GINI' })).to.throw(InputError, 'must be one of gini, entropy, log_loss');
    expect(forest({ maxFeatures: 3 })).to.throw(InputError, 'is 3; must be sqrt, log2, all, { count } or { fraction }');
    expect(forest({ maxFeatures: { count: 0.5 } })).to.throw(InputError, 'maxFeatures.count: is 0.5');
    expect(forest({ monotonicCst: 1 })).to.throw(InputError, 'is 1; must be a list of 1, 0 and -1');
    expect(forest({ monotonicCst: [1, 0.5] })).to.throw(InputError, 'monotonicCst[1]: is 0.5');
    expect(invalid({ lgbmClassifier: { maxDepth: 2 ** 31 } })).to.throw(InputError, 'a whole number of 32 bits');
  });
});
