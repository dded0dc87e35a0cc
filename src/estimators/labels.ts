import { invalid } from '../errors.js';

/**
 * Class labels (shape: n_samples), or the classes themselves (shape:
 * n_classes). Integers are 64 bits wide, as in the contract; those that came
 * packed stay 32 bits wide.
 */
export type Labels =
  | { readonly kind: 'string'; readonly values: readonly string[] }
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
  const distinct = new Map<string | bigint | number, number>();
  for (const value of labels.values) distinct.set(value, 0);
  if (distinct.size < 2) {
    throw invalid(
      'y',
      `all ${labels.values.length} labels are ${String(labels.values[0])}; a classifier needs at least 2 classes`,
    );
  }

  const classes = sortClasses(labels.kind, [...distinct.keys()]);
  // Packed labels are numbers, while their classes are 64 bits wide.
  const packed = labels.values instanceof Int32Array;
  classes.values.forEach((value, index) => distinct.set(packed ? Number(value) : value, index));

  const indexes = new Int32Array(labels.values.length);
  let i = 0;
  for (const value of labels.values) indexes[i++] = distinct.get(value) ?? -1;
  return { classes, indexes };
}

function sortClasses(kind: Labels['kind'], values: (string | bigint | number)[]): Classes {
  if (kind === 'integer') {
    return { kind, values: BigInt64Array.from(values, (value) => BigInt(value)).toSorted() };
  }
  // By code point, as Python sorts; JavaScript's own order is by UTF-16 unit.
  const keyed = values.map((value) => ({ value: String(value), key: Buffer.from(String(value)) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return { kind, values: keyed.map(({ value }) => value) };
}
