import {
  Dtype,
  type Column,
  type Matrix as WireMatrix,
  type RawMatrix,
  type Row,
} from '../../generated/modelserver/v1/model_server.js';
import { type DomainError, invalid } from '../errors.js';
import { MAX_CATEGORY_BYTES } from '../estimators/category-limits.js';
import { forParts, type InParts, PART, runThrough } from '../estimators/in-parts.js';
import type { MatrixEncoding } from '../estimators/matrix.js';
import type { NamedMatrix } from '../model/features.js';
import { requireOne } from './require-one.js';
import { shortArray } from './short-array.js';

const MAX_NAME = 256;
/** Whatever is done for each feature is done at once, so there can not be millions. */
const MAX_COLUMNS = 131_072;

/** Where packed numbers lie: in a buffer, at a multiple of their width. */
interface Place {
  readonly buffer: ArrayBuffer;
  readonly offset: number;
}

type PlaceOf = (data: Buffer, width: number) => Place;

/**
 * A request's matrix, with a buffer of its own: it can go to another thread. The
 * values are not looked at yet, and packed numbers stay the bytes that they came
 * as. It can pause.
 *
 * @throws INVALID_REQUEST unless exactly one encoding is set and its shape fits,
 *   and for strings that are too long for a category.
 */
export function decodeMatrix(matrix: WireMatrix | undefined): InParts<NamedMatrix> {
  return matrixInParts(matrix, ownBuffer);
}

/** The same for whoever looks at it here, at once: packed numbers are viewed where they lie in the message. */
export function viewMatrix(matrix: WireMatrix | undefined): NamedMatrix {
  // What is asked for most often, without a detour.
  if (matrix !== undefined && matrix.columns.length === 0) {
    const { rows, raw } = matrix;
    if (raw !== undefined && rows.length === 0) return decodeRaw(raw, 'x.raw', alignedBuffer);
    const nValues = rows.length === 1 && raw === undefined ? rows[0].values.length : 0;
    if (nValues > 0 && nValues <= MAX_COLUMNS) return decodeRow(rows[0]);
  }
  return runThrough(viewMatrixInParts(matrix));
}

/** The same, which can pause. */
export function viewMatrixInParts(matrix: WireMatrix | undefined): InParts<NamedMatrix> {
  return matrixInParts(matrix, alignedBuffer);
}

function* matrixInParts(matrix: WireMatrix | undefined, placeOf: PlaceOf): InParts<NamedMatrix> {
  const { rows = [], raw, columns = [] } = matrix ?? {};
  matrixEncodingOf(matrix, 'x');
  if (raw !== undefined) return decodeRaw(raw, 'x.raw', placeOf);
  return yield* rows.length > 0 ? decodeRows(rows, 'x.rows') : decodeColumns(columns, 'x.columns');
}

/**
 * The encoding that is set.
 *
 * @throws INVALID_REQUEST at `path` unless exactly one is.
 */
export function matrixEncodingOf(matrix: WireMatrix | undefined, path: string): MatrixEncoding {
  return requireOne(path, {
    rows: (matrix?.rows.length ?? 0) > 0,
    raw: matrix?.raw !== undefined,
    columns: (matrix?.columns.length ?? 0) > 0,
  });
}

/** @throws INVALID_REQUEST for more columns than a model has features. */
export function requireFewColumns(columns: number, path: string): void {
  if (columns > MAX_COLUMNS) throw invalid(path, `has ${columns} columns; at most ${MAX_COLUMNS} are taken`);
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

function decodeRow({ values }: Row): NamedMatrix {
  const columns = values.length;
  const data = shortArray(columns);
  for (let column = 0; column < columns; column++) data[column] = values[column];
  return { rows: 1, columns, data, encoding: 'rows' };
}

function* decodeRows(rows: readonly Row[], path: string): InParts<NamedMatrix> {
  const columns = rows[0].values.length;
  if (columns === 0) throw invalid(`${path}[0].values`, 'is empty; a row has at least one value');
  requireFewColumns(columns, `${path}[0].values`);
  const data = new Float64Array(rows.length * columns);
  yield* forParts(
    rows.length,
    (from, to) => {
      for (let row = from, at = from * columns; row < to; row++) {
        const { values } = rows[row];
        if (values.length !== columns) {
          throw invalid(`${path}[${row}].values`, `has ${values.length} values; the first row has ${columns}`);
        }
        for (let column = 0; column < columns; column++) data[at++] = values[column];
      }
    },
    rowsOfPart(columns),
  );
  return { rows: rows.length, columns, data, encoding: 'rows' };
}

/**
 * The bytes of one of the numbers, whose values are not looked at.
 *
 * @throws INVALID_REQUEST unless their shape fits.
 */
export function widthOfRaw({ rows, columns, dtype, data }: RawMatrix, path: string): 4 | 8 {
  if (rows === 0) throw invalid(`${path}.rows`, 'is 0; at least one row is needed');
  if (columns === 0) throw invalid(`${path}.columns`, 'is 0; at least one column is needed');
  if (dtype !== Dtype.DTYPE_FLOAT32 && dtype !== Dtype.DTYPE_FLOAT64) {
    throw invalid(`${path}.dtype`, 'must be DTYPE_FLOAT32 or DTYPE_FLOAT64');
  }
  const width = dtype === Dtype.DTYPE_FLOAT32 ? 4 : 8;
  // Both factors are below 2^32, so the product is exact enough to compare.
  const expected = rows * columns * width;
  if (data.byteLength !== expected) {
    throw invalid(
      `${path}.data`,
      `has ${data.byteLength} bytes; ${rows} x ${columns} numbers of ${width} bytes are ${expected}`,
    );
  }
  requireFewColumns(columns, `${path}.columns`);
  return width;
}

function decodeRaw(raw: RawMatrix, path: string, placeOf: PlaceOf): NamedMatrix {
  const width = widthOfRaw(raw, path);
  const { rows, columns, data } = raw;
  const { buffer, offset } = placeOf(data, width);
  const numbers =
    width === 4 ? new Float32Array(buffer, offset, rows * columns) : new Float64Array(buffer, offset, rows * columns);
  return { rows, columns, data: numbers, encoding: 'raw' };
}

/** What there is to know of a table but its values. */
export interface TableShape {
  readonly rows: number;
  /** Shape: columns. */
  readonly names: readonly string[];
  /** Shape: columns; the field that each of them sets. */
  readonly kinds: readonly ('numbers' | 'strings')[];
}

/** @throws INVALID_REQUEST unless the names are usable, and all columns of one kind and of the same length. */
export function shapeOfTable(columns: readonly Column[], path: string): TableShape {
  requireFewColumns(columns.length, path);
  const names = columns.map(({ name }) => name);
  requireFeatureNames(names, (index) => `${path}[${index}].name`);
  const rows = columns[0].numbers.length + columns[0].strings.length;
  const kinds = columns.map((column, index) => {
    const kind = requireOneKind(column, `${path}[${index}]`);
    const { length } = column[kind];
    if (length !== rows) {
      throw invalid(`${path}[${index}].${kind}`, `has ${length} values; the first column has ${rows}`);
    }
    return kind;
  });
  return { rows, names, kinds };
}

function* decodeColumns(columns: readonly Column[], path: string): InParts<NamedMatrix> {
  const { rows, names, kinds } = shapeOfTable(columns, path);
  const data = new Float64Array(rows * columns.length);
  yield* forParts(
    rows,
    (from, to) => {
      columns.forEach(({ numbers }, column) => {
        // Of strings there are none.
        const end = Math.min(to, numbers.length);
        for (let row = from; row < end; row++) data[row * columns.length + column] = numbers[row];
      });
    },
    rowsOfPart(columns.length),
  );
  const strings: (readonly string[] | undefined)[] = [];
  for (const [index, column] of columns.entries()) {
    const isText = kinds[index] === 'strings';
    if (isText) yield* requireCategories(column.strings, `${path}[${index}].strings`);
    strings.push(isText ? column.strings : undefined);
  }
  return {
    rows,
    columns: columns.length,
    data,
    encoding: 'columns',
    columnNames: names,
    ...(strings.some((each) => each !== undefined) ? { strings } : {}),
  };
}

/** The field that a column sets. */
function requireOneKind({ numbers, strings }: Column, path: string): 'numbers' | 'strings' {
  if (numbers.length > 0 && strings.length > 0) {
    throw invalid(path, 'sets numbers and strings; set only one of them, as a column is of one kind');
  }
  if (numbers.length > 0) return 'numbers';
  if (strings.length > 0) return 'strings';
  throw invalid(path, 'is empty; set numbers or strings, with at least one value');
}

function* requireCategories(strings: readonly string[], path: string): InParts<void> {
  yield* forParts(strings.length, (from, to) => {
    for (let row = from; row < to; row++) {
      if (isLong(strings[row])) throw tooLong(`${path}[${row}]`, strings[row]);
    }
  });
}

/** As many rows of so many columns are a part. */
function rowsOfPart(columns: number): number {
  return Math.max(1, Math.floor(PART / columns));
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
