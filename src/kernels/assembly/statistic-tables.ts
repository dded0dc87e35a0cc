import { scramble } from './random';
import { bucketOf, factorOf, joined, tagOf } from './tuple-hashes';

/** A comparison of numbers (f32), whose truth is part of a tuple. */
@unmanaged
export class TupleTest {
  /** f32[nRows], a multiple of 4 of them. */
  values: u32;
  /** ABOVE, ABOVE_OR_MISSING or EQUAL. */
  rule: u32;
  limit: f32;
  unused: u32;
}

const ABOVE: u32 = 0;
const ABOVE_OR_MISSING: u32 = 1;

/** A table of the bins that tuples have in some statistics. All members are addresses or sizes. */
@unmanaged
export class StatisticTable {
  /** u32[nDigits], the addresses of the digits of rows. */
  digits: u32;
  nDigits: u32;
  /** TupleTest[nTests]; where there are any, their truth is one digit more. */
  tests: u32;
  nTests: u32;
  /** u32[2^bits + 1], where the tuples begin that have the same first bits; 0: tuples are one digit, and are not looked for. */
  starts: u32;
  bits: u32;
  salt: u32;
  nTuples: u32;
  /** u32[nTuples], and three that do not count. */
  tags: u32;
  /** u8[nTuples + 1][entryBytes], 4 bits a statistic; the last one is that of tuples that are not there. */
  entries: u32;
  entryBytes: u32;
  nStatistics: u32;
  /** u32[nStatistics], the addresses of u8[nRows], the results. */
  outputs: u32;
  /** Whether the digits and the salt are those of the table before. */
  isAlike: u32;
}

/**
 * Looks up the bins of rows in tables.
 *
 * @param tables StatisticTable[nTables]
 * @param truths u32[nRows], a multiple of 4 of them, for scratch
 * @param sums u64[nRows], for scratch
 * @param found u32[nRows], for scratch
 */
export function lookUpStatistics(
  tables: usize,
  nTables: u32,
  nRows: u32,
  truths: usize,
  sums: usize,
  found: usize,
): void {
  for (let i: usize = 0; i < <usize>nTables; i++) {
    const table = changetype<StatisticTable>(tables + i * offsetof<StatisticTable>());
    if (table.starts == 0) {
      findDigits(table, nRows, found);
    } else {
      if (table.isAlike == 0) sumDigits(table, nRows, sums);
      if (table.nTests == 0) {
        findTuples(false, table, nRows, sums, truths, found);
      } else {
        writeTruths(table, nRows, truths);
        findTuples(true, table, nRows, sums, truths, found);
      }
    }
    writeEntries(table, nRows, found);
  }
}

function findDigits(table: StatisticTable, nRows: u32, found: usize): void {
  const digits = <usize>load<u32>(table.digits);
  for (let i: usize = 0, end = (<usize>nRows) << 2; i < end; i += 4) {
    store<u32>(found + i, min(load<u32>(digits + i), table.nTuples));
  }
}

/** Packs the truth of tests, one bit each. */
function writeTruths(table: StatisticTable, nRows: u32, truths: usize): void {
  const bytes = (<usize>nRows) << 2;
  memory.fill(truths, 0, bytes);
  for (let test: u32 = 0; test < table.nTests; test++) {
    const at = changetype<TupleTest>(<usize>table.tests + <usize>test * offsetof<TupleTest>());
    const limit = f32x4.splat(at.limit);
    const bit = i32x4.splat(1 << test);
    const values = <usize>at.values;
    const rule = at.rule;
    for (let i: usize = 0; i < bytes; i += 16) {
      const value = v128.load(values + i);
      const truth =
        rule == ABOVE
          ? f32x4.gt(value, limit)
          : rule == ABOVE_OR_MISSING
            ? v128.not(f32x4.le(value, limit))
            : f32x4.eq(value, limit);
      v128.store(truths + i, v128.or(v128.load(truths + i), v128.and(truth, bit)));
    }
  }
}

/** Joins the digits of rows, but for the truth of tests. */
function sumDigits(table: StatisticTable, nRows: u32, sums: usize): void {
  const factor = factorOf(table.salt);
  memory.fill(sums, 0, (<usize>nRows) << 3);
  for (let digit: u32 = 0; digit < table.nDigits; digit++) {
    const digits = <usize>load<u32>(<usize>table.digits + ((<usize>digit) << 2));
    for (let i: usize = 0; i < <usize>nRows; i++) {
      const sum = sums + (i << 3);
      store<u64>(sum, joined(load<u64>(sum), load<u32>(digits + (i << 2)), factor));
    }
  }
}

/** Written out for both cases, since `tested` is a constant. */
@inline
function findTuples(
  tested: bool,
  table: StatisticTable,
  nRows: u32,
  sums: usize,
  truths: usize,
  found: usize,
): void {
  const factor = factorOf(table.salt);
  const starts = <usize>table.starts;
  const tags = <usize>table.tags;
  const bits = table.bits;
  const none = table.nTuples;
  for (let i: usize = 0; i < <usize>nRows; i++) {
    let sum = load<u64>(sums + (i << 3));
    if (tested) sum = joined(sum, load<u32>(truths + (i << 2)), factor);
    const hash = scramble(sum);
    const tag = i32x4.splat(tagOf(hash, bits));
    const start = starts + (bucketOf(hash, bits) << 2);
    let first = load<u32>(start);
    const end = load<u32>(start, 4);
    // Four tuples at a time: as a rule, those are all, and there is no branch to mispredict.
    let tuple = none;
    do {
      const equal = i32x4.bitmask(i32x4.eq(v128.load(tags + ((<usize>first) << 2)), tag));
      const among = equal & ((1 << <i32>min<u32>(end - first, 4)) - 1);
      tuple = select<u32>(first + <u32>ctz(among), tuple, among != 0);
      first += 4;
    } while (first < end);
    store<u32>(found + (i << 2), tuple);
  }
}

function writeEntries(table: StatisticTable, nRows: u32, found: usize): void {
  const entryBytes = <usize>table.entryBytes;
  for (let statistic: usize = 0; statistic < <usize>table.nStatistics; statistic++) {
    const output = <usize>load<u32>(<usize>table.outputs + (statistic << 2));
    const entries = <usize>table.entries + (statistic >> 1);
    const shift = <u32>(statistic & 1) << 2;
    for (let i: usize = 0; i < <usize>nRows; i++) {
      const entry = <u32>load<u8>(entries + <usize>load<u32>(found + (i << 2)) * entryBytes);
      store<u8>(output + i, (entry >> shift) & 15);
    }
  }
}

/**
 * Packs the bins of tuples in some statistics into entries, 4 bits each, and leaves
 * out tuples whose entry is that of tuples that are not there.
 *
 * @param bins u32[nStatistics], the addresses of the first tuple's bins; those of the next tuples are 4 bytes apart
 * @param order u32[nTuples], brought together to those that are left; 0: all are, as they come
 * @param absent u8[entryBytes], the entry of tuples that are not there
 * @param entries u8[nTuples][entryBytes], of those that are left
 * @returns how many are left
 */
export function packEntries(
  bins: usize,
  nStatistics: u32,
  order: usize,
  nTuples: u32,
  absent: usize,
  entries: usize,
): u32 {
  const entryBytes = (<usize>nStatistics + 1) >> 1;
  let kept: usize = 0;
  for (let i: usize = 0; i < <usize>nTuples; i++) {
    const tuple = order == 0 ? i : <usize>load<u32>(order + (i << 2));
    const entry = entries + kept * entryBytes;
    let differs = order == 0;
    for (let byte: usize = 0; byte < entryBytes; byte++) {
      const packed = packTwo(bins, byte << 1, <usize>nStatistics, tuple << 2);
      store<u8>(entry + byte, packed);
      if (packed != load<u8>(absent + byte)) differs = true;
    }
    if (!differs) continue;
    if (order != 0) store<u32>(order + (kept << 2), <u32>tuple);
    kept++;
  }
  return <u32>kept;
}

@inline
function packTwo(bins: usize, statistic: usize, nStatistics: usize, offset: usize): u8 {
  const low = load<u8>(<usize>load<u32>(bins + (statistic << 2)) + offset);
  if (statistic + 1 == nStatistics) return low;
  return low | (load<u8>(<usize>load<u32>(bins + (statistic << 2), 4) + offset) << 4);
}
