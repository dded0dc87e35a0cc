import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { tensor, type Tensors } from '../../tensor.js';
import { isSingle, type Projection, type Statistic } from './projection.js';
import type { KeysOfRows, RowKeys } from './row-keys.js';
import { LANES, maxKeys, type StatisticsSize } from './statistics-size.js';
import { absentEntry, borderOf, entryBytesOf, laneOf, limitOf, ruleOf } from './table-codes.js';

/** The bits of a hash that a tag holds. */
const TAG_BITS = 32;

/** The tuples of a projection, and their bins, in the form of the tensors. */
interface Table {
  readonly salt: number;
  readonly bits: number;
  readonly nTuples: number;
  readonly sizes: Uint8Array<ArrayBuffer>;
  readonly tags: Uint32Array<ArrayBuffer>;
  readonly entries: Uint8Array<ArrayBuffer>;
}

/** Writes the tables of statistics, in the form that `StatisticTables` reads. */
export class StatisticTablesWriter {
  readonly #workspace: Workspace;
  readonly #size: StatisticsSize;
  /** u8[nTiles][nKeys][4], the bins of keys. */
  readonly #bins: Placed<Uint8Array<ArrayBuffer>>;
  /** u32[nTiles * 4], the addresses of bins, and then u8[nTiles * 4]. */
  readonly #lanes: Placed<Uint32Array>;
  readonly #absent: Placed<Uint8Array>;
  readonly #digits: Placed<Uint32Array>;

  static bytes(size: StatisticsSize): number {
    const lanes = LANES * (size.nClasses - 1);
    return (
      Workspace.sizeOf(maxKeys(size) * lanes, 1) +
      Workspace.sizeOf(lanes, 4) +
      Workspace.sizeOf(lanes, 1) +
      Workspace.sizeOf(size.nCategories.length + 1, 4)
    );
  }

  constructor(workspace: Workspace, size: StatisticsSize) {
    const lanes = LANES * (size.nClasses - 1);
    this.#workspace = workspace;
    this.#size = size;
    this.#bins = workspace.u8(maxKeys(size) * lanes);
    this.#lanes = workspace.u32(lanes);
    this.#absent = workspace.u8(lanes);
    this.#digits = workspace.u32(size.nCategories.length + 1);
  }

  /**
   * @param labels the address of the classes of rows
   * @param words u32[maxKeys + 1][nClasses], for counts
   */
  tensors(used: readonly Statistic[], keys: RowKeys, labels: number, words: number, pause: () => void): Tensors {
    if (used.length === 0) return {};
    const projections = [...new Map(used.map(({ projection }) => [projection.key, projection])).values()];
    const numbers = new Map(projections.map(({ key }, number) => [key, number]));
    const tables = projections.map((projection): Table => {
      const statistics = used.filter((statistic) => statistic.projection.key === projection.key);
      const table = this.#table(projection, statistics, keys, labels, words);
      pause();
      return table;
    });
    const tests = projections.flatMap((projection) => projection.tests);
    return {
      statistic_projection: vector(
        'U32',
        Uint32Array.from(used, ({ projection }) => numbers.get(projection.key) ?? 0),
      ),
      statistic_target_border: vector(
        'U32',
        Uint32Array.from(used, ({ of }) => borderOf(of)),
      ),
      statistic_prior: vector(
        'U8',
        Uint8Array.from(used, ({ of }) => laneOf(of)),
      ),
      projection_column_start: vector('U32', starts(projections.map(({ columns }) => columns.length))),
      projection_column: vector('U32', Uint32Array.from(projections.flatMap(({ columns }) => columns))),
      projection_test_start: vector('U32', starts(projections.map((projection) => projection.tests.length))),
      projection_test_column: vector(
        'U32',
        Uint32Array.from(tests, ({ column }) => column),
      ),
      projection_test_rule: vector(
        'U8',
        Uint8Array.from(tests, (test) => ruleOf(test)),
      ),
      projection_test_limit: vector(
        'F32',
        Float32Array.from(tests, (test) => limitOf(test)),
      ),
      projection_salt: vector(
        'U32',
        Uint32Array.from(tables, ({ salt }) => salt),
      ),
      projection_bucket_bits: vector(
        'U8',
        Uint8Array.from(tables, ({ bits }) => bits),
      ),
      projection_tuple_start: vector('U32', starts(tables.map(({ nTuples }) => nTuples))),
      bucket_size: vector(
        'U8',
        joined(
          Uint8Array,
          tables.map(({ sizes }) => sizes),
        ),
      ),
      tuple_tag: vector(
        'U32',
        joined(
          Uint32Array,
          tables.map(({ tags }) => tags),
        ),
      ),
      tuple_bins: vector(
        'U8',
        joined(
          Uint8Array,
          tables.map(({ entries }) => entries),
        ),
      ),
    };
  }

  #table(
    projection: Projection,
    statistics: readonly Statistic[],
    keys: RowKeys,
    labels: number,
    words: number,
  ): Table {
    if (isSingle(projection)) {
      const ofColumn = keys.of(projection);
      this.#count(ofColumn, statistics, labels, words);
      const nTuples = this.#pack(statistics, 0, ofColumn.nKeys, words);
      const entries = this.#entries(words, nTuples, statistics.length);
      return { salt: 0, bits: 0, nTuples, sizes: new Uint8Array(0), tags: new Uint32Array(0), entries };
    }
    const ofTuples = keys.withFirstRows(projection);
    this.#count(ofTuples, statistics, labels, words);
    this.#digits.set(projection.columns.map((column) => keys.codes(column)));
    const { columns, tests } = projection;
    if (tests.length > 0) this.#digits[columns.length] = keys.marks(tests);
    const nDigits = columns.length + (tests.length > 0 ? 1 : 0);
    // A salt under which all tuples of the training can be told apart: as a rule, the first one.
    for (let salt = 0; ; salt++) {
      const table = this.#hashed(statistics, ofTuples, nDigits, salt, keys, words);
      if (table !== undefined) return table;
    }
  }

  #hashed(
    statistics: readonly Statistic[],
    { nKeys, firstRows }: KeysOfRows & { readonly firstRows: number },
    nDigits: number,
    salt: number,
    keys: RowKeys,
    words: number,
  ): Table | undefined {
    const { kernels } = this.#workspace;
    const { slots, pairs: hashes, totals: order } = keys.scratch;
    kernels.hashTuples(this.#digits.address, nDigits, firstRows, nKeys, salt, hashes);
    kernels.orderTuples(hashes, nKeys, Math.max(1, bucketBits(nKeys)), slots, order);
    const common = kernels.commonBits(hashes, order, nKeys);
    const nTuples = this.#pack(statistics, order, nKeys, words);
    const bits = bucketBits(nTuples);
    if (common >= bits + TAG_BITS) return undefined;
    const tags = slots + Workspace.sizeOf(2 ** bits, 1);
    if (kernels.tagTuples(hashes, order, nTuples, bits, slots, tags) === 0) return undefined;
    return {
      salt,
      bits,
      nTuples,
      sizes: this.#copy(slots, 2 ** bits),
      tags: new Uint32Array(this.#bins.buffer, tags, nTuples).slice(),
      entries: this.#entries(words, nTuples, statistics.length),
    };
  }

  /** Counts all rows, and computes the bins of all keys. */
  #count({ keys, nKeys, counters }: KeysOfRows, statistics: readonly Statistic[], labels: number, words: number): void {
    const { kernels } = this.#workspace;
    const { nRows, nClasses } = this.#size;
    kernels.startCounts(counters, nKeys, nClasses, words);
    kernels.addCounts(keys, labels, nRows, nClasses, words);
    kernels.countedStatistics(0, nKeys, nClasses, words, this.#bins.address);
    this.#lanes.set(statistics.map(({ of }) => this.#bins.address + borderOf(of) * LANES * nKeys + laneOf(of)));
    this.#absent.set(absentEntry(statistics.map(({ of }) => of)));
  }

  /** Writes the entries of tuples to `entries`, and returns how many they are. */
  #pack(statistics: readonly Statistic[], order: number, nKeys: number, entries: number): number {
    const { kernels } = this.#workspace;
    return kernels.packEntries(this.#lanes.address, statistics.length, order, nKeys, this.#absent.address, entries);
  }

  #entries(entries: number, nTuples: number, nStatistics: number): Uint8Array<ArrayBuffer> {
    return this.#copy(entries, nTuples * entryBytesOf(nStatistics));
  }

  #copy(address: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bins.buffer, address, length).slice();
  }
}

/** So many bits tell buckets apart that each has one or two tuples, in the mean. */
function bucketBits(nTuples: number): number {
  return nTuples === 0 ? 0 : 31 - Math.clz32(nTuples);
}

function starts(lengths: readonly number[]): Uint32Array<ArrayBuffer> {
  const all = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, i) => (all[i + 1] = all[i] + length));
  return all;
}

function joined<A extends Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer>>(
  type: new (length: number) => A,
  parts: readonly A[],
): A {
  const all = new type(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function vector<D extends 'U32' | 'F32' | 'U8'>(dtype: D, data: Parameters<typeof tensor<D>>[2]) {
  return tensor(dtype, [data.length], data);
}
