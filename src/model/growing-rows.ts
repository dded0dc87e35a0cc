import type { Turns } from './turns.js';

type Numbers =
  Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** Of what is written or copied in one step, in bytes: well below a turn. */
const STEP_BYTES = 2 ** 20;
/** The first segment, for few rows, in bytes. */
const FIRST_SEGMENT = 2 ** 18;
/**
 * The others, in bytes. One of them is there twice while the rows are joined. The C
 * library would keep smaller ones than 32 MiB when they are given back; of these the
 * pages come into memory when they are written, and go at once.
 */
const SEGMENT = 33 * 2 ** 20;

/**
 * Rows of numbers that come a few at a time, and leave as one array. Where their
 * count is known it is there from the start, and nothing is copied any more; else
 * they are kept in segments.
 */
export class GrowingRows<A extends Numbers> {
  readonly #Type: new (length: number) => A;
  readonly #width: number;
  readonly #bytesPerRow: number;
  /** The full ones; each is let go of when it has been copied. */
  #full: A[] = [];
  #segment: A;
  /** All of them, once they are being copied. */
  #joined: A | undefined;
  /** Of the last segment. */
  #usedRows = 0;
  #rows = 0;

  /**
   * @param width numbers in a row
   * @param count how many rows come, if known
   * @throws RangeError when there is no room for `count`.
   */
  constructor(type: new (length: number) => A, width: number, count?: number) {
    this.#Type = type;
    this.#width = width;
    this.#segment = new type(count === undefined ? 0 : count * width);
    this.#bytesPerRow = width * this.#segment.BYTES_PER_ELEMENT;
  }

  /** How many rows have come. */
  get rows(): number {
    return this.#rows;
  }

  /** What `rows` rows take. */
  bytesOf(rows: number): number {
    return rows * this.#bytesPerRow;
  }

  /**
   * Room for the next rows, which the caller fills: for at least one and at most
   * `atMost` of them, and few enough to be filled in one step.
   */
  room(atMost: number): A {
    if (this.#capacity() === this.#usedRows) this.#grow(atMost);
    const inStep = Math.max(1, Math.floor(STEP_BYTES / this.#bytesPerRow));
    const rows = Math.min(atMost, inStep, this.#capacity() - this.#usedRows);
    const begin = this.#usedRows * this.#width;
    this.#usedRows += rows;
    this.#rows += rows;
    return this.#segment.subarray(begin, begin + rows * this.#width) as A;
  }

  /**
   * All rows as one array that has its buffer to itself; the segments are given
   * back while they are copied, so that there is little more than the rows once.
   *
   * @param release gives the memory of a buffer back
   * @throws RangeError when there is no room, and what `turns` throws.
   */
  async take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<A> {
    if (this.#full.length === 0 && this.#capacity() === this.#usedRows) return this.#segment;
    const all = new this.#Type(this.#rows * this.#width);
    this.#joined = all;
    this.#full.push(this.#segment.subarray(0, this.#usedRows * this.#width) as A);
    const step = STEP_BYTES / all.BYTES_PER_ELEMENT;
    let at = 0;
    for (let part = this.#full.shift(); part !== undefined; part = this.#full.shift()) {
      for (let from = 0; from < part.length; from += step) {
        const slice = part.subarray(from, from + step);
        all.set(slice as never, at);
        at += slice.length;
        if (turns.isOver) await turns.next();
      }
      release(part.buffer);
    }
    return all;
  }

  /** Gives everything back that is still here, for rows that are not wanted any more. */
  async discard(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<void> {
    this.#full.push(this.#segment);
    if (this.#joined !== undefined) this.#full.push(this.#joined);
    for (let part = this.#full.pop(); part !== undefined; part = this.#full.pop()) {
      release(part.buffer);
      if (turns.isOver) await turns.next();
    }
  }

  #capacity(): number {
    return this.#segment.length / this.#width;
  }

  #grow(atMost: number): void {
    if (this.#segment.length > 0) this.#full.push(this.#segment);
    const isFirst = this.#rows === 0 && this.#bytesPerRow * atMost <= FIRST_SEGMENT;
    const rows = Math.max(1, Math.floor((isFirst ? FIRST_SEGMENT : SEGMENT) / this.#bytesPerRow));
    this.#segment = new this.#Type(rows * this.#width);
    this.#usedRows = 0;
  }
}
