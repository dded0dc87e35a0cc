import type { Labels as WireLabels } from '../generated/modelserver/v1/model_server.js';
import { InputError } from './input-error.js';
import { alignedCopy, bytesOf } from './matrix.js';

/** Labels (shape: n_samples), all strings or all integers. Numbers must be whole and safe (up to 2^53). */
export type LabelsInput = readonly string[] | readonly number[] | readonly bigint[] | Int32Array;

/**
 * Labels, or classes, as the model has them: strings, or integers; those as
 * bigints only where one of them is beyond the safe integers.
 */
export type Labels = string[] | number[] | bigint[];

const INT64_MAX = 2n ** 63n - 1n;

/**
 * The contract's form of `y`; integers that fit are packed.
 *
 * @throws InputError for no labels, labels of mixed types, and numbers that are
 *   not integers (naming the first).
 */
export function encodeLabels(y: LabelsInput, field = 'y'): WireLabels {
  if (y.length === 0) throw new InputError(field, 'has no labels');
  if (y instanceof Int32Array) return { strings: [], ints: [], rawInt32: bytesOf(y) };
  const type = typeof y[0];
  if (type !== 'string' && type !== 'number' && type !== 'bigint') {
    throw new InputError(`${field}[0]`, 'must be a string or an integer');
  }
  const labels: readonly unknown[] = y;
  const mixed = labels.findIndex((label) => typeof label !== type);
  if (mixed >= 0) {
    throw new InputError(`${field}[${mixed}]`, `is a ${typeof labels[mixed]}, but the labels before it are ${type}s`);
  }
  switch (type) {
    case 'string':
      return { strings: y as string[], ints: [] };
    case 'number':
      return encodeNumbers(y as readonly number[], field);
    default:
      return encodeBigints(y as readonly bigint[], field);
  }
}

/** The labels of a message; undefined when it has none. */
export function decodeLabels(labels: WireLabels | undefined): Labels | undefined {
  if (labels === undefined) return undefined;
  if (labels.rawInt32 !== undefined) return Array.from(new Int32Array(alignedCopy(labels.rawInt32)));
  if (labels.ints.length > 0) {
    const safe = labels.ints.every(
      (label) => BigInt(Number.MIN_SAFE_INTEGER) <= label && label <= BigInt(Number.MAX_SAFE_INTEGER),
    );
    return safe ? labels.ints.map(Number) : labels.ints;
  }
  return labels.strings;
}

function encodeNumbers(y: readonly number[], field: string): WireLabels {
  const wrong = y.findIndex((label) => !Number.isSafeInteger(label));
  if (wrong >= 0) {
    throw new InputError(
      `${field}[${wrong}]`,
      `is ${y[wrong]}; numeric labels must be integers below 2^53, or bigints`,
    );
  }
  const fits = y.every((label) => label === (label | 0));
  return fits
    ? { strings: [], ints: [], rawInt32: bytesOf(Int32Array.from(y)) }
    : { strings: [], ints: y.map(BigInt), rawInt32: undefined };
}

function encodeBigints(y: readonly bigint[], field: string): WireLabels {
  const wrong = y.findIndex((label) => label > INT64_MAX || label < -INT64_MAX - 1n);
  if (wrong >= 0) throw new InputError(`${field}[${wrong}]`, `is ${y[wrong]}; integer labels have 64 bits`);
  return { strings: [], ints: [...y] };
}
