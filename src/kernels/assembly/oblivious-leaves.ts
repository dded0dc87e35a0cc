// The leaves of an oblivious tree, whose numbers have a bit for each of its splits:
// which one a row falls into, and Newton's steps on the log loss in them.
import { exp, log } from './exponential';
import { sum } from './lanes';

/**
 * A split: the bytes of its bin in a row, what the bin's bits are flipped by, which of
 * its bits count, and the last bin of the bit 0 (4 u32). Flipped by all others, one
 * bin alone is above the last but one.
 */
const SPLIT: usize = 16;
/** Vectors that are summed up in single precision before they are added to sums in double precision. */
const STRETCH: usize = 16 * 16;
/** So wrong that it makes no difference any more, and with 1 added still a number. */
const MOST: f32 = 1e37;

@inline
function isAbove<B>(bin: usize, split: usize): u32 {
  let value = <u32>load<B>(bin) ^ load<u32>(split, 4);
  if (sizeof<B>() == 2) value &= load<u32>(split, 8);
  return <u32>(value > load<u32>(split, 12));
}

@inline
function bit<B>(row: usize, split: usize, level: u32): u32 {
  return isAbove<B>(row + <usize>load<u32>(split), split) << level;
}

/** Writes the leaf of each row; splits are looked at three at a time. */
@inline
function findLeaves<B>(bins: usize, rowBytes: usize, nRows: u32, splits: usize, nSplits: u32, leaves: usize): void {
  const end = leaves + ((<usize>nRows) << 1);
  if (nSplits == 0) memory.fill(leaves, 0, (<usize>nRows) << 1);
  for (let level: u32 = 0; level < nSplits; level += 3, splits += 3 * SPLIT) {
    let row = bins;
    for (let at = leaves; at < end; at += 2, row += rowBytes) {
      let leaf = bit<B>(row, splits, level) | bit<B>(row, splits + SPLIT, level + 1);
      leaf |= bit<B>(row, splits + 2 * SPLIT, level + 2);
      store<u16>(at, level == 0 ? leaf : leaf | load<u16>(at));
    }
  }
}

/**
 * Writes the leaf of each row: bit d is 1 where the bin of the d-th split is above its cut.
 *
 * @param bins those of the first row, u8; those of the next rows are `rowBytes` apart
 * @param splits the splits, filled up to a multiple of 3 by such that are 0 everywhere
 * @param leaves u16[nRows], written
 */
export function findLeaves8(
  bins: usize,
  rowBytes: usize,
  nRows: u32,
  splits: usize,
  nSplits: u32,
  leaves: usize,
): void {
  findLeaves<u8>(bins, rowBytes, nRows, splits, nSplits, leaves);
}

/** Does so where some bins have two bytes; there is a byte more behind the last row. */
export function findLeavesMixed(
  bins: usize,
  rowBytes: usize,
  nRows: u32,
  splits: usize,
  nSplits: u32,
  leaves: usize,
): void {
  findLeaves<u16>(bins, rowBytes, nRows, splits, nSplits, leaves);
}

/** Sets the bit `level` of the leaves (u16[nRows]) of all rows whose bin (u8, `stride` bytes apart) is above `cut`. */
export function markLeaves(bins: usize, stride: usize, nRows: u32, cut: u32, level: u32, leaves: usize): void {
  for (let end = leaves + ((<usize>nRows) << 1); leaves < end; leaves += 2, bins += stride) {
    store<u16>(leaves, load<u16>(leaves) | ((<u32>((<u32>load<u8>(bins)) > cut)) << level));
  }
}

/** Sets the bit `bit` of the marks (u32[nRows]) of all rows that a split says 1 of; `bins` are those of the first row. */
export function markTests(bins: usize, rowBytes: usize, nRows: u32, split: usize, bit: u32, marks: usize): void {
  bins += <usize>load<u32>(split);
  for (let end = marks + ((<usize>nRows) << 2); marks < end; marks += 4, bins += rowBytes) {
    store<u32>(marks, load<u32>(marks) | (isAbove<u16>(bins, split) << bit));
  }
}

/** Counts the rows of each group, leaf and label in one: counts is u32[nLeaves][2 ** bits], added to. */
export function countGroups(leaves: usize, labels: usize, bits: u32, nRows: u32, counts: usize): void {
  for (let row: usize = 0; row < <usize>nRows; row++) {
    const at = counts + (<usize>groupOf(leaves, labels, bits, row) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

@inline
function groupOf(leaves: usize, labels: usize, bits: u32, row: usize): u32 {
  const leaf = <u32>load<u16>(leaves + (row << 1));
  return bits == 0 ? leaf : (leaf << 1) | load<u32>(labels + (row << 2));
}

/**
 * Brings the rows of each group of two classes together: how wrong they are, as the
 * odds e^(-score) of the first class for rows of the second one, and e^score for the
 * others; and their weights.
 *
 * @param scores f32[nRows], @param labels i32[nRows], @param weights f32[nRows], filled up to a multiple of 4
 * @param next u32[nGroups], the place of the next row of each group; moved on
 * @param odds f32, written at the places; @param grouped f32, written likewise: the weights; 0: not asked for
 */
export function groupRows(
  scores: usize,
  labels: usize,
  weights: usize,
  leaves: usize,
  nRows: u32,
  next: usize,
  odds: usize,
  grouped: usize,
): void {
  for (let first: usize = 0; first < <usize>nRows; first += 4) {
    const label = f32x4.convert_i32x4_s(v128.load(labels + (first << 2)));
    const sign = f32x4.sub(f32x4.splat(1), f32x4.add(label, label));
    const wrong = exp<f32>(f32x4.mul(sign, v128.load(scores + (first << 2))));
    const n = min<usize>(4, <usize>nRows - first);
    placeRow(first, f32x4.extract_lane(wrong, 0), labels, weights, leaves, next, odds, grouped);
    if (n > 1) placeRow(first + 1, f32x4.extract_lane(wrong, 1), labels, weights, leaves, next, odds, grouped);
    if (n > 2) placeRow(first + 2, f32x4.extract_lane(wrong, 2), labels, weights, leaves, next, odds, grouped);
    if (n > 3) placeRow(first + 3, f32x4.extract_lane(wrong, 3), labels, weights, leaves, next, odds, grouped);
  }
}

@inline
function placeRow(
  row: usize,
  wrong: f32,
  labels: usize,
  weights: usize,
  leaves: usize,
  next: usize,
  odds: usize,
  grouped: usize,
): void {
  const place = next + (<usize>groupOf(leaves, labels, 1, row) << 2);
  const to = (<usize>load<u32>(place)) << 2;
  store<u32>(place, load<u32>(place) + 1);
  store<f32>(odds + to, wrong);
  if (grouped != 0) store<f32>(grouped + to, load<f32>(weights + (row << 2)));
}

/**
 * Multiplies the odds of each group by a factor, and sums up the slopes of the log
 * loss that they have then, p the probability of the wrong class: w p and w p (1 - p).
 *
 * @param odds f32, those of each group from a multiple of 4 on, filled up by 0
 * @param weights f32 likewise; 0: all are 1
 * @param starts u32[nGroups + 1], the places of each group
 * @param factors f64[nGroups]
 * @param stepped f32, written: the odds after the step; may be `odds`
 * @param slopes f64[nGroups][2], written
 * @returns the sum of w log(1 + odds)
 */
export function stepGroups(
  odds: usize,
  weights: usize,
  starts: usize,
  nGroups: u32,
  factors: usize,
  stepped: usize,
  slopes: usize,
): f64 {
  let loss: f64 = 0;
  for (let group: usize = 0; group < <usize>nGroups; group++) {
    const from = (<usize>load<u32>(starts + (group << 2))) << 2;
    const to = (<usize>load<u32>(starts + (group << 2), 4)) << 2;
    // Not infinite, since what fills a group up has to stay 0.
    const factor = f32x4.splat(min(MOST, <f32>load<f64>(factors + (group << 3))));
    const sums = slopes + (group << 4);
    store<f64>(sums, 0);
    store<f64>(sums, 0, 8);
    for (let at = from; at < to; at += STRETCH) {
      const end = min(at + STRETCH, to);
      loss += weights == 0 ? stepAlike(odds, at, end, factor, stepped, sums) : stepWeighed(odds, weights, at, end, factor, stepped, sums); // prettier-ignore
    }
  }
  return loss;
}

@inline
function addTo(address: usize, lanes: v128): void {
  store<f64>(address, load<f64>(address) + sum<f32>(lanes));
}

/** Of rows of the weight 1, whose logarithms are summed up as that of a product: its exponent and its fraction apart. */
@inline
function stepAlike(odds: usize, from: usize, to: usize, factor: v128, stepped: usize, sums: usize): f64 {
  const one = f32x4.splat(1);
  const most = f32x4.splat(MOST);
  const fraction = i32x4.splat(0x007fffff);
  let slopes = f32x4.splat(0);
  let curvatures = f32x4.splat(0);
  let exponents = i32x4.splat(0);
  let product = one;
  for (let at = from; at < to; at += 16) {
    const e = f32x4.pmin(most, f32x4.mul(v128.load(odds + at), factor));
    v128.store(stepped + at, e);
    const both = f32x4.add(one, e);
    const right = f32x4.div(one, both);
    const wrong = f32x4.mul(e, right);
    slopes = f32x4.add(slopes, wrong);
    curvatures = f32x4.add(curvatures, f32x4.mul(wrong, right));
    exponents = i32x4.add(exponents, i32x4.sub(i32x4.shr_u(both, 23), i32x4.splat(127)));
    product = f32x4.mul(product, v128.or(v128.and(both, fraction), one));
  }
  addTo(sums, slopes);
  addTo(sums + 8, curvatures);
  return sum<f32>(log<f32>(product)) + sum<f32>(f32x4.convert_i32x4_s(exponents)) * Math.LN2;
}

@inline
function stepWeighed(
  odds: usize,
  weights: usize,
  from: usize,
  to: usize,
  factor: v128,
  stepped: usize,
  sums: usize,
): f64 {
  const one = f32x4.splat(1);
  const most = f32x4.splat(MOST);
  let slopes = f32x4.splat(0);
  let curvatures = f32x4.splat(0);
  let losses = f32x4.splat(0);
  for (let at = from; at < to; at += 16) {
    const weight = v128.load(weights + at);
    const e = f32x4.pmin(most, f32x4.mul(v128.load(odds + at), factor));
    v128.store(stepped + at, e);
    const both = f32x4.add(one, e);
    const right = f32x4.div(one, both);
    const wrong = f32x4.mul(f32x4.mul(e, right), weight);
    slopes = f32x4.add(slopes, wrong);
    curvatures = f32x4.add(curvatures, f32x4.mul(wrong, right));
    losses = f32x4.add(losses, f32x4.mul(weight, log<f32>(both)));
  }
  addTo(sums, slopes);
  addTo(sums + 8, curvatures);
  return sum<f32>(losses);
}

/**
 * Sums up what a Newton step needs in one leaf of more classes: w (y - p) by class,
 * and the matrix w (p_a [a = b] - p_a p_b).
 *
 * @param rows u32[count], those of the leaf
 * @param probabilities f32[nClasses][pitch / 4], @param labels i32, @param weights f32, of all rows
 * @param pitch in bytes
 * @param row f64[nClasses + 1], for scratch
 * @param slopes f64[nClasses], written, @param matrix f64[nClasses][nClasses], its lower triangle written
 * @returns the weight of the rows
 */
export function leafCurvature(
  rows: usize,
  count: u32,
  probabilities: usize,
  pitch: usize,
  nClasses: u32,
  labels: usize,
  weights: usize,
  row: usize,
  slopes: usize,
  matrix: usize,
): f64 {
  let weightOfAll: f64 = 0;
  const width = (<usize>nClasses) << 3;
  memory.fill(slopes, 0, width);
  memory.fill(matrix, 0, width * <usize>nClasses);
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4) {
    const at = (<usize>load<u32>(rows)) << 2;
    const weight = <f64>load<f32>(weights + at);
    weightOfAll += weight;
    let from = probabilities + at;
    let total: f64 = 0;
    for (let k: usize = 0; k < width; k += 8, from += pitch) {
      const p = <f64>load<f32>(from);
      store<f64>(row + k, p);
      total += p;
    }
    // What single precision lacks of 1 would make a step that all classes have in common.
    const share = 1 / total;
    for (let k: usize = 0; k < width; k += 8) {
      const p = load<f64>(row + k) * share;
      store<f64>(row + k, p);
      store<f64>(slopes + k, load<f64>(slopes + k) - weight * p);
    }
    const own = slopes + ((<usize>load<u32>(labels + at)) << 3);
    store<f64>(own, load<f64>(own) + weight);
    let line = matrix;
    for (let a: usize = 0; a < width; a += 8, line += width) {
      const p = weight * load<f64>(row + a);
      const factor = f64x2.splat(p);
      for (let b: usize = 0; b <= a; b += 16) {
        v128.store(line + b, f64x2.sub(v128.load(line + b), f64x2.mul(factor, v128.load(row + b))));
      }
      store<f64>(line + a, load<f64>(line + a) + p);
    }
  }
  return weightOfAll;
}

/** Lists rows by their leaves: `next` (u32[nLeaves]) is the place of the next row of each leaf, and moved on. */
export function listByLeaf(leaves: usize, nRows: u32, next: usize, rows: usize): void {
  for (let row: usize = 0; row < <usize>nRows; row++) {
    const place = next + ((<usize>load<u16>(leaves + (row << 1))) << 2);
    const to = load<u32>(place);
    store<u32>(place, to + 1);
    store<u32>(rows + ((<usize>to) << 2), <u32>row);
  }
}

/** Adds the value of its leaf (f32[nLeaves]) to the score (f32) of each row. */
export function addLeafValues(scores: usize, leaves: usize, nRows: u32, values: usize): void {
  for (let end = leaves + ((<usize>nRows) << 1); leaves < end; leaves += 2, scores += 4) {
    store<f32>(scores, load<f32>(scores) + load<f32>(values + ((<usize>load<u16>(leaves)) << 2)));
  }
}

/** Adds the weights (f32) of rows by their leaves: `sums` is f64[nLeaves]. */
export function addWeightsByLeaf(weights: usize, leaves: usize, nRows: u32, sums: usize): void {
  for (let end = leaves + ((<usize>nRows) << 1); leaves < end; leaves += 2, weights += 4) {
    const at = sums + ((<usize>load<u16>(leaves)) << 3);
    store<f64>(at, load<f64>(at) + <f64>load<f32>(weights));
  }
}
