import type { Workspace } from '../../../kernels/workspace.js';
import type { ModelShape } from '../../estimator.js';
import { forParts, type InParts } from '../../in-parts.js';
import { dataOf, type Tensors } from '../../tensor.js';
import { isSingle, type Projection, projectionOf, type Statistic, statisticOf } from './projection.js';
import { StatisticLookup } from './statistic-lookup.js';
import { entryBytesOf, kindOf, testOf } from './table-codes.js';

/** More would need more memory than there is. */
const MAX_BUCKET_BITS = 28;

/**
 * The bins that tuples have in the statistics of one projection, 4 bits each.
 *
 * The tuples of a single column are its categories. Others are known by hashes of 64
 * bits: the first `bits` of them are a tuple's bucket, the 32 behind its tag. No two
 * tuples of the training have both in common; one that the training has not seen is
 * taken for one that it has by a chance of about 1e-9. Tuples whose bins are those of
 * an unseen one are left out.
 */
export interface StatisticTable {
  readonly projection: Projection;
  /** Numbers of the model's statistics, in the order of the entries. */
  readonly statistics: readonly number[];
  readonly salt: number;
  readonly bits: number;
  readonly nTuples: number;
  /** Shape: 2^bits, the tuples of each bucket; empty for single columns. */
  readonly sizes: Uint8Array;
  /** Shape: nTuples; empty for single columns. */
  readonly tags: Uint32Array;
  /** Shape: nTuples x entryBytes. */
  readonly entries: Uint8Array;
}

/** The tables that the statistics of rows are looked up in. */
export class StatisticTables {
  constructor(
    /** In the order in which the training listed them. */
    readonly statistics: readonly Statistic[],
    private readonly tables: readonly StatisticTable[],
    private readonly nCategories: Uint32Array,
  ) {}

  /**
   * Reads trained tables; a model without statistics has none.
   *
   * @throws RangeError when a tensor is not one of such a model.
   */
  static *read(tensors: Tensors, shape: ModelShape): InParts<StatisticTables> {
    const nCategories = shape.nCategories ?? new Uint32Array(shape.nFeatures);
    if (tensors['statistic_projection'] === undefined) return new StatisticTables([], [], nCategories);
    const projections = yield* readProjections(tensors, shape, nCategories);
    const ofStatistic = dataOf(tensors, 'statistic_projection', 'U32', [-1]);
    const borders = dataOf(tensors, 'statistic_target_border', 'U32', [ofStatistic.length]);
    const lanes = dataOf(tensors, 'statistic_prior', 'U8', [ofStatistic.length]);
    const statistics = Array.from(ofStatistic, (number, i) => {
      if (number >= projections.length || borders[i] >= shape.nClasses - 1) {
        throw new RangeError(`statistic ${i} is not valid`);
      }
      return statisticOf(projections[number], kindOf(lanes[i], borders[i]));
    });
    const tables = yield* readTables(tensors, projections, ofStatistic, nCategories);
    return new StatisticTables(statistics, tables, nCategories);
  }

  /** The bytes that a lookup of up to `maxRows` rows at a time takes. */
  bytes(maxRows: number): number {
    return StatisticLookup.bytes(this.tables, maxRows);
  }

  place(workspace: Workspace, maxRows: number): InParts<StatisticLookup> {
    return StatisticLookup.of(workspace, this.tables, this.statistics, this.nCategories, maxRows);
  }
}

function* readProjections(
  tensors: Tensors,
  { nFeatures }: ModelShape,
  nCategories: Uint32Array,
): InParts<Projection[]> {
  const columns = dataOf(tensors, 'projection_column', 'U32', [-1]);
  const columnStart = readStarts(tensors, 'projection_column_start', columns.length);
  const nProjections = columnStart.length - 1;
  const tested = dataOf(tensors, 'projection_test_column', 'U32', [-1]);
  const testStart = readStarts(tensors, 'projection_test_start', tested.length, nProjections);
  const rules = dataOf(tensors, 'projection_test_rule', 'U8', [tested.length]);
  const limits = dataOf(tensors, 'projection_test_limit', 'F32', [tested.length]);
  const projections: Projection[] = [];
  for (let i = 0; i < nProjections; i++) {
    yield;
    const ofProjection = [...columns.subarray(columnStart[i], columnStart[i + 1])];
    const rise = ofProjection.every((column, j) => j === 0 || column > ofProjection[j - 1]);
    const areCategories = ofProjection.every((column) => column < nFeatures && nCategories[column] > 0);
    const tests = Array.from(tested.subarray(testStart[i], testStart[i + 1]), (column, j) =>
      testOf(column, rules[testStart[i] + j], limits[testStart[i] + j]),
    );
    const hasNaN = limits.subarray(testStart[i], testStart[i + 1]).some(Number.isNaN);
    const areTests = tests.length <= 32 && tests.every(({ column }) => column < nFeatures) && !hasNaN;
    if (ofProjection.length === 0 || !rise || !areCategories || !areTests) {
      throw new RangeError(`projection ${i} is not valid`);
    }
    projections.push(projectionOf(ofProjection, tests));
  }
  return projections;
}

function* readTables(
  tensors: Tensors,
  projections: readonly Projection[],
  ofStatistic: Uint32Array,
  nCategories: Uint32Array,
): InParts<StatisticTable[]> {
  const n = projections.length;
  const salts = dataOf(tensors, 'projection_salt', 'U32', [n]);
  const bucketBits = dataOf(tensors, 'projection_bucket_bits', 'U8', [n]);
  const tupleStart = dataOf(tensors, 'projection_tuple_start', 'U32', [n + 1]);
  const sizes = dataOf(tensors, 'bucket_size', 'U8', [-1]);
  const tags = dataOf(tensors, 'tuple_tag', 'U32', [-1]);
  const entries = dataOf(tensors, 'tuple_bins', 'U8', [-1]);
  readStarts(tensors, 'projection_tuple_start', tupleStart[n]);
  const statistics = projections.map((): number[] => []);
  ofStatistic.forEach((projection, statistic) => statistics[projection].push(statistic));
  let [size, tag, entry] = [0, 0, 0];
  const tables: StatisticTable[] = [];
  for (const [i, projection] of projections.entries()) {
    const nTuples = tupleStart[i + 1] - tupleStart[i];
    const bits = bucketBits[i];
    const single = isSingle(projection);
    const valid =
      statistics[i].length > 0 &&
      bits <= MAX_BUCKET_BITS &&
      (!single || (bits === 0 && nTuples === nCategories[projection.columns[0]]));
    if (!valid) throw new RangeError(`the table of projection ${i} is not valid`);
    const table: StatisticTable = {
      projection,
      statistics: statistics[i],
      salt: salts[i],
      bits,
      nTuples,
      sizes: sizes.subarray(size, (size += single ? 0 : 2 ** bits)),
      tags: tags.subarray(tag, (tag += single ? 0 : nTuples)),
      entries: entries.subarray(entry, (entry += nTuples * entryBytesOf(statistics[i].length))),
    };
    if (!single && (yield* sumOf(table.sizes)) !== nTuples) {
      throw new RangeError(`the buckets of projection ${i} are not valid`);
    }
    tables.push(table);
  }
  const lengths = [size, tag, entry];
  if ([sizes, tags, entries].some((data, i) => data.length !== lengths[i])) {
    throw new RangeError('the tables of statistics have wrong lengths');
  }
  return tables;
}

function* sumOf(values: Uint8Array): InParts<number> {
  let sum = 0;
  yield* forParts(values.length, (from, to) => {
    for (let i = from; i < to; i++) sum += values[i];
  });
  return sum;
}

/** Offsets that begin with 0, do not fall, and end with `end`. */
function readStarts(tensors: Tensors, name: string, end: number, count = -1): Uint32Array {
  const starts = dataOf(tensors, name, 'U32', [count === -1 ? -1 : count + 1]);
  const rise = starts.every((start, i) => (i === 0 ? start === 0 : start >= starts[i - 1]));
  if (!rise || starts[starts.length - 1] !== end) throw new RangeError(`tensor ${name} has wrong offsets`);
  return starts;
}
