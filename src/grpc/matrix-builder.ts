import type { Column, Matrix, RawMatrix, Row } from '../../generated/modelserver/v1/model_server.js';
import { invalid } from '../errors.js';
import type { NamedMatrix } from '../model/features.js';
import { GrowingRows } from '../model/growing-rows.js';
import type { Turns } from '../model/turns.js';
import { NumberedStrings } from '../model/numbered-strings.js';
import type { ChunkLayout } from './chunk-layout.js';
import { copyBytes } from './copy-bytes.js';
import { isLong, tooLong } from './decode-matrix.js';

/** How many strings are stored between two looks at the clock. */
const PART = 256;
/** A reference to a string. */
const REFERENCE_BYTES = 8;

/** Puts the X of a training together from chunks, all of one layout. */
export class MatrixBuilder {
  readonly #layout: ChunkLayout;
  readonly #numbers: GrowingRows<Float64Array<ArrayBuffer>> | GrowingRows<Float32Array<ArrayBuffer>>;
  /** Shape: columns x rows; undefined for those of numbers. */
  readonly #strings: readonly (string[] | undefined)[];
  /** Shape: columns; of each string only one is kept. */
  readonly #different: readonly (NumberedStrings | undefined)[];

  /** @throws RangeError when there is no room for `nSamples`. */
  constructor(layout: ChunkLayout, nSamples: number | undefined) {
    const { columns, dtype, columnKinds = [] } = layout;
    this.#layout = layout;
    this.#numbers =
      dtype === 'FLOAT32'
        ? new GrowingRows(Float32Array, columns, nSamples)
        : new GrowingRows(Float64Array, columns, nSamples);
    this.#strings = columnKinds.map((kind) => (kind === 'strings' ? [] : undefined));
    this.#different = columnKinds.map((kind) => (kind === 'strings' ? new NumberedStrings() : undefined));
  }

  /** What it takes in memory with `rows` rows, as far as it is known. */
  bytesOf(rows: number): number {
    const strings = this.#different.reduce(
      (sum, different) => (different === undefined ? sum : sum + REFERENCE_BYTES * rows + different.bytes),
      0,
    );
    return this.#numbers.bytesOf(rows) + strings;
  }

  /** @throws INVALID_REQUEST for a row of another length or a string that is too long, and what `turns` throws. */
  async append({ rows, raw, columns }: Matrix, turns: Turns): Promise<void> {
    if (raw !== undefined) return this.#appendRaw(raw, turns);
    if (rows.length > 0) return this.#appendRows(rows, turns);
    await this.#appendNumbers(columns, turns);
    for (const [index, strings] of this.#strings.entries()) {
      if (strings !== undefined) await this.#appendStrings(columns[index].strings, strings, index, turns);
    }
  }

  /** All rows; see GrowingRows. */
  async take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<NamedMatrix> {
    const { encoding, columns, columnNames } = this.#layout;
    const { rows } = this.#numbers;
    const data = await this.#numbers.take(turns, release);
    const strings = this.#strings.some((each) => each !== undefined) ? this.#strings : undefined;
    return {
      rows,
      columns,
      data,
      encoding,
      ...(columnNames === undefined ? {} : { columnNames }),
      ...(strings === undefined ? {} : { strings }),
    };
  }

  async discard(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<void> {
    await this.#numbers.discard(turns, release);
  }

  async #appendRaw({ rows, data }: RawMatrix, turns: Turns): Promise<void> {
    for (let row = 0; row < rows;) {
      const room = this.#numbers.room(rows - row);
      await copyBytes(data.subarray(this.#numbers.bytesOf(row)), room, turns);
      row += room.length / this.#layout.columns;
    }
  }

  async #appendRows(rows: readonly Row[], turns: Turns): Promise<void> {
    const { columns } = this.#layout;
    const first = this.#numbers.rows;
    for (let row = 0; row < rows.length;) {
      const room = this.#numbers.room(rows.length - row);
      for (let at = 0; at < room.length; at += columns, row++) {
        const { values } = rows[row];
        if (values.length !== columns) {
          const field = `chunk.x.rows[${first + row}].values`;
          throw invalid(field, `has ${values.length} values; the first row has ${columns}`);
        }
        room.set(values, at);
      }
      if (turns.isOver) await turns.next();
    }
  }

  async #appendNumbers(columns: readonly Column[], turns: Turns): Promise<void> {
    const { length: width } = columns;
    const rows = columns[0].numbers.length + columns[0].strings.length;
    for (let row = 0; row < rows;) {
      const room = this.#numbers.room(rows - row);
      columns.forEach(({ numbers }, column) => {
        // Of strings there are none.
        if (numbers.length === 0) return;
        for (let at = column, from = row; at < room.length; at += width, from++) room[at] = numbers[from];
      });
      row += room.length / width;
      if (turns.isOver) await turns.next();
    }
  }

  async #appendStrings(from: readonly string[], to: string[], column: number, turns: Turns): Promise<void> {
    for (let i = 0; i < from.length; i++) {
      if (i % PART === 0 && turns.isOver) await turns.next();
      const value = from[i];
      if (isLong(value)) throw tooLong(`chunk.x.columns[${column}].strings[${to.length}]`, value);
      to.push(this.#different[column]?.firstOf(value) ?? value);
    }
  }
}
