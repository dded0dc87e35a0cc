import { expect } from 'chai';

import { catalog, engineOf, resolveEstimator } from '../../src/estimators/catalog.js';
import type { EngineName, EstimatorKind } from '../../src/estimators/estimator.js';
import { refusalOf } from '../support/refusal.js';

describe('The estimator of a request', () => {
  it('gets the defaults of scikit-learn, as far as the engine honours them', () => {
    expect(resolveEstimator('random_forest_classifier', undefined, {})).to.deep.equal({
      kind: 'random_forest_classifier',
      engine: 'core',
      hyperparameters: {
        n_estimators: 100,
        criterion: 'gini',
        max_depth: null,
        min_samples_split: 2,
        min_samples_leaf: 1,
        min_weight_fraction_leaf: 0,
        max_features: 'sqrt',
        max_leaf_nodes: null,
        min_impurity_decrease: 0,
        bootstrap: true,
        oob_score: false,
        ccp_alpha: 0,
        max_samples: null,
      },
    });
    expect(resolveEstimator('k_neighbors_classifier', 'mljs', {}).hyperparameters).to.deep.equal({
      n_neighbors: 5,
      weights: 'uniform',
      algorithm: 'auto',
      leaf_size: 30,
      p: 2,
    });
  });

  it('gets the engine’s own default where it has one', () => {
    expect(resolveEstimator('logistic_regression', 'mljs', {}).hyperparameters).to.deep.equal({
      penalty: 'none',
      fit_intercept: true,
      max_iter: 500,
      dual: false,
      intercept_scaling: 1,
    });
  });

  it('keeps what was set', () => {
    const { hyperparameters } = resolveEstimator('random_forest_classifier', undefined, {
      n_estimators: 7,
      max_depth: 3,
      max_features: { fraction: 0.5 },
      max_samples: 0.5,
    });
    expect(hyperparameters).to.include({ n_estimators: 7, max_depth: 3, max_samples: 0.5 });
    expect(hyperparameters.max_features).to.deep.equal({ fraction: 0.5 });
  });

  it('is refused with all its faults at once', () => {
    const given = { n_estimators: 0, max_depth: 1.5, splines: 3, max_samples: 1.5 };
    const refusal = refusalOf(
      () => resolveEstimator('random_forest_classifier', undefined, given),
      'INVALID_REQUEST',
      ['splines', 'n_estimators', 'max_depth', 'max_samples'].map(
        (name) => `estimator.random_forest_classifier.${name}`,
      ),
    );
    expect(refusal.message).to.contain('n_estimators: is 0; must be a whole number at least 1 and at most 100000');
  });

  for (const [kind, engine, given, description] of [
    ['k_neighbors_classifier', 'core', { p: 3 }, 'has this setting with 1 or 2 only; choose that, or leave it unset'],
    ['k_neighbors_classifier', 'mljs', { algorithm: 'brute' }, 'has this setting with auto or kd_tree only'],
    ['logistic_regression', 'core', { solver: 'saga' }, 'has this setting with lbfgs only'],
    ['logistic_regression', 'core', { intercept_scaling: 2 }, 'has this setting with 1 only'],
    [
      'random_forest_classifier',
      'core',
      { monotonic_cst: { directions: [1] } },
      'not have this setting; leave it unset',
    ],
    ['random_forest_classifier', 'mljs', { max_leaf_nodes: 5 }, 'not have this setting; leave it unset'],
  ] as [EstimatorKind, EngineName, Record<string, unknown>, string][]) {
    const [name] = Object.keys(given);
    it(`is told what ENGINE_${engine.toUpperCase()} honours instead of its ${kind}.${name}`, () => {
      const { message } = refusalOf(() => resolveEstimator(kind, engine, given), 'NOT_IMPLEMENTED', [
        `estimator.${kind}.${name}`,
      ]);
      expect(message).to.contain(`ENGINE_${engine.toUpperCase()}`).and.to.contain(description);
    });
  }

  it('is refused with infinity by that name', () => {
    const { message } = refusalOf(
      () => resolveEstimator('logistic_regression', 'core', { c: Infinity }),
      'INVALID_REQUEST',
      ['estimator.logistic_regression.c'],
    );
    expect(message).to.contain('is Infinity; must be a finite number above 0');
  });

  const outOfRange: [EstimatorKind, Record<string, unknown>][] = [
    ['logistic_regression', { max_iter: 0 }],
    ['logistic_regression', { max_iter: 1_000_001 }],
    ['logistic_regression', { c: 0 }],
    ['logistic_regression', { l1_ratio: 1.5 }],
    ['logistic_regression', { tol: 0 }],
    ['random_forest_classifier', { n_estimators: 100_001 }],
    ['random_forest_classifier', { min_samples_split: 1 }],
    ['random_forest_classifier', { min_weight_fraction_leaf: 0.6 }],
    ['random_forest_classifier', { max_leaf_nodes: 1 }],
    ['random_forest_classifier', { max_samples: 0 }],
    ['k_neighbors_classifier', { n_neighbors: 0 }],
    ['k_neighbors_classifier', { p: 0 }],
    ['k_neighbors_classifier', { leaf_size: 0 }],
  ];
  for (const [kind, given] of outOfRange) {
    it(`is refused with ${JSON.stringify(given)} as ${kind}`, () => {
      const [name] = Object.keys(given);
      refusalOf(() => resolveEstimator(kind, undefined, given), 'INVALID_REQUEST', [`estimator.${kind}.${name}`]);
    });
  }

  const notHonoured: [EstimatorKind, Record<string, unknown>][] = [
    ['logistic_regression', { penalty: 'l2' }],
    ['logistic_regression', { c: 0.5 }],
    ['logistic_regression', { tol: 1e-3 }],
    ['logistic_regression', { solver: 'saga' }],
    ['random_forest_classifier', { criterion: 'entropy' }],
    ['random_forest_classifier', { min_samples_leaf: 3 }],
    ['random_forest_classifier', { max_leaf_nodes: 9 }],
    ['random_forest_classifier', { oob_score: true }],
    ['random_forest_classifier', { ccp_alpha: 0.1 }],
    ['k_neighbors_classifier', { algorithm: 'brute' }],
    ['k_neighbors_classifier', { leaf_size: 10 }],
    ['k_neighbors_classifier', { p: 3 }],
  ];
  for (const [kind, given] of notHonoured) {
    it(`is not implemented with ${JSON.stringify(given)} as ${kind}`, () => {
      const [name] = Object.keys(given);
      refusalOf(() => resolveEstimator(kind, 'mljs', given), 'NOT_IMPLEMENTED', [`estimator.${kind}.${name}`]);
    });
  }

  it('takes 1 as the whole share of the rows, and larger numbers as counts of them', () => {
    for (const max_samples of [1, 0.1, 2, 500]) {
      const { hyperparameters } = resolveEstimator('random_forest_classifier', undefined, { max_samples });
      expect(hyperparameters.max_samples).to.equal(max_samples);
    }
  });

  it('is not implemented with an engine that is not built', () => {
    refusalOf(() => resolveEstimator('xgb_classifier', 'mljs', {}), 'NOT_IMPLEMENTED', [
      'estimator.xgb_classifier.engine',
    ]);
    refusalOf(() => resolveEstimator('cat_boost_classifier', 'mljs', {}), 'NOT_IMPLEMENTED', [
      'estimator.cat_boost_classifier.engine',
    ]);
  });

  it('leads to its engine', () => {
    const spec = resolveEstimator('random_forest_classifier', undefined, {});
    expect(engineOf(spec)).to.equal(catalog.random_forest_classifier.engines.core);
    expect(engineOf({ ...spec, engine: 'mljs' })).to.equal(catalog.random_forest_classifier.engines.mljs);
    const foreign = { ...spec, kind: 'cat_boost_classifier', engine: 'mljs' } as const;
    expect(() => engineOf(foreign)).to.throw(RangeError, 'no engine mljs');
  });

  it('leads to an engine that takes categories, whether or not it does so by itself', () => {
    const { engines } = catalog.logistic_regression;
    const engine = engineOf(resolveEstimator('logistic_regression', undefined, {}));
    expect(engines.core).not.to.have.property('takesCategories');
    expect(engine).not.to.equal(engines.core);
    expect(['lbfgs', 'saga'].map((solver) => engine.honours('solver', solver))).to.deep.equal([true, false]);
  });
});
