import {
  type Estimator as WireEstimator,
  MaxFeatures_Rule,
  type MonotonicConstraints,
} from '../generated/modelserver/v1/model_server.js';
import { type FriendlyEnum, friendlyEnum } from './friendly-enum.js';
import {
  estimatorKinds,
  type EstimatorKind,
  type EstimatorMessages,
  type FieldType,
  hyperparameterFields,
} from './hyperparameter-fields.js';
import { InputError } from './input-error.js';

/** The features that a split looks at: a rule, a count, or a share in (0, 1]. */
export type MaxFeatures = 'sqrt' | 'log2' | 'all' | { readonly count: number } | { readonly fraction: number };

type Fields = typeof hyperparameterFields;

type ValueOf<Field, Message> =
  Field extends FriendlyEnum<infer Name>
    ? Name
    : Field extends 'maxFeatures'
      ? MaxFeatures
      : Field extends 'directions'
        ? readonly number[]
        : NonNullable<Message>;

type HyperparametersOf<Message, Table> = {
  readonly [Field in keyof Message]?: Field extends keyof Table ? ValueOf<Table[Field], Message[Field]> : never;
};

/**
 * The hyperparameters of one estimator: those of the Python class of that name,
 * in camelCase, enums as lower-case names ('gini', 'newton_cg'). An unset one
 * takes its default on the server.
 */
export type Hyperparameters<Kind extends EstimatorKind> = HyperparametersOf<EstimatorMessages[Kind], Fields[Kind]>;

/**
 * What to train, or what was trained: exactly one estimator with its
 * hyperparameters, for example `{ randomForestClassifier: { nEstimators: 200 } }`.
 */
export type Estimator = {
  [Kind in EstimatorKind]: { readonly [Key in Kind]: Hyperparameters<Kind> } & {
    readonly [Key in Exclude<EstimatorKind, Kind>]?: undefined;
  };
}[EstimatorKind];

const rules = friendlyEnum(MaxFeatures_Rule, 'RULE_');

/** The kind of `estimator`, for example 'randomForestClassifier'; undefined when it names none. */
export function estimatorKind(estimator: Estimator): EstimatorKind | undefined {
  return estimatorKinds.find((kind) => estimator[kind] !== undefined);
}

/**
 * The contract's form of `estimator`.
 *
 * @throws InputError for none or several estimators, unknown hyperparameters,
 *   and values of a type that cannot be sent. Ranges are the server's to judge.
 */
export function encodeEstimator(estimator: Estimator): WireEstimator {
  const given = Object.entries(estimator).filter(([, value]) => value !== undefined);
  if (given.length !== 1) throw new InputError('estimator', `needs exactly one of ${estimatorKinds.join(', ')}`);
  const [kind, hyperparameters] = given[0] as [EstimatorKind, Readonly<Record<string, unknown>>];
  const fields: Readonly<Record<string, FieldType>> | undefined = hyperparameterFields[kind];
  if (fields === undefined) throw new InputError(`estimator.${kind}`, `must be one of ${estimatorKinds.join(', ')}`);

  const value: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(hyperparameters)) {
    if (setting === undefined) continue;
    const path = `estimator.${kind}.${name}`;
    const type = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (type === undefined) {
      throw new InputError(path, `is not a hyperparameter; there are ${Object.keys(fields).join(', ')}`);
    }
    value[name] = encodeValue(type, setting, path);
  }
  // The engine is the one field without presence in the contract: its zero means "not set".
  if ('engine' in fields) value.engine ??= 0;
  return { kind: { $case: kind, value } as WireEstimator['kind'] };
}

/** The friendly form of a model's estimator; undefined for one that this version does not know. */
export function decodeEstimator(estimator: WireEstimator | undefined): Estimator | undefined {
  if (estimator?.kind === undefined) return undefined;
  const { $case: kind, value } = estimator.kind;
  const fields: Readonly<Record<string, FieldType>> = hyperparameterFields[kind];
  const hyperparameters: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(value)) {
    const type = fields[name];
    const decoded = type === undefined || setting === undefined ? undefined : decodeValue(type, setting);
    if (decoded !== undefined) hyperparameters[name] = decoded;
  }
  return { [kind]: hyperparameters } as unknown as Estimator;
}

function encodeValue(type: FieldType, value: unknown, path: string): unknown {
  switch (type) {
    case 'number':
      if (typeof value !== 'number') throw new InputError(path, `is ${show(value)}; must be a number`);
      return value;
    case 'count':
      if (!isInteger(value, 0, 2 ** 32 - 1))
        throw new InputError(path, `is ${show(value)}; must be a whole number >= 0`);
      return value;
    case 'integer':
      if (!isInteger(value, -(2 ** 31), 2 ** 31 - 1)) {
        throw new InputError(path, `is ${show(value)}; must be a whole number of 32 bits`);
      }
      return value;
    case 'flag':
      if (typeof value !== 'boolean') throw new InputError(path, `is ${show(value)}; must be true or false`);
      return value;
    case 'directions':
      if (!Array.isArray(value)) throw new InputError(path, `is ${show(value)}; must be a list of 1, 0 and -1`);
      return { directions: value.map((each, index) => encodeValue('integer', each, `${path}[${index}]`)) };
    case 'maxFeatures':
      return encodeMaxFeatures(value, path);
    default: {
      const number = type.toNumber(value);
      if (number === undefined)
        throw new InputError(path, `is ${show(value)}; must be one of ${type.names.join(', ')}`);
      return number;
    }
  }
}

function decodeValue(type: FieldType, value: unknown): unknown {
  if (type === 'maxFeatures') {
    const { value: rule } = value as { value?: { $case: 'rule' | 'count' | 'fraction'; value: number } };
    if (rule === undefined) return undefined;
    return rule.$case === 'rule' ? rules.toName(rule.value) : { [rule.$case]: rule.value };
  }
  if (type === 'directions') return (value as MonotonicConstraints).directions;
  return typeof type === 'string' ? value : type.toName(value as number);
}

function encodeMaxFeatures(value: unknown, path: string): unknown {
  const rule = rules.toNumber(value);
  if (rule !== undefined) return { value: { $case: 'rule', value: rule } };
  if (typeof value === 'object' && value !== null) {
    if ('count' in value)
      return { value: { $case: 'count', value: encodeValue('count', value.count, `${path}.count`) } };
    if ('fraction' in value) {
      return { value: { $case: 'fraction', value: encodeValue('number', value.fraction, `${path}.fraction`) } };
    }
  }
  throw new InputError(path, `is ${show(value)}; must be ${rules.names.join(', ')}, { count } or { fraction }`);
}

function isInteger(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
}
