import {
  Dtype,
  type Column,
  type Matrix as WireMatrix,
  type RawMatrix,
  type Row,
} from '../../generated/modelserver/v1/model_server.js';
import { type DomainError, invalid } from '../errors.js';
import { MAX_CATEGORY_BYTES } from '../estimators/category-limits.js';
import type { NamedMatrix } from '../model/features.js';

const NONE: never[] = [];
const MAX_NAME = 256;
const BYTES_PER_NUMBER = { [Dtype.DTYPE_FLOAT32]: 4, [Dtype.DTYPE_FLOAT64]: 8 };

/** Where packed numbers lie: in a buffer, at a multiple of their width. */
interface Place {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
}

/**
 * A request's matrix, with a buffer of its own: it can go to another thread. The
 * values are not looked at yet, and packed numbers stay the bytes that they came
 * as.
 *
 * @throws INVALID_REQUEST unless exactly one encoding is set and its shape fits,
 *   and for strings that are too long for a category.
 */
export function decodeMatrix(matrix: WireMatrix | undefined): NamedMatrix {
  return matrixOf(matrix, ownBuffer);
}

/** The same for whoever looks at it here: packed numbers are viewed where they lie in the message. */
export function viewMatrix(matrix: WireMatrix | undefined): NamedMatrix {
  return matrixOf(matrix, alignedBuffer);
}

function matrixOf(matrix: WireMatrix | undefined, placeOf: (data: Buffer, width: number) => Place): NamedMatrix {
  const { rows = NONE, raw, columns = NONE } = matrix ?? {};
  if (raw !== undefined && rows.length === 0 && columns.length === 0) return decodeRaw(raw, 'x.raw', placeOf);
  const encodings = [rows.length > 0 && 'rows', raw !== undefined && 'raw', columns.length > 0 && 'columns'].filter(
    (encoding) => encoding !== false,
  );
  if (encodings.length === 0) throw invalid('x', 'is empty; set one of rows, raw and columns');
  if (encodings.length > 1) throw invalid('x', `sets ${encodings.join(' and ')}; set only one encoding`);
  return rows.length > 0 ? decodeRows(rows, 'x.rows') : decodeColumns(columns, 'x.columns');
}

/** @throws INVALID_REQUEST unless all names are usable and different. */
export function requireFeatureNames(names: readonly string[], pathOf: (index: number) => string): void {
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    if (name.length === 0 || name.length > MAX_NAME) {
      throw invalid(pathOf(index), `has ${name.length} characters; a name has 1 to ${MAX_NAME}`);
    }
    const first = seen.get(name);
    if (first !== undefined)
      throw invalid(pathOf(index), `${JSON.stringify(name)} is also the name of column ${first}`);
    seen.set(name, index);
  });
}

function decodeRows(rows: readonly Row[], path: string): NamedMatrix {
  const columns = rows[0].values.length;
  if (columns === 0) throw invalid(`${path}[0].values`, 'is empty; a row has at least one value');
  const data = new Float64Array(rows.length * columns);
  rows.forEach(({ values }, row) => {
    if (values.length !== columns) {
      throw invalid(`${path}[${row}].values`, `has ${values.length} values; the first row has ${columns}`);
    }
    data.set(values, row * columns);
  });
  return { rows: rows.length, columns, data, encoding: 'rows' };
}

function decodeRaw(
  { rows, columns, dtype, data }: RawMatrix,
  path: string,
  placeOf: (data: Buffer, width: number) => Place,
): NamedMatrix {
  if (rows === 0) throw invalid(`${path}.rows`, 'is 0; at least one row is needed');
  if (columns === 0) throw invalid(`${path}.columns`, 'is 0; at least one column is needed');
  if (dtype !== Dtype.DTYPE_FLOAT32 && dtype !== Dtype.DTYPE_FLOAT64) {
    throw invalid(`${path}.dtype`, 'must be DTYPE_FLOAT32 or DTYPE_FLOAT64');
  }
  const width = BYTES_PER_NUMBER[dtype];
  // Both factors are below 2^32, so the product is exact enough to compare.
  const expected = rows * columns * width;
  if (data.byteLength !== expected) {
    throw invalid(
      `${path}.data`,
      `has ${data.byteLength} bytes; ${rows} x ${columns} numbers of ${width} bytes are ${expected}`,
    );
  }
  const { buffer, offset } = placeOf(data, width);
  const numbers =
    dtype === Dtype.DTYPE_FLOAT32
      ? new Float32Array(buffer, offset, rows * columns)
      : new Float64Array(buffer, offset, rows * columns);
  return { rows, columns, data: numbers, encoding: 'raw' };
}

function decodeColumns(columns: readonly Column[], path: string): NamedMatrix {
  requireFeatureNames(
    columns.map(({ name }) => name),
    (index) => `${path}[${index}].name`,
  );
  const rows = lengthOf(columns[0]);
  columns.forEach((column, index) => {
    const field = requireOneKind(column, `${path}[${index}]`);
    const length = lengthOf(column);
    if (length !== rows)
      throw invalid(`${path}[${index}].${field}`, `has ${length} values; the first column has ${rows}`);
  });
  const data = new Float64Array(rows * columns.length);
  columns.forEach(({ numbers }, column) => {
    // Of strings there are none.
    for (let row = 0; row < numbers.length; row++) data[row * columns.length + column] = numbers[row];
  });
  const strings = columns.map((column, index) =>
    column.strings.length > 0 ? requireCategories(column.strings, `${path}[${index}].strings`) : undefined,
  );
  return {
    rows,
    columns: columns.length,
    data,
    encoding: 'columns',
    columnNames: columns.map(({ name }) => name),
    ...(strings.some((each) => each !== undefined) ? { strings } : {}),
  };
}

function lengthOf({ numbers, strings }: Column): number {
  return numbers.length + strings.length;
}

/** The field that a column sets. */
export function requireOneKind({ numbers, strings }: Column, path: string): 'numbers' | 'strings' {
  if (numbers.length > 0 && strings.length > 0) {
    throw invalid(path, 'sets numbers and strings; set only one of them, as a column is of one kind');
  }
  if (numbers.length > 0) return 'numbers';
  if (strings.length > 0) return 'strings';
  throw invalid(path, 'is empty; set numbers or strings, with at least one value');
}

function requireCategories(strings: readonly string[], path: string): readonly string[] {
  const long = strings.findIndex(isLong);
  if (long < 0) return strings;
  throw tooLong(`${path}[${long}]`, strings[long]);
}

/** The refusal of a category. */
export function tooLong(path: string, category: string): DomainError {
  return invalid(
    path,
    `has ${Buffer.byteLength(category)} bytes, of at most ${MAX_CATEGORY_BYTES}; longer ones are text, not categories: leave the column out`,
  );
}

/** Whether a string has too many bytes; a UTF-16 unit becomes 1 to 3, so that those of most need not be counted. */
export function isLong(value: string): boolean {
  return 3 * value.length > MAX_CATEGORY_BYTES && Buffer.byteLength(value) > MAX_CATEGORY_BYTES;
}

/**
 * The bytes in a buffer that they have to themselves, which can then move to
 * another thread; they are copied if others share theirs, as small ones do.
 */
export function ownBuffer(data: Buffer): Place {
  const { buffer, byteOffset, byteLength } = data;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === byteLength) {
    return { buffer, offset: 0 };
  }
  return copied(data);
}

/** The bytes where they lie, or a copy where numbers of this width cannot be viewed there. */
function alignedBuffer(data: Buffer, width: number): Place {
  const { buffer, byteOffset } = data;
  return buffer instanceof ArrayBuffer && byteOffset % width === 0 ? { buffer, offset: byteOffset } : copied(data);
}

function copied(data: Buffer): Place {
  return { buffer: new Uint8Array(data).buffer, offset: 0 };
}
