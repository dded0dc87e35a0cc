import { Estimator as WireEstimator } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import { resolveEstimator } from '../estimators/catalog.js';
import { type EngineName, ESTIMATOR_KINDS, type EstimatorKind, type EstimatorSpec } from '../estimators/estimator.js';

// Hyperparameters go by the names of the contract on both sides, so the stubs'
// own JSON does the work: `n_estimators` <-> `nEstimators`, `gini` <-> CRITERION_GINI.
const WIRE_KINDS: Readonly<Record<EstimatorKind, string>> = {
  logistic_regression: 'logisticRegression',
  random_forest_classifier: 'randomForestClassifier',
  k_neighbors_classifier: 'kNeighborsClassifier',
  xgb_classifier: 'xgbClassifier',
  lgbm_classifier: 'lgbmClassifier',
  cat_boost_classifier: 'catBoostClassifier',
};

/**
 * The estimator of a request, with every hyperparameter resolved.
 *
 * @throws INVALID_REQUEST, NOT_IMPLEMENTED, with the paths of the fields.
 */
export function decodeEstimator(estimator: WireEstimator | undefined): EstimatorSpec {
  const json = WireEstimator.toJSON(estimator ?? { kind: undefined }) as Record<string, Record<string, unknown>>;
  const kind = ESTIMATOR_KINDS.find((candidate) => WIRE_KINDS[candidate] in json);
  if (kind === undefined) throw invalid('estimator', `names no kind; set one of ${ESTIMATOR_KINDS.join(', ')}`);

  const { engine, ...given } = json[WIRE_KINDS[kind]];
  const hyperparameters = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [toSnake(key), fromWire(toSnake(key), value)]),
  );
  return resolveEstimator(kind, engineOf(kind, engine), hyperparameters);
}

/** A resolved estimator, with every hyperparameter that has a value set. */
export function encodeEstimator({ kind, engine, hyperparameters }: EstimatorSpec): WireEstimator {
  const json: Record<string, unknown> = { engine: `ENGINE_${engine.toUpperCase()}` };
  for (const [key, value] of Object.entries(hyperparameters)) {
    if (value !== null) json[toCamel(key)] = toWire(key, value);
  }
  return WireEstimator.fromJSON({ [WIRE_KINDS[kind]]: json });
}

function engineOf(kind: EstimatorKind, engine: unknown): EngineName | undefined {
  switch (engine) {
    case undefined:
    case 'ENGINE_UNSPECIFIED':
      return undefined;
    case 'ENGINE_CORE':
      return 'core';
    case 'ENGINE_MLJS':
      return 'mljs';
    default:
      throw invalid(`estimator.${kind}.engine`, 'must be ENGINE_CORE or ENGINE_MLJS');
  }
}

/** `CRITERION_GINI` of the field `criterion` is `gini`; the rule inside of max_features likewise. */
function fromWire(field: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromWire(key, inner)]));
  }
  const prefix = `${field.toUpperCase()}_`;
  if (typeof value !== 'string' || !value.startsWith(prefix)) return value;
  const name = value.slice(prefix.length).toLowerCase();
  return name === 'unspecified' ? undefined : name;
}

function toWire(field: string, value: unknown): unknown {
  if (field === 'max_features' && typeof value === 'string') return { rule: toWire('rule', value) };
  return typeof value === 'string' ? `${field}_${value}`.toUpperCase() : value;
}

function toSnake(key: string): string {
  return key === 'C' ? 'c' : key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCamel(key: string): string {
  return key === 'c' ? 'C' : key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
