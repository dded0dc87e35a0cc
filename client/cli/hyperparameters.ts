import { encodeEstimator, type Estimator } from '../estimator.js';
import { estimatorKinds, type EstimatorKind, type FieldType, hyperparameterFields } from '../hyperparameter-fields.js';
import { InputError } from '../input-error.js';
import { snakeCase } from '../names.js';
import { UsageError } from './usage-error.js';

/** The estimators' names on the command line, for example 'random_forest_classifier'. */
export const estimatorNames: readonly string[] = estimatorKinds.map(snakeCase);

/**
 * The estimator for `--estimator NAME --param KEY=VALUE …`. Keys are the
 * contract's names (n_estimators), enums lower-case names (gini), and
 * max_features a rule (sqrt), a count (3) or a share (0.5), monotonic_cst a list
 * (1,0,-1).
 *
 * @throws UsageError for keys that the estimator does not have, and values of the wrong type.
 */
export function parseEstimator(name: string, params: readonly string[]): Estimator {
  const kind = estimatorKinds.find((each) => snakeCase(each) === name) as EstimatorKind;
  const fields: Readonly<Record<string, FieldType>> = hyperparameterFields[kind];
  // `C` is the one name that Python writes in upper case.
  const byName = new Map(Object.keys(fields).map((field) => [snakeCase(field), field]));
  const hyperparameters: Record<string, unknown> = {};
  for (const param of params) {
    const [key, ...rest] = param.split('=');
    if (rest.length === 0) throw new UsageError(`--param ${param}: must be KEY=VALUE, for example n_estimators=10`);
    const field = byName.get(key.trim().toLowerCase());
    if (field === undefined) {
      const known = [...byName.keys()].join(', ');
      throw new UsageError(`--param ${param}: ${name} has no hyperparameter ${key}; it has ${known}`);
    }
    hyperparameters[field] = parseValue(fields[field], rest.join('=').trim());
    checkType(kind, field, hyperparameters[field], param);
  }
  return { [kind]: hyperparameters } as unknown as Estimator;
}

function checkType(kind: EstimatorKind, field: string, value: unknown, param: string): void {
  try {
    encodeEstimator({ [kind]: { [field]: value } } as unknown as Estimator);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(`--param ${param}: ${error.description}`) : error;
  }
}

// What is not of the field's type stays text: encodeEstimator refuses it and says what would be right.
function parseValue(type: FieldType, text: string): unknown {
  const number = text === '' ? Number.NaN : Number(text);
  switch (type) {
    case 'count':
    case 'integer':
    case 'number':
      return Number.isNaN(number) ? text : number;
    case 'flag':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'directions':
      return text.split(',').map((direction) => parseValue('integer', direction.trim()));
    case 'maxFeatures':
      if (Number.isNaN(number)) return text;
      return /^\d+$/.test(text) ? { count: number } : { fraction: number };
    default:
      // Python's spellings too: newton-cg, SqrtBalanced.
      return text
        .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_')
        .toLowerCase()
        .replaceAll('-', '_');
  }
}
