/*
 * Target statistics of rows (CatBoost's "CTRs"; L. Prokhorenkova et al., "CatBoost:
 * unbiased boosting with categorical features", 2018, section 3): how often the rows
 * with the same key belong to a class above each of the borders between classes. A
 * row only sees the rows before it, in an order that was drawn; so its own label does
 * not leak into it.
 *
 * The counts of a key are u32[nClasses]: how many rows have it, in the low 28 bits,
 * with the bin of its Counter in the 4 above; then how many of them are of class 1,
 * class 2 and so on. The result is u8[nClasses - 1][n][4], by the border between the
 * classes: the bins of its three priors, and, at the first border only, the Counter's.
 */

/** The cuts of a statistic, whose range is from 0 to 1. */
const CUTS: f32 = 15;
/** What is rounded below a whole number is taken for it, as in CatBoost's predictions (b + 0.999999). */
const TOLERANCE: f32 = 0.000004;
const COUNTER_SHIFT: u32 = 28;
const COUNT_MASK: u32 = (1 << COUNTER_SHIFT) - 1;

/** So many rows are looked up before their bins are computed. */
const RUN: u32 = 256;
const counts: usize = memory.data(256 * 8, 16);

/**
 * Starts the counts of keys with no rows at all, but the bins of their Counters:
 * the share of rows that have the key in those that have the most frequent one.
 *
 * @param totals u32[nKeys], the rows of each key
 * @param counters u8[nKeys], the result
 */
export function countersOf(totals: usize, nKeys: u32, counters: usize): void {
  let most: u32 = 0;
  for (let key: usize = 0; key < <usize>nKeys; key++) most = max(most, load<u32>(totals + (key << 2)));
  const perRow = CUTS / <f32>(most + 1);
  for (let key: usize = 0; key < <usize>nKeys; key++) {
    store<u8>(counters + key, <u8>(<f32>load<u32>(totals + (key << 2)) * perRow + TOLERANCE));
  }
}

/** Starts the counts (u32[nKeys + 1][nClasses]) of keys; the last one is that of rows whose key is not known. */
export function startCounts(counters: usize, nKeys: u32, nClasses: u32, words: usize): void {
  const stride = (<usize>nClasses) << 2;
  if (nClasses == 2) {
    for (let key: usize = 0; key < <usize>nKeys; key++) {
      store<u64>(words + (key << 3), <u64>load<u8>(counters + key) << (<u64>COUNTER_SHIFT));
    }
    store<u64>(words + ((<usize>nKeys) << 3), 0);
    return;
  }
  memory.fill(words, 0, (<usize>nKeys + 1) * stride);
  for (let key: usize = 0; key < <usize>nKeys; key++) {
    store<u32>(words + key * stride, <u32>load<u8>(counters + key) << COUNTER_SHIFT);
  }
}

/** Adds the rows to the counts of their keys. */
export function addCounts(keys: usize, labels: usize, nRows: u32, nClasses: u32, words: usize): void {
  const stride = (<usize>nClasses) << 2;
  for (let row: usize = 0; row < <usize>nRows; row++) {
    addRow(words + <usize>load<u32>(keys + (row << 2)) * stride, load<u16>(labels + (row << 1)));
  }
}

@inline
function addRow(word: usize, label: u32): void {
  store<u32>(word, load<u32>(word) + 1);
  if (label == 0) return;
  const ofClass = word + ((<usize>label) << 2);
  store<u32>(ofClass, load<u32>(ofClass) + 1);
}

/**
 * Computes the bins of rows by the rows before them, and adds each row to the counts.
 * The order is that of the runs; in a run it is that of the rows.
 *
 * @param keys u32[nRows]
 * @param labels u16[nRows], the classes
 * @param runs u32[nRuns], the first row of each; 0: there is one, of all rows
 * @param runRows the rows of a run, at most 256 where there is more than one; the run at the rows' end may be shorter
 * @param words u32[nKeys + 1][nClasses], the counts so far
 * @param bins u8[nClasses - 1][nRows][4], in the order of the rows, the result
 */
export function orderedStatistics(
  keys: usize,
  labels: usize,
  nRows: u32,
  nClasses: u32,
  runs: usize,
  nRuns: u32,
  runRows: u32,
  words: usize,
  bins: usize,
): void {
  for (let run: usize = 0; run < <usize>nRuns; run++) {
    let first = runs == 0 ? 0 : load<u32>(runs + (run << 2));
    const end = min(first + runRows, nRows);
    for (; first < end; first += RUN) {
      const count = min(RUN, end - first);
      if (nClasses == 2) orderedPairs(keys, labels, first, count, words, bins);
      else orderedClasses(keys, labels, nRows, nClasses, first, count, words, bins);
    }
  }
}

/** Of rows [first, first + count), which are two classes. */
@inline
function orderedPairs(keys: usize, labels: usize, first: u32, count: u32, words: usize, bins: usize): void {
  let key = keys + ((<usize>first) << 2);
  let label = labels + ((<usize>first) << 1);
  const end = counts + ((<usize>count) << 3);
  // Apart from what depends on them: so many of them are on their way from memory at a time.
  for (let at = counts; at < end; at += 8, key += 4, label += 2) {
    const word = words + ((<usize>load<u32>(key)) << 3);
    const before = load<u64>(word);
    store<u64>(at, before);
    store<u64>(word, before + 1 + (<u64>load<u16>(label) << 32));
  }
  writePairs(count, bins + ((<usize>first) << 2));
}

/** The bins of `count` rows whose counts lie in `counts`. */
@inline
function writePairs(count: u32, to: usize): void {
  const end = to + ((<usize>count) << 2);
  let at = counts;
  for (; to + 16 <= end; to += 16, at += 32) v128.store(to, binsOfFour(at));
  if (to == end) return;
  let rest = binsOfFour(at);
  for (; to < end; to += 4) {
    store<u32>(to, i32x4.extract_lane(rest, 0));
    rest = i8x16.shuffle(rest, rest, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3);
  }
}

/** The bins of four rows, whose counts (u32[4][2]) are at `at`, 4 bytes each. */
@inline
function binsOfFour(at: usize): v128 {
  const low = v128.load(at);
  const high = v128.load(at, 16);
  const totals = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
  const ofClass = f32x4.convert_i32x4_s(v128.shuffle<u32>(low, high, 1, 3, 5, 7));
  const n = v128.and(totals, i32x4.splat(COUNT_MASK));
  const perRow = f32x4.div(f32x4.splat(CUTS), f32x4.convert_i32x4_s(i32x4.add(n, i32x4.splat(1))));
  let four = i32x4.shl(i32x4.shr_u(totals, COUNTER_SHIFT), 24);
  four = v128.or(four, binsOf(ofClass, perRow));
  four = v128.or(four, i32x4.shl(binsOf(f32x4.add(ofClass, f32x4.splat(0.5)), perRow), 8));
  return v128.or(four, i32x4.shl(binsOf(f32x4.add(ofClass, f32x4.splat(1)), perRow), 16));
}

@inline
function binsOf(rows: v128, perRow: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(rows, perRow), f32x4.splat(TOLERANCE)));
}

/** Of rows [first, first + count), which are any number of classes. */
function orderedClasses(
  keys: usize,
  labels: usize,
  nRows: u32,
  nClasses: u32,
  first: u32,
  count: u32,
  words: usize,
  bins: usize,
): void {
  const stride = (<usize>nClasses) << 2;
  for (let row = first, end = first + count; row < end; row++) {
    const word = words + <usize>load<u32>(keys + ((<usize>row) << 2)) * stride;
    writeClasses(word, nRows, nClasses, bins + ((<usize>row) << 2));
    addRow(word, load<u16>(labels + ((<usize>row) << 1)));
  }
}

/** The bins of one row at every border, the last one first: the classes above it are one more each time. */
@inline
function writeClasses(word: usize, nRows: u32, nClasses: u32, to: usize): void {
  const total = load<u32>(word);
  const perRow = f32x4.splat(CUTS / <f32>((total & COUNT_MASK) + 1));
  const priors = f32x4(0, 0.5, 1, 0);
  const tileBytes = (<usize>nRows) << 2;
  let above: u32 = 0;
  for (let border = <usize>nClasses - 2; ; border--) {
    above += load<u32>(word + (border << 2), 4);
    const three = binsOf(f32x4.add(f32x4.splat(<f32>above), priors), perRow);
    const counter = border == 0 ? total >> COUNTER_SHIFT : 0;
    const four = i32x4.replace_lane(three, 3, counter);
    const words16 = i16x8.narrow_i32x4_u(four, four);
    store<u32>(to + border * tileBytes, i32x4.extract_lane(i8x16.narrow_i16x8_u(words16, words16), 0));
    if (border == 0) return;
  }
}

/**
 * Computes the bins of rows by all that is counted, and counts them not.
 *
 * @param keys u32[nRows], or 0: of each key itself
 * @param bins u8[nClasses - 1][nRows][4]
 */
export function countedStatistics(keys: usize, nRows: u32, nClasses: u32, words: usize, bins: usize): void {
  if (nClasses != 2) {
    const stride = (<usize>nClasses) << 2;
    for (let row: usize = 0; row < <usize>nRows; row++) {
      const key = keys == 0 ? row : <usize>load<u32>(keys + (row << 2));
      writeClasses(words + key * stride, nRows, nClasses, bins + (row << 2));
    }
    return;
  }
  for (let first: u32 = 0; first < nRows; first += RUN) {
    const count = min(RUN, nRows - first);
    for (let i: usize = 0; i < <usize>count; i++) {
      const row = <usize>first + i;
      const key = keys == 0 ? row : <usize>load<u32>(keys + (row << 2));
      store<u64>(counts + (i << 3), load<u64>(words + (key << 3)));
    }
    writePairs(count, bins + ((<usize>first) << 2));
  }
}
