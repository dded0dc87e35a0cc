import { type FieldViolation, fromViolations, invalid } from '../errors.js';
import type { Matrix } from '../estimators/matrix.js';
import type { ModelCategories } from './categories.js';
import type { Feature } from './model.js';
import { shownCategories } from './shown-categories.js';

/** A matrix from a request; its columns have names when it came as a table, and may be of strings then. */
export interface NamedMatrix extends Matrix {
  /** Shape: columns; all different. */
  readonly columnNames?: readonly string[];
  /** The strings of each column (shape: columns x rows), undefined for one of numbers; absent: all are. `data` holds 0 in their place. */
  readonly strings?: readonly (readonly string[] | undefined)[];
}

/** A matrix whose columns are a model's features, once `moveColumns` has put its rows in order. */
export interface AlignedMatrix extends Matrix {
  /** By feature; see NamedMatrix. */
  readonly strings?: NamedMatrix['strings'];
  /** The column of the request that each feature comes from; absent: the same. */
  readonly sources?: readonly number[];
}

/** The names of the features of a model that trains on `x`: those of the table, the caller's, or x0, x1, … */
export function featureNamesOf(x: Pick<NamedMatrix, 'columns' | 'columnNames'>, given: readonly string[]): string[] {
  if (x.columnNames !== undefined && given.length > 0) {
    throw invalid('options.feature_names', 'x.columns names the features already; leave this empty');
  }
  if (given.length > 0 && given.length !== x.columns) {
    throw invalid('options.feature_names', `has ${given.length} names; x has ${x.columns} columns`);
  }
  const names = x.columnNames ?? (given.length > 0 ? given : undefined);
  return Array.from({ length: x.columns }, (_, column) => names?.[column] ?? `x${column}`);
}

/** The features of these names and categories. */
export function featuresOf(names: readonly string[], categories: ModelCategories): Feature[] {
  const nCategorical = categories.filter((each) => each !== undefined).length;
  return names.map((name, i) => {
    const each = categories[i];
    if (each === undefined) return { name, kind: 'numeric' };
    return {
      name,
      kind: 'categorical',
      categoryKind: each.kind,
      nCategories: each.values.length,
      shownCategories: shownCategories(each, nCategorical),
    };
  });
}

/**
 * Finds the columns of `x` that are the model's features. Columns without names
 * are taken as they stand. The numbers stay where they are: see `moveColumns`.
 *
 * @throws INVALID_REQUEST for a wrong width, a missing or an unknown name, and
 *   for numbers where the model takes strings, or the other way round.
 */
export function alignToFeatures(x: NamedMatrix, features: readonly Feature[]): AlignedMatrix {
  const { columnNames } = x;
  if (columnNames === undefined) {
    requireNoStrings(x, features);
    if (x.columns === features.length) return x;
    const field = x.encoding === 'raw' ? 'x.raw.columns' : 'x.rows[0].values';
    throw invalid(field, `has ${x.columns} columns; the model takes ${features.length}`);
  }
  const order = columnOrder(columnNames, features);
  requireKinds(x, features, order);
  if (order.every((from, to) => from === to)) return x;

  const { rows, columns, data, encoding } = x;
  const strings = x.strings && order.map((column) => x.strings?.[column]);
  return { rows, columns, data, encoding, strings, sources: order };
}

/** Puts the numbers of the rows `from` to `to` into the order of the model's features, where they lie. */
export function moveColumns({ columns, data, sources }: AlignedMatrix, from: number, to: number): void {
  if (sources === undefined) return;
  const row = new Float64Array(columns);
  for (let start = from * columns; start < to * columns; start += columns) {
    for (let column = 0; column < columns; column++) row[column] = data[start + sources[column]];
    data.set(row, start);
  }
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

/** Which of a column's fields a feature's values come in. */
function fieldOf(feature: Feature): 'numbers' | 'strings' {
  return feature.kind === 'categorical' && feature.categoryKind === 'string' ? 'strings' : 'numbers';
}

function requireNoStrings({ encoding }: Matrix, features: readonly Feature[]): void {
  const feature = features.find((each) => fieldOf(each) === 'strings');
  if (feature === undefined) return;
  throw invalid(
    encoding === 'raw' ? 'x.raw' : 'x.rows',
    `has numbers only, and the model's feature ${JSON.stringify(feature.name)} has strings; send x.columns`,
  );
}

/** @param order the column of each feature */
function requireKinds({ strings }: NamedMatrix, features: readonly Feature[], order: readonly number[]): void {
  const violations = features.flatMap((feature, i): FieldViolation[] => {
    const column = order[i];
    const given = strings?.[column] === undefined ? 'numbers' : 'strings';
    const field = fieldOf(feature);
    if (given === field) return [];
    const kind = feature.kind === 'numeric' ? 'is numeric' : `has categories, which are ${feature.categoryKind}s`;
    const description = `the feature ${JSON.stringify(feature.name)} ${kind}; send ${field}, not ${given}`;
    return [{ field: `x.columns[${column}].${given}`, description }];
  });
  if (violations.length > 0) throw fromViolations('INVALID_REQUEST', violations);
}
