import { invalid } from '../errors.js';
import type { MissingRefusals } from './missing-values.js';

/** How a matrix came in; it decides how the path of one of its cells reads. */
export type MatrixEncoding = 'rows' | 'raw' | 'columns';

/**
 * Numbers of shape `rows` x `columns`, row-major. `data` may be a view of bytes
 * that came over the wire; whoever trains on a matrix owns it.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** Absent for matrices that no request has brought. */
  readonly encoding?: MatrixEncoding;
}

/** The path of the cell (`row`, `column`) of the request's `x`. */
export function cellPath(encoding: MatrixEncoding | undefined, row: number, column: number): string {
  switch (encoding) {
    case 'rows':
      return `x.rows[${row}].values[${column}]`;
    case 'columns':
      return `x.columns[${column}].numbers[${row}]`;
    default:
      return 'x.raw.data';
  }
}

/** What a message adds to the path of a cell where that does not tell its row and column. */
export function placeOf(encoding: MatrixEncoding | undefined, row: number, column: number): string {
  return encoding === 'raw' ? ` at row ${row}, column ${column}` : '';
}

/**
 * Refuses infinities, and NaN unless it may mean "missing".
 *
 * @param isCategorical whether a column holds categories; absent: none does
 * @param from the first row to look at
 * @param to the row behind the last one
 * @throws INVALID_REQUEST at the path of the first bad cell.
 */
export function requireFinite(
  x: Matrix,
  refusals: MissingRefusals,
  isCategorical: (column: number) => boolean = () => false,
  from = 0,
  to = x.rows,
): void {
  const { data, columns } = x;
  const end = to * columns;
  for (let block = from * columns; block < end; block += BLOCK) {
    const blockEnd = Math.min(end, block + BLOCK);
    if (areFinite(data, block, blockEnd)) continue;
    for (let i = block; i < blockEnd; i++) {
      const value = data[i];
      if (Number.isFinite(value)) continue;
      const row = Math.floor(i / columns);
      const column = i % columns;
      const refusal = Number.isNaN(value)
        ? refusals[isCategorical(column) ? 'categories' : 'numbers']
        : 'must be finite';
      if (refusal === undefined) continue;
      throw invalid(cellPath(x.encoding, row, column), `is ${value}${placeOf(x.encoding, row, column)}; ${refusal}`);
    }
  }
}

/** Values that are looked at together. */
const BLOCK = 64;

/** Whether the values `from` to `to` are all finite. */
function areFinite(data: Matrix['data'], from: number, to: number): boolean {
  // A finite value times 0 adds nothing, any other one makes its sum NaN; four sums do not wait for each other.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    a += data[i] * 0;
    b += data[i + 1] * 0;
    c += data[i + 2] * 0;
    d += data[i + 3] * 0;
  }
  for (; i < to; i++) a += data[i] * 0;
  return a + b + c + d === 0;
}

/** The matrix in double precision: itself where it is, else a copy. */
export function toFloat64(x: Matrix): Float64Array<ArrayBuffer> {
  return x.data instanceof Float64Array ? x.data : Float64Array.from(x.data);
}
