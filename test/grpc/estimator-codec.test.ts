import { expect } from 'chai';
import { Estimator } from '../../generated/modelserver/v1/model_server.js';
import { DomainError } from '../../src/errors.js';
import { catalog, resolveEstimator } from '../../src/estimators/catalog.js';
import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { decodeEstimator, encodeEstimator } from '../../src/grpc/estimator-codec.js';

const fromJson = (json: object) => decodeEstimator(Estimator.fromJSON(json));

describe('an estimator on the wire', () => {
  for (const [kind, { hyperparameters, engines, defaultEngine }] of Object.entries(catalog)) {
    if (defaultEngine === undefined) continue;

    it(`${kind} comes back with every hyperparameter that was resolved`, () => {
      const spec = resolveEstimator(kind as EstimatorKind, undefined, {});
      expect(decodeEstimator(encodeEstimator(spec))).to.deep.equal(spec);
    });

    it(`${kind} has a field in the contract for each of its hyperparameters`, () => {
      const message = encodeEstimator({
        kind: kind as EstimatorKind,
        engine: 'core',
        hyperparameters: numbersFor(hyperparameters),
      });
      const { engine, ...fields } = (message.kind?.value ?? {}) as unknown as Record<string, unknown>;
      // The contract lets callers choose where there is a choice.
      expect(engine).to.equal(Object.keys(engines).length > 1 ? 1 : undefined);
      expect(Object.values(fields).filter((value) => value !== undefined)).to.have.length(
        Object.keys(hyperparameters).length,
      );
    });
  }

  it('takes enum values by their names without the prefix', () => {
    const { hyperparameters } = fromJson({
      kNeighborsClassifier: { weights: 'WEIGHTS_DISTANCE', algorithm: 'ALGORITHM_KD_TREE' },
    });
    expect(hyperparameters).to.include({ weights: 'distance', algorithm: 'kd_tree' });
  });

  it('takes an enum value that is not specified as not set', () => {
    const { hyperparameters } = fromJson({ kNeighborsClassifier: { weights: 'WEIGHTS_UNSPECIFIED' } });
    expect(hyperparameters).to.include({ weights: 'uniform' });
  });

  it('takes max_features as a rule, a count or a share', () => {
    for (const [maxFeatures, expected] of [
      [{ rule: 'RULE_LOG2' }, 'log2'],
      [{ count: 3 }, { count: 3 }],
      [{ fraction: 0.5 }, { fraction: 0.5 }],
    ]) {
      const spec = fromJson({ randomForestClassifier: { maxFeatures } });
      expect(spec.hyperparameters.max_features).to.deep.equal(expected);
      expect(decodeEstimator(encodeEstimator(spec))).to.deep.equal(spec);
    }
  });

  it('takes the directions of features, which no engine has yet, as they are', () => {
    expect(() => fromJson({ randomForestClassifier: { monotonicCst: { directions: [1, 0, -1] } } }))
      .to.throw(DomainError, 'does not have this setting')
      .with.nested.property('violations[0].field', 'estimator.random_forest_classifier.monotonic_cst');
    expect(() => fromJson({ randomForestClassifier: { monotonicCst: { directions: [1, 2] } } }))
      .to.throw(DomainError, 'is 2; must be a whole number at least -1 and at most 1')
      .with.property('reason', 'INVALID_REQUEST');
  });

  it('refuses an engine that it does not know', () => {
    expect(() => fromJson({ logisticRegression: { engine: 9 } }))
      .to.throw()
      .with.nested.property('violations[0].field', 'estimator.logistic_regression.engine');
  });
});

/** Any value will do where only the presence of the field counts. */
function numbersFor(table: object): Record<string, unknown> {
  const values = Object.entries(table).map(([name, { default: value }]) => [name, value ?? 1]);
  return Object.fromEntries(values);
}
