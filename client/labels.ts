import type { Labels as WireLabels } from '../generated/modelserver/v1/model_server.js';
import { InputError } from './input-error.js';
import { alignedCopy, bytesOf } from './matrix.js';
import { rangeOf, type RowSlices } from './row-slices.js';

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
  const slices = sliceLabels(y, field);
  return slices.slice(0, slices.rows);
}

/**
 * Labels to be sent in parts, all of which have the same encoding.
 *
 * @throws InputError as encodeLabels does, before there is any part.
 */
export function sliceLabels(y: LabelsInput, field = 'y'): RowSlices<WireLabels> {
  if (y.length === 0) throw new InputError(field, 'has no labels');
  const rows = y.length;
  if (y instanceof Int32Array) {
    return { rows, bytesPerRow: 4, slice: (start, end) => packed(y.subarray(start, end)) };
  }
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
    case 'string': {
      const strings = y as readonly string[];
      const slice = (start: number, end: number) => ({ strings: rangeOf(strings, start, end), ints: [] });
      return { rows, bytesPerRow: 2, extraBytes: (row) => strings[row].length, slice };
    }
    case 'number':
      return sliceNumbers(y as readonly number[], field);
    default:
      return sliceBigints(y as readonly bigint[], field);
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

/** The most bytes that a sint64 takes. */
const INT_BYTES = 10;

function sliceNumbers(y: readonly number[], field: string): RowSlices<WireLabels> {
  const wrong = y.findIndex((label) => !Number.isSafeInteger(label));
  if (wrong >= 0) {
    throw new InputError(
      `${field}[${wrong}]`,
      `is ${y[wrong]}; numeric labels must be integers below 2^53, or bigints`,
    );
  }
  const fits = y.every((label) => label === (label | 0));
  return fits
    ? { rows: y.length, bytesPerRow: 4, slice: (start, end) => packed(Int32Array.from(rangeOf(y, start, end))) }
    : {
        rows: y.length,
        bytesPerRow: INT_BYTES,
        slice: (start, end) => ({ strings: [], ints: rangeOf(y, start, end).map(BigInt), rawInt32: undefined }),
      };
}

function sliceBigints(y: readonly bigint[], field: string): RowSlices<WireLabels> {
  const wrong = y.findIndex((label) => label > INT64_MAX || label < -INT64_MAX - 1n);
  if (wrong >= 0) throw new InputError(`${field}[${wrong}]`, `is ${y[wrong]}; integer labels have 64 bits`);
  const slice = (start: number, end: number) => ({ strings: [], ints: rangeOf(y, start, end) });
  return { rows: y.length, bytesPerRow: INT_BYTES, slice };
}

function packed(labels: Int32Array): WireLabels {
  return { strings: [], ints: [], rawInt32: bytesOf(labels) };
}
