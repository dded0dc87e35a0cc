import { invalid } from '../errors.js';

/**
 * Class labels (shape: n_samples), or the classes themselves (shape:
 * n_classes). Integers are 64 bits wide, as in the contract; those that came
 * packed stay 32 bits wide. Numbered ones are strings by their number, in any
 * order: a thread gets strings one by one, and numbers all at once.
 */
export type Labels =
  | { readonly kind: 'string'; readonly values: readonly string[] }
  | { readonly kind: 'numbered'; readonly values: Int32Array<ArrayBuffer>; readonly strings: readonly string[] }
  | { readonly kind: 'integer'; readonly values: BigInt64Array<ArrayBuffer> | Int32Array<ArrayBuffer> };

/** The sorted classes of a model. */
export type Classes =
  | { readonly kind: 'string'; readonly values: readonly string[] }
  | { readonly kind: 'integer'; readonly values: BigInt64Array<ArrayBuffer> };

/** Labels as indexes into their sorted classes. */
interface EncodedLabels {
  readonly classes: Classes;
  /** Shape: n_samples, each in [0, n_classes). */
  readonly indexes: Int32Array;
}

/**
 * Finds the classes of `labels` and encodes each label as its class's index.
 *
 * @throws INVALID_REQUEST unless there are at least two classes.
 */
export function encodeLabels(labels: Labels): EncodedLabels {
  if (labels.kind === 'numbered') return encodeNumbered(labels);
  const distinct = new Map<string | bigint | number, number>();
  for (const value of labels.values) distinct.set(value, 0);
  requireClasses(distinct.size, labels.values.length, labels.values[0]);

  const classes = sortClasses(labels.kind, [...distinct.keys()]);
  // Packed labels are numbers, while their classes are 64 bits wide.
  const packed = labels.values instanceof Int32Array;
  classes.values.forEach((value, index) => distinct.set(packed ? Number(value) : value, index));

  const indexes = new Int32Array(labels.values.length);
  let i = 0;
  for (const value of labels.values) indexes[i++] = distinct.get(value) ?? -1;
  return { classes, indexes };
}

function encodeNumbered({ values, strings }: Labels & { readonly kind: 'numbered' }): EncodedLabels {
  const numbers = new Set(values);
  requireClasses(numbers.size, values.length, strings[values[0]]);
  const classes = sortClasses(
    'string',
    Array.from(numbers, (number) => strings[number]),
  );
  const rankOf = new Map<unknown, number>([...classes.values].map((value, rank) => [value, rank]));
  const ranks = strings.map((value) => rankOf.get(value) ?? -1);
  return { classes, indexes: values.map((number) => ranks[number]) };
}

function requireClasses(nClasses: number, nLabels: number, label: unknown): void {
  if (nClasses >= 2) return;
  throw invalid('y', `all ${nLabels} labels are ${String(label)}; a classifier needs at least 2 classes`);
}

function sortClasses(kind: Classes['kind'], values: (string | bigint | number)[]): Classes {
  if (kind === 'integer') {
    return { kind, values: BigInt64Array.from(values, (value) => BigInt(value)).toSorted() };
  }
  // By code point, as Python sorts; JavaScript's own order is by UTF-16 unit.
  const keyed = values.map((value) => ({ value: String(value), key: Buffer.from(String(value)) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return { kind, values: keyed.map(({ value }) => value) };
}
