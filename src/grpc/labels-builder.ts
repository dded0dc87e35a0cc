import type { Labels as WireLabels } from '../../generated/modelserver/v1/model_server.js';
import type { Labels } from '../estimators/labels.js';
import { GrowingRows } from '../model/growing-rows.js';
import type { Turns } from '../model/turns.js';
import { NumberedStrings } from '../model/numbered-strings.js';
import { copyBytes } from './copy-bytes.js';
import { type LabelEncoding, requireLabel } from './decode-labels.js';

/** How many strings are stored between two looks at the clock. */
const PART = 1024;
/** Puts the labels of a training together from chunks, all of one encoding; packed ones stay 32 bits wide. */
export interface LabelsBuilder {
  /** What they take in memory when there are `rows`, as far as it is known. */
  bytesOf(rows: number): number;
  /** @throws INVALID_REQUEST for a label that is too long, and what `turns` throws. */
  append(labels: WireLabels, turns: Turns): Promise<void>;
  /** All of them; see GrowingRows. */
  take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<Labels>;
}

/** @throws RangeError when there is no room for `nSamples`. */
export function labelsBuilder(encoding: LabelEncoding, nSamples: number | undefined): LabelsBuilder {
  switch (encoding) {
    case 'strings':
      return new StringsBuilder(nSamples);
    case 'ints':
      return new IntegersBuilder(nSamples);
    case 'raw_int32':
      return new PackedBuilder(nSamples);
  }
}

class StringsBuilder implements LabelsBuilder {
  readonly #values: GrowingRows<Int32Array<ArrayBuffer>>;
  readonly #strings = new NumberedStrings();

  constructor(nSamples: number | undefined) {
    this.#values = new GrowingRows(Int32Array, 1, nSamples);
  }

  bytesOf(rows: number): number {
    return this.#values.bytesOf(rows) + this.#strings.bytes;
  }

  async append({ strings }: WireLabels, turns: Turns): Promise<void> {
    const first = this.#values.rows;
    const pathOf = (index: number) => `chunk.y.strings[${index}]`;
    for (let i = 0; i < strings.length;) {
      const room = this.#values.room(Math.min(strings.length - i, PART));
      for (let at = 0; at < room.length; at++, i++) {
        requireLabel(strings[i], pathOf, first + i);
        room[at] = this.#strings.numberOf(strings[i]);
      }
      if (turns.isOver) await turns.next();
    }
  }

  async take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<Labels> {
    return { kind: 'numbered', values: await this.#values.take(turns, release), strings: this.#strings.strings };
  }
}

class IntegersBuilder implements LabelsBuilder {
  readonly #values: GrowingRows<BigInt64Array<ArrayBuffer>>;

  constructor(nSamples: number | undefined) {
    this.#values = new GrowingRows(BigInt64Array, 1, nSamples);
  }

  bytesOf(rows: number): number {
    return this.#values.bytesOf(rows);
  }

  async append({ ints }: WireLabels, turns: Turns): Promise<void> {
    for (let i = 0; i < ints.length;) {
      const room = this.#values.room(ints.length - i);
      for (let at = 0; at < room.length; at++) room[at] = ints[i++];
      if (turns.isOver) await turns.next();
    }
  }

  async take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<Labels> {
    return { kind: 'integer', values: await this.#values.take(turns, release) };
  }
}

class PackedBuilder implements LabelsBuilder {
  readonly #values: GrowingRows<Int32Array<ArrayBuffer>>;

  constructor(nSamples: number | undefined) {
    this.#values = new GrowingRows(Int32Array, 1, nSamples);
  }

  bytesOf(rows: number): number {
    return this.#values.bytesOf(rows);
  }

  async append({ rawInt32 = Buffer.alloc(0) }: WireLabels, turns: Turns): Promise<void> {
    const count = rawInt32.byteLength / Int32Array.BYTES_PER_ELEMENT;
    for (let i = 0; i < count;) {
      const room = this.#values.room(count - i);
      await copyBytes(rawInt32.subarray(i * Int32Array.BYTES_PER_ELEMENT), room, turns);
      i += room.length;
    }
  }

  async take(turns: Turns, release: (buffer: ArrayBuffer) => void): Promise<Labels> {
    return { kind: 'integer', values: await this.#values.take(turns, release) };
  }
}
