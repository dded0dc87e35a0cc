import { type FieldViolation, fromViolations, invalid } from '../errors.js';
import type { Matrix } from '../estimators/matrix.js';
import type { Feature } from './model.js';

/** A matrix from a request; its columns have names when it came as a table. */
export interface NamedMatrix extends Matrix {
  /** Shape: columns; all different. */
  readonly columnNames?: readonly string[];
}

/** The features of a model that trains on `x`: named by the table, by the caller, or x0, x1, … */
export function featuresOf(x: NamedMatrix, featureNames: readonly string[]): Feature[] {
  if (x.columnNames !== undefined && featureNames.length > 0) {
    throw invalid('options.feature_names', 'x.columns names the features already; leave this empty');
  }
  if (featureNames.length > 0 && featureNames.length !== x.columns) {
    throw invalid('options.feature_names', `has ${featureNames.length} names; x has ${x.columns} columns`);
  }
  const names = x.columnNames ?? (featureNames.length > 0 ? featureNames : undefined);
  return Array.from({ length: x.columns }, (_, column) => ({ name: names?.[column] ?? `x${column}`, kind: 'numeric' }));
}

/**
 * Puts the columns of `x` into the order of the model's features. Columns
 * without names are taken as they stand.
 *
 * @throws INVALID_REQUEST for a wrong width, a missing or an unknown name.
 */
export function alignToFeatures(x: NamedMatrix, features: readonly Feature[]): Matrix {
  const { columnNames } = x;
  if (columnNames === undefined) {
    if (x.columns === features.length) return x;
    const field = x.encoding === 'raw' ? 'x.raw.columns' : 'x.rows[0].values';
    throw invalid(field, `has ${x.columns} columns; the model takes ${features.length}`);
  }
  const order = columnOrder(columnNames, features);
  if (order.every((from, to) => from === to)) return x;

  const data = new Float64Array(x.rows * features.length);
  for (let row = 0; row < x.rows; row++) {
    for (let column = 0; column < order.length; column++) {
      data[row * order.length + column] = x.data[row * x.columns + order[column]];
    }
  }
  return { ...x, columns: order.length, data };
}

function columnOrder(columnNames: readonly string[], features: readonly Feature[]): number[] {
  const columnOf = new Map(columnNames.map((name, column) => [name, column]));
  const known = new Set(features.map(({ name }) => name));
  const missing = features.filter(({ name }) => !columnOf.has(name)).map(({ name }) => name);
  const violations: FieldViolation[] = columnNames.flatMap((name, column) =>
    known.has(name)
      ? []
      : [{ field: `x.columns[${column}].name`, description: `${JSON.stringify(name)} is no feature of the model` }],
  );
  if (missing.length > 0) {
    violations.unshift({ field: 'x.columns', description: `lacks the model's features ${missing.join(', ')}` });
  }
  if (violations.length > 0) throw fromViolations('INVALID_REQUEST', violations);
  return features.map(({ name }) => columnOf.get(name) ?? -1);
}
