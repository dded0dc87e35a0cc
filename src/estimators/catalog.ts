import { type FieldViolation, fromViolations, messageOf, notImplemented } from '../errors.js';
import { catBoostClassifier } from './cat-boost-classifier.js';
import type { Engine, EngineName, Estimator, EstimatorKind, EstimatorSpec } from './estimator.js';
import { show } from './hyperparameters.js';
import { kNeighborsClassifier } from './k-neighbors-classifier.js';
import { lgbmClassifier } from './lgbm-classifier.js';
import { logisticRegression } from './logistic-regression.js';
import { oneHot } from './one-hot.js';
import { randomForestClassifier } from './random-forest-classifier.js';
import { xgbClassifier } from './xgb-classifier.js';

/** Every estimator of the contract. */
export const catalog: Readonly<Record<EstimatorKind, Estimator>> = {
  logistic_regression: logisticRegression,
  random_forest_classifier: randomForestClassifier,
  k_neighbors_classifier: kNeighborsClassifier,
  xgb_classifier: xgbClassifier,
  lgbm_classifier: lgbmClassifier,
  cat_boost_classifier: catBoostClassifier,
};

/**
 * Completes what a request has set: the engine, and the default of every
 * hyperparameter that the engine honours and the request leaves unset.
 *
 * @throws INVALID_REQUEST for unknown names and values out of range,
 *   NOT_IMPLEMENTED for what the engine cannot honour; all faults at once.
 */
export function resolveEstimator(
  kind: EstimatorKind,
  engineName: EngineName | undefined,
  given: Readonly<Record<string, unknown>>,
): EstimatorSpec {
  const path = `estimator.${kind}`;
  const estimator = catalog[kind];
  const name = engineName ?? estimator.defaultEngine;
  const engine = estimator.engines[name];
  if (engine === undefined)
    throw notImplemented(`${path}.engine`, `ENGINE_${name.toUpperCase()} is not built yet for this estimator`);

  const faults: FieldViolation[] = [];
  const unsupported: FieldViolation[] = [];
  const hyperparameters: Record<string, unknown> = {};
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(estimator.hyperparameters, key))
      faults.push({ field: `${path}.${key}`, description: 'is not a hyperparameter' });
  }
  for (const [key, hyperparameter] of Object.entries(estimator.hyperparameters)) {
    const field = `${path}.${key}`;
    if (given[key] === undefined) {
      const value = engine.defaults && key in engine.defaults ? engine.defaults[key] : hyperparameter.default;
      if (engine.honours(key, value)) hyperparameters[key] = value;
      continue;
    }
    try {
      const value = hyperparameter.parse(given[key]);
      hyperparameters[key] = value;
      if (!engine.honours(key, value)) {
        const values = (hyperparameter.values ?? [hyperparameter.default]).filter((each) => engine.honours(key, each));
        unsupported.push({ field, description: describeUnsupported(name, values) });
      }
    } catch (error) {
      faults.push({ field, description: messageOf(error) });
    }
  }
  if (faults.length > 0) throw fromViolations('INVALID_REQUEST', faults);
  if (unsupported.length > 0) throw fromViolations('NOT_IMPLEMENTED', unsupported);
  return { kind, engine: name, hyperparameters };
}

/** @param values those that the engine does honour, as far as they are known */
function describeUnsupported(engineName: EngineName, values: readonly unknown[]): string {
  const engine = `ENGINE_${engineName.toUpperCase()}`;
  // What is absent by default is had by leaving it unset.
  const names = values.filter((value) => value !== null).map(show);
  if (names.length === 0) return `${engine} does not have this setting; leave it unset`;
  return `${engine} has this setting with ${names.join(' or ')} only; choose that, or leave it unset`;
}

/** The engine that trains and serves `spec`, which `resolveEstimator` has made; it takes categories, in some way. */
export function engineOf(spec: EstimatorSpec): Engine {
  const engine = catalog[spec.kind]?.engines[spec.engine];
  if (engine === undefined) throw new RangeError(`no engine ${spec.engine} for the estimator ${spec.kind}`);
  return engine.takesCategories === undefined ? oneHot(engine) : engine;
}
