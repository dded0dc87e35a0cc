import { Dtype, type Matrix as WireMatrix } from '../generated/modelserver/v1/model_server.js';
import type { FloatArray } from './float-array.js';
import { InputError } from './input-error.js';
import type { RowSlices } from './row-slices.js';
import { encodeTable, sliceTable, type Table } from './table.js';

/** Numbers of shape `rows` x `columns`, row-major. */
export interface DenseMatrix<Data extends FloatArray = FloatArray> {
  readonly rows: number;
  readonly columns: number;
  /** Length: rows * columns. */
  readonly data: Data;
}

/**
 * Features, of shape n_samples x n_features: rows of numbers, packed numbers
 * (sent as their bytes, without a copy of ours), or a table whose columns the
 * server matches with the model's features by name.
 */
export type MatrixInput = readonly (readonly number[])[] | readonly FloatArray[] | DenseMatrix | Table;

/** Up to here a request of rows stays readable in a trace. */
const MAX_READABLE_CELLS = 256;

/**
 * The contract's form of `x`. The bytes of packed numbers are shared, not
 * copied: leave them alone until the call has ended.
 *
 * @param maxReadableCells Rows of numbers with more cells than this are packed.
 * @throws InputError for no rows, ragged rows (naming the first), data whose
 *   length is not rows * columns, and what encodeTable says.
 */
export function encodeMatrix(x: MatrixInput, field = 'x', maxReadableCells = MAX_READABLE_CELLS): WireMatrix {
  if (isRows(x)) return encodeRows(x, field, maxReadableCells);
  if (isTable(x)) return { rows: [], raw: undefined, columns: encodeTable(x, field) };
  requireSize(x, field);
  return packed(x);
}

/**
 * The rows of `x`, to be sent in parts: the bytes of packed numbers in place, rows
 * of numbers packed part by part.
 *
 * @throws InputError as encodeMatrix does, before there is any part.
 */
export function sliceMatrix(x: MatrixInput, field = 'x'): RowSlices<WireMatrix> {
  if (isTable(x)) {
    const table = sliceTable(x, field);
    const slice = (start: number, end: number) => ({ rows: [], raw: undefined, columns: table.slice(start, end) });
    return { ...table, slice };
  }
  if (!isRows(x)) {
    const { rows, columns, data } = x;
    requireSize(x, field);
    const slice = (start: number, end: number) =>
      packed({ rows: end - start, columns, data: data.subarray(start * columns, end * columns) });
    return { rows, bytesPerRow: columns * data.BYTES_PER_ELEMENT, slice };
  }
  const columns = columnCount(x, field);
  const single = isSinglePrecision(x);
  const slice = (start: number, end: number) => packed(packRows(x.slice(start, end), columns, single));
  return { rows: x.length, bytesPerRow: columns * (single ? 4 : 8), slice };
}

/** Whether `x` is a table, whose columns have names. */
export function isTable(x: MatrixInput): x is Table {
  return !isRows(x) && typeof x.columns !== 'number';
}

/** The rows of `matrix` as arrays of numbers. */
export function toRows({ rows, columns, data }: DenseMatrix): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns)));
}

/** The numbers of a matrix that came over the wire, as doubles (shape: rows x columns). */
export function decodeMatrix(matrix: WireMatrix): DenseMatrix<Float64Array> {
  if (matrix.raw !== undefined) {
    const { rows, columns, dtype, data } = matrix.raw;
    return { rows, columns, data: dtype === Dtype.DTYPE_FLOAT32 ? Float64Array.from(floats(data)) : doubles(data) };
  }
  const columns = matrix.rows[0]?.values.length ?? 0;
  const data = new Float64Array(matrix.rows.length * columns);
  matrix.rows.forEach((row, index) => data.set(row.values, index * columns));
  return { rows: matrix.rows.length, columns, data };
}

/** The bytes of a typed array, shared with it; a view covers only its own part of the buffer. */
export function bytesOf(array: FloatArray | Int32Array | Uint8Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** A copy of `bytes` that starts at an offset where 8-byte numbers may be read; Node's small buffers share a pool. */
export function alignedCopy(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function isRows(x: MatrixInput): x is readonly (readonly number[])[] | readonly FloatArray[] {
  return Array.isArray(x);
}

function encodeRows(
  rows: readonly (readonly number[] | FloatArray)[],
  field: string,
  maxReadableCells: number,
): WireMatrix {
  const columns = columnCount(rows, field);
  const typed = ArrayBuffer.isView(rows[0]);
  if (!typed && rows.length * columns <= maxReadableCells) {
    return { rows: (rows as readonly number[][]).map((values) => ({ values })), raw: undefined, columns: [] };
  }
  return packed(packRows(rows, columns, isSinglePrecision(rows)));
}

/** Doubles hold both kinds of numbers; only rows that are all single precision stay so. */
function isSinglePrecision(rows: readonly (readonly number[] | FloatArray)[]): boolean {
  return rows.every((row) => row instanceof Float32Array);
}

function packRows(rows: readonly (readonly number[] | FloatArray)[], columns: number, single: boolean): DenseMatrix {
  const data = single ? new Float32Array(rows.length * columns) : new Float64Array(rows.length * columns);
  rows.forEach((row, index) => data.set(row, index * columns));
  return { rows: rows.length, columns, data };
}

function columnCount(rows: readonly (readonly number[] | FloatArray)[], field: string): number {
  if (rows.length === 0) throw new InputError(field, 'has no rows');
  const columns = rows[0].length;
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new InputError(`${field}[${index}]`, `has ${row.length} values, but the rows before it have ${columns}`);
    }
    if (ArrayBuffer.isView(row)) return;
    // A string would be sent as NaN, which means "missing".
    const wrong = row.findIndex((value) => typeof value !== 'number');
    if (wrong >= 0) throw new InputError(`${field}[${index}][${wrong}]`, `is ${String(row[wrong])}; must be a number`);
  });
  return columns;
}

function requireSize({ rows, columns, data }: DenseMatrix, field: string): void {
  if (data.length === rows * columns) return;
  throw new InputError(`${field}.data`, `has ${data.length} numbers; ${rows} x ${columns} need ${rows * columns}`);
}

function packed({ rows, columns, data }: DenseMatrix): WireMatrix {
  const dtype = data instanceof Float32Array ? Dtype.DTYPE_FLOAT32 : Dtype.DTYPE_FLOAT64;
  return { rows: [], raw: { rows, columns, dtype, data: bytesOf(data) }, columns: [] };
}

function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(alignedCopy(bytes));
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(alignedCopy(bytes));
}
