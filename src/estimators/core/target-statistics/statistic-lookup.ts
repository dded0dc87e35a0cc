import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { copyInParts, forParts, type InParts } from '../../in-parts.js';
import { isSingle, type Statistic } from './projection.js';
import type { StatisticTable } from './statistic-tables.js';
import { absentEntry, entryBytesOf, limitOf, ruleOf } from './table-codes.js';

/** The 4-byte words of the kernels' StatisticTable and TupleTest. */
const TABLE_WORDS = 14;
const TEST_WORDS = 4;
/** Kernels look at so many rows at a time. */
const STEP = 4;
/** That many tags may be looked at beyond the last one. */
const SPARE_TAGS = STEP - 1;

/** Looks up the bins of rows; it takes no memory beyond what it has placed. */
export class StatisticLookup {
  /** Shape: nStatistics x stride; the bins of the rows that were looked up last. */
  readonly bins: Placed<Uint8Array>;
  /** The rows that there is room for. */
  readonly stride: number;
  readonly #workspace: Workspace;
  /** The address of the tables. */
  readonly #tables: number;
  readonly #nTables: number;
  readonly #codes: readonly {
    readonly column: number;
    readonly nCategories: number;
    readonly to: Placed<Uint32Array>;
  }[];
  readonly #values: readonly { readonly column: number; readonly to: Placed<Float32Array> }[];
  readonly #truths: number;
  readonly #sums: number;
  readonly #found: number;

  static bytes(tables: readonly StatisticTable[], maxRows: number): number {
    const rows = roundUp(maxRows);
    const columns = codedColumns(tables).length + testedColumns(tables).length;
    const nStatistics = tables.reduce((sum, { statistics }) => sum + statistics.length, 0);
    const ofTables = tables.reduce(
      (sum, { projection, statistics, sizes, tags, nTuples }) =>
        sum +
        Workspace.sizeOf(projection.columns.length, 4) +
        Workspace.sizeOf(projection.tests.length * TEST_WORDS, 4) +
        (isSingle(projection)
          ? 0
          : Workspace.sizeOf(sizes.length + 1, 4) + Workspace.sizeOf(tags.length + SPARE_TAGS, 4)) +
        Workspace.sizeOf((nTuples + 1) * entryBytesOf(statistics.length), 1) +
        Workspace.sizeOf(statistics.length, 4),
      0,
    );
    return (
      Workspace.sizeOf(nStatistics * rows, 1) +
      columns * Workspace.sizeOf(rows, 4) +
      2 * Workspace.sizeOf(rows, 4) +
      Workspace.sizeOf(rows, 8) +
      Workspace.sizeOf(tables.length * TABLE_WORDS, 4) +
      ofTables
    );
  }

  /** Places the tables, which are copied, in parts. */
  static *of(
    workspace: Workspace,
    tables: readonly StatisticTable[],
    statistics: readonly Statistic[],
    nCategories: Uint32Array,
    maxRows: number,
  ): InParts<StatisticLookup> {
    const lookup = new StatisticLookup(workspace, tables, statistics.length, nCategories, maxRows);
    yield* lookup.#place(tables, statistics);
    return lookup;
  }

  private constructor(
    workspace: Workspace,
    tables: readonly StatisticTable[],
    nStatistics: number,
    nCategories: Uint32Array,
    maxRows: number,
  ) {
    const rows = roundUp(maxRows);
    this.#workspace = workspace;
    this.stride = rows;
    this.bins = workspace.u8(nStatistics * rows);
    const codes = codedColumns(tables).map((column) => ({
      column,
      nCategories: nCategories[column],
      to: workspace.u32(rows),
    }));
    const values = testedColumns(tables).map((column) => ({ column, to: workspace.f32(rows) }));
    this.#codes = codes;
    this.#values = values;
    this.#truths = workspace.u32(rows).address;
    this.#sums = workspace.f64(rows).address;
    this.#found = workspace.u32(rows).address;
    this.#nTables = tables.length;
    this.#tables = workspace.u32(tables.length * TABLE_WORDS).address;
  }

  *#place(tables: readonly StatisticTable[], statistics: readonly Statistic[]): InParts<void> {
    const workspace = this.#workspace;
    const words = new Uint32Array(this.bins.buffer, this.#tables, tables.length * TABLE_WORDS);
    const codesAt = new Map(this.#codes.map(({ column, to }) => [column, to.address]));
    const valuesAt = new Map(this.#values.map(({ column, to }) => [column, to.address]));
    const alike = tables.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b))));
    for (const [i, table] of alike.entries()) {
      yield;
      const { projection, statistics: numbers, salt, bits, nTuples } = table;
      const { columns, tests } = projection;
      const digits = workspace.u32(columns.length);
      digits.set(columns.map((column) => codesAt.get(column) as number));
      const entryBytes = entryBytesOf(numbers.length);
      const entries = workspace.u8((nTuples + 1) * entryBytes);
      yield* copyInParts(entries, table.entries);
      entries.set(absentEntry(numbers.map((number) => statistics[number].of)), nTuples * entryBytes);
      const outputs = workspace.u32(numbers.length);
      outputs.set(numbers.map((number) => this.bins.address + number * this.stride));
      const place = {
        digits: digits.address,
        nDigits: columns.length,
        tests: placeTests(workspace, table, valuesAt),
        nTests: tests.length,
        starts: isSingle(projection) ? 0 : yield* placeStarts(workspace, table.sizes),
        bits,
        salt,
        nTuples,
        tags: isSingle(projection) ? 0 : yield* placeTags(workspace, table.tags),
        entries: entries.address,
        entryBytes,
        nStatistics: numbers.length,
        outputs: outputs.address,
        isAlike: Number(i > 0 && nameOf(alike[i - 1]) === nameOf(table)),
      };
      words.set(Object.values(place), i * TABLE_WORDS);
    }
  }

  /**
   * Looks up the bins of `nRows` rows of `x` (shape: rows x nFeatures, row-major), the
   * first of which begins at `from`. A category that the training has not seen, or none,
   * makes a tuple that it has not seen.
   */
  look(x: Float64Array | Float32Array, from: number, nRows: number, nFeatures: number): void {
    for (const { column, nCategories, to } of this.#codes) {
      for (let row = 0, at = from + column; row < nRows; row++, at += nFeatures) {
        const value = x[at];
        to[row] = value >= 0 && value < nCategories ? value : nCategories;
      }
    }
    for (const { column, to } of this.#values) {
      for (let row = 0, at = from + column; row < nRows; row++, at += nFeatures) to[row] = x[at];
    }
    this.#workspace.kernels.lookUpStatistics(this.#tables, this.#nTables, nRows, this.#truths, this.#sums, this.#found);
  }
}

function placeTests(
  workspace: Workspace,
  { projection: { tests } }: StatisticTable,
  valuesAt: ReadonlyMap<number, number>,
): number {
  const words = workspace.u32(tests.length * TEST_WORDS);
  const limits = new Float32Array(words.buffer, words.byteOffset, words.length);
  tests.forEach((test, i) => {
    words[i * TEST_WORDS] = valuesAt.get(test.column) as number;
    words[i * TEST_WORDS + 1] = ruleOf(test);
    limits[i * TEST_WORDS + 2] = limitOf(test);
  });
  return words.address;
}

/** From how many tuples each bucket has to where they begin. */
function* placeStarts(workspace: Workspace, sizes: Uint8Array): InParts<number> {
  const starts = workspace.u32(sizes.length + 1);
  let sum = 0;
  yield* forParts(sizes.length, (from, to) => {
    for (let bucket = from; bucket < to; bucket++) {
      starts[bucket] = sum;
      sum += sizes[bucket];
    }
  });
  starts[sizes.length] = sum;
  return starts.address;
}

function* placeTags(workspace: Workspace, tags: Uint32Array): InParts<number> {
  const placed = workspace.u32(tags.length + SPARE_TAGS);
  yield* copyInParts(placed, tags);
  return placed.address;
}

/** Equal for tables whose tuples begin alike: single columns, and others with the same columns and salt. */
function nameOf({ projection, salt }: StatisticTable): string {
  return `${Number(isSingle(projection))} ${projection.columns.join()} ${salt}`;
}

/** The columns whose categories projections tell apart, and those that they test. */
function codedColumns(tables: readonly StatisticTable[]): number[] {
  return [...new Set(tables.flatMap(({ projection }) => projection.columns))];
}

function testedColumns(tables: readonly StatisticTable[]): number[] {
  return [...new Set(tables.flatMap(({ projection }) => projection.tests.map(({ column }) => column)))];
}

function roundUp(maxRows: number): number {
  return Math.ceil(maxRows / STEP) * STEP;
}
