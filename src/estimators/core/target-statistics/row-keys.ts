import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { isSingle, type Projection, projectionOf, type Test, testKey } from './projection.js';
import { SlotCache, slotsWithin } from './slot-cache.js';
import { maxKeys, type StatisticsSize } from './statistics-size.js';

const CACHE_BYTES = 64 * 2 ** 20;
const MAX_SLOTS = 24;
/** A tuple is joined from another one; its tests, for the hashes, are the third. */
const LEAST_SLOTS = 4;
const LEAST_SLOT_BITS = 4;

/** Whoever has the numbers of rows tells of their tests. */
export interface TestedRows {
  /**
   * Sets the bit `bit` in the marks (u32[nRows + nHeld], rows by place, then those that are
   * held out) of all rows for which the test is true.
   *
   * @param marks the address
   */
  mark(test: Test, bit: number, marks: number): void;
}

/** The codes of rows in one column. */
export interface CodedColumn {
  readonly column: number;
  readonly nCategories: number;
  /** u32[nRows + nHeld]; nCategories is what no training row has. */
  readonly codes: Placed<Uint32Array<ArrayBuffer>>;
}

/** The keys of rows under a projection, at these addresses. */
export interface KeysOfRows {
  /** u32[nRows + nHeld], below nKeys; nKeys: that of a row that is held out, and that no training row has. */
  readonly keys: number;
  readonly nKeys: number;
  /** How many keys some row has. */
  readonly nDistinct: number;
  /** u8[nKeys], the bins of their Counters. */
  readonly counters: number;
}

/**
 * Gives rows keys, from 0 on, by which a projection tells them apart. Keys of
 * combined projections are numbered as they first occur; so they do not depend on
 * the way in which they are computed, nor on what is in the cache.
 */
export class RowKeys {
  readonly #workspace: Workspace;
  readonly #nRows: number;
  readonly #nHeld: number;
  readonly #tests: TestedRows;
  readonly #columns: ReadonlyMap<number, CodedColumn>;
  readonly #single = new Map<number, KeysOfRows>();
  readonly #cache: SlotCache | undefined;
  readonly #sizes = new Map<string, number>();
  readonly #slotBits: number;
  readonly #slots: Placed<Uint8Array>;
  readonly #pairs: Placed<Float64Array>;
  readonly #firstRows: Placed<Uint32Array>;
  readonly #totals: Placed<Uint32Array>;

  static bytes(size: StatisticsSize): number {
    const { nRows, nHeld, nCategories, complexity } = size;
    const keys = maxKeys(size);
    const singles = nCategories.reduce((sum, n) => sum + Workspace.sizeOf(n, 1), 0);
    const scratch = Workspace.sizeOf(keys, 4) * 2;
    if (complexity === 1) return singles + scratch;
    const cached = SlotCache.bytes(cacheSlots(nRows, nHeld), slotBytes(nRows, nHeld));
    return singles + scratch + cached + Workspace.sizeOf(4 * 2 ** slotBitsOf(nRows), 1) + Workspace.sizeOf(nRows, 8);
  }

  constructor(
    workspace: Workspace,
    columns: readonly CodedColumn[],
    size: StatisticsSize,
    tests: TestedRows,
    pause: () => void,
  ) {
    const { nRows, nHeld, complexity } = size;
    this.#workspace = workspace;
    this.#nRows = nRows;
    this.#nHeld = nHeld;
    this.#tests = tests;
    this.#columns = new Map(columns.map((column) => [column.column, column]));
    this.#firstRows = workspace.u32(maxKeys(size));
    this.#totals = workspace.u32(maxKeys(size));
    const combines = complexity > 1;
    this.#slotBits = slotBitsOf(nRows);
    this.#slots = workspace.u8(combines ? 4 * 2 ** this.#slotBits : 0);
    this.#pairs = workspace.f64(combines ? nRows : 0);
    if (combines) this.#cache = new SlotCache(workspace, cacheSlots(nRows, nHeld), slotBytes(nRows, nHeld));
    const { kernels } = workspace;
    for (const { column, nCategories, codes } of columns) {
      const counters = workspace.u8(nCategories).address;
      const [firstRows, totals] = [this.#firstRows.address, this.#totals.address];
      const nDistinct = kernels.countKeys(codes.address, nCategories, nRows, firstRows, totals);
      kernels.countersOf(totals, nCategories, counters);
      this.#single.set(column, { keys: codes.address, nKeys: nCategories, nDistinct, counters });
      pause();
    }
  }

  /** Memory for anybody: u32[2^slotBits] and 8 bytes a row; and 4 bytes a key; the next keys are computed there. */
  get scratch(): { readonly slots: number; readonly pairs: number; readonly totals: number } {
    return { slots: this.#slots.address, pairs: this.#pairs.address, totals: this.#totals.address };
  }

  /** The keys under a projection with a column; a combined one's may be overwritten after a few others were asked for. */
  of(projection: Projection): KeysOfRows {
    if (isSingle(projection)) return this.#singleKeys(projection.columns[0]);
    const nKeys = this.#sizes.get(projection.key);
    const keys = nKeys === undefined ? undefined : this.#cache?.find(projection.key);
    if (nKeys === undefined || keys === undefined) return this.#join(projection);
    return { keys, nKeys, nDistinct: nKeys, counters: this.#countersAt(keys) };
  }

  /** Does the same for a combined projection, and tells the first row of each key (u32[nKeys]), until the next keys are asked for. */
  withFirstRows(projection: Projection): KeysOfRows & { readonly firstRows: number } {
    return { ...this.#join(projection), firstRows: this.#firstRows.address };
  }

  /** How many keys the rows have under a projection. */
  distinct(projection: Projection): number {
    return this.#sizes.get(projection.key) ?? this.of(projection).nDistinct;
  }

  /** The address of the codes in a column, u32 of all rows. */
  codes(column: number): number {
    return this.#singleKeys(column).keys;
  }

  /** The address of the truth of tests, u32 of all rows: a bit for each. */
  marks(tests: readonly Test[]): number {
    const cache = this.#cache as SlotCache;
    const keyOf = (count: number) => `tests ${tests.slice(0, count).map(testKey).join()}`;
    const found = cache.find(keyOf(tests.length));
    if (found !== undefined) return found;
    // A tree gets its tests one by one.
    const before = cache.find(keyOf(tests.length - 1));
    const marks = cache.take(keyOf(tests.length));
    const words = new Uint32Array(this.#slots.buffer, marks, this.#nRows + this.#nHeld);
    if (before === undefined) words.fill(0);
    else words.set(new Uint32Array(this.#slots.buffer, before, words.length));
    for (let bit = before === undefined ? 0 : tests.length - 1; bit < tests.length; bit++) {
      this.#tests.mark(tests[bit], bit, marks);
    }
    return marks;
  }

  #singleKeys(column: number): KeysOfRows {
    return this.#single.get(column) as KeysOfRows;
  }

  #join(projection: Projection): KeysOfRows {
    const { kernels } = this.#workspace;
    const [first, last] = this.#parts(projection);
    const { codes, nCategories } = this.#columns.get(last) as CodedColumn;
    const keys = (this.#cache as SlotCache).take(projection.key);
    const nKeys = kernels.joinKeys(
      first.keys,
      first.nKeys,
      codes.address,
      nCategories,
      this.#nRows,
      this.#nHeld,
      keys,
      this.#firstRows.address,
      this.#totals.address,
      this.#slots.address,
      this.#slotBits,
      this.#pairs.address,
    );
    const counters = this.#countersAt(keys);
    kernels.countersOf(this.#totals.address, nKeys, counters);
    this.#sizes.set(projection.key, nKeys);
    return { keys, nKeys, nDistinct: nKeys, counters };
  }

  /** What a combined projection is joined from: keys that are there already, if some are, and the column that they lack. */
  #parts({ columns, tests }: Projection): [first: Pick<KeysOfRows, 'keys' | 'nKeys'>, column: number] {
    if (columns.length === 1) return [{ keys: this.marks(tests), nKeys: 2 ** tests.length }, columns[0]];
    const without = (column: number) =>
      projectionOf(
        columns.filter((other) => other !== column),
        tests,
      );
    const last = columns.find((column) => this.#cache?.has(without(column).key)) ?? columns[columns.length - 1];
    return [this.of(without(last)), last];
  }

  #countersAt(keys: number): number {
    return keys + 4 * (this.#nRows + this.#nHeld);
  }
}

/** Twice as many slots as there are keys, at least, and enough for what else is done in them. */
function slotBitsOf(nRows: number): number {
  return Math.max(LEAST_SLOT_BITS, 33 - Math.clz32(nRows - 1));
}

function slotBytes(nRows: number, nHeld: number): number {
  return 4 * (nRows + nHeld) + nRows;
}

function cacheSlots(nRows: number, nHeld: number): number {
  return slotsWithin(CACHE_BYTES, slotBytes(nRows, nHeld), LEAST_SLOTS, MAX_SLOTS);
}
