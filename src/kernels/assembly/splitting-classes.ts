import { MISSING_BIN } from './binning';
import { xlogx } from './entropy';
import { Growth, MISSING_LEFT, MISSING_RIGHT, NO_MISSING } from './growth';
import { clearMarks, listMarked, listNonZero, mark } from './occupied';

/** Ends a chain of rows. */
export const END: u32 = 0xffff_ffff;

// Where a sweep stands: the sides' weights, and what the criterion sums over the classes of each.
let leftWeight: f64 = 0;
let leftSum: f64 = 0;
let rightSum: f64 = 0;
let nLeft: u32 = 0;

/**
 * Looks for the best split of the current node at `feature`, of any number of
 * classes, and keeps it when it is better than the best so far. What the
 * criterion sums over classes is kept up to date while rows move from the right
 * to the left, which takes the same time however many classes there are; so
 * each node's rows are chained by bin, unless there are so many that a histogram
 * of all bins and classes is quicker. Returns whether the feature is constant.
 */
export function searchClasses(g: Growth, feature: u32): bool {
  const column = g.columns + <usize>feature * g.nRows;
  const rows = g.rows + ((<usize>g.current.begin) << 2);
  const many = g.current.count >= 128 * g.nClasses;
  let nOccupied: u32;
  if (many) nOccupied = sumByClass(g, rows, column);
  else nOccupied = chainByBin(g, rows, column);
  const constant = nOccupied < 2;
  if (!constant) {
    const missing = load<u8>(g.occupied + nOccupied - 1) == MISSING_BIN;
    sweep(g, feature, nOccupied, missing ? MISSING_RIGHT : NO_MISSING, many);
    if (missing) sweep(g, feature, nOccupied, MISSING_LEFT, many);
  }
  for (let i: usize = 0; i < nOccupied; i++) {
    const bin = <usize>load<u8>(g.occupied + i);
    if (many) {
      store<u64>(g.binWeights + (bin << 3), 0);
      memory.fill(g.histogram + ((bin * g.nClasses) << 2), 0, g.nClasses << 2);
    } else {
      store<u32>(g.heads + (bin << 2), END);
    }
  }
  return constant;
}

/** Tries the cuts between occupied bins, with the missing values on the right or on the left. */
function sweep(g: Growth, feature: u32, nOccupied: u32, missing: u32, many: bool): void {
  const best = g.best;
  const minLeaf = g.minLeaf;
  let found: usize = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  leftWeight = 0;
  leftSum = 0;
  rightSum = g.classSum;
  nLeft = 0;
  for (let k: usize = 0; k < g.nClasses; k++) store<f64>(g.left + (k << 3), 0);
  if (missing == MISSING_LEFT) {
    moveBin(g, MISSING_BIN, many);
    last--;
  }
  for (; at < last; at++) {
    moveBin(g, <usize>load<u8>(at), many);
    const rightWeight = g.weight - leftWeight;
    if (leftWeight < g.minWeight || rightWeight < g.minWeight) continue;
    if (minLeaf > 1 && (nLeft < minLeaf || g.current.count - nLeft < minLeaf)) continue;
    let num: f64;
    let den: f64;
    if (g.entropy) {
      num = leftSum - xlogx(leftWeight, g.xlogx) + rightSum - xlogx(rightWeight, g.xlogx);
      den = 1;
    } else {
      num = leftSum * rightWeight + rightSum * leftWeight;
      den = leftWeight * rightWeight;
    }
    if (num * best.den > best.num * den) {
      best.num = num;
      best.den = den;
      found = at;
    }
  }
  if (found == 0) return;
  best.feature = feature;
  best.low = load<u8>(found);
  best.high = load<u8>(found + 1);
  best.missing = missing;
}

function moveBin(g: Growth, bin: usize, many: bool): void {
  if (g.minLeaf > 1) nLeft += load<u32>(g.rowCounts + (bin << 2));
  if (many) {
    const sums = g.histogram + ((bin * g.nClasses) << 2);
    for (let k: usize = 0; k < g.nClasses; k++) {
      const weight = load<u32>(sums + (k << 2));
      if (weight != 0) move(g, k, <f64>weight);
    }
    return;
  }
  for (let i = load<u32>(g.heads + (bin << 2)); i != END; i = load<u32>(g.chain + ((<usize>i) << 2))) {
    const sample = load<u64>(g.gathered + ((<usize>i) << 3));
    move(g, <usize>(sample >> 32), <f64>(<u32>sample));
  }
}

/** Moves a weight of class `k` from the right to the left. */
function move(g: Growth, k: usize, weight: f64): void {
  const place = g.left + (k << 3);
  const left = load<f64>(place);
  const right = load<f64>(g.totals + (k << 3)) - left;
  store<f64>(place, left + weight);
  leftWeight += weight;
  if (g.entropy) {
    leftSum += xlogx(left + weight, g.xlogx) - xlogx(left, g.xlogx);
    rightSum += xlogx(right - weight, g.xlogx) - xlogx(right, g.xlogx);
  } else {
    // The difference of two squares.
    leftSum += weight * (left + left + weight);
    rightSum -= weight * (right + right - weight);
  }
}

function sumByClass(g: Growth, rows: usize, column: usize): u32 {
  const count = <usize>g.current.count;
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(column + load<u32>(rows + (i << 2)));
    const sample = load<u64>(g.gathered + (i << 3));
    const place = g.histogram + ((bin * g.nClasses + <usize>(sample >> 32)) << 2);
    store<u32>(place, load<u32>(place) + <u32>sample);
    const sum = g.binWeights + (bin << 3);
    store<u64>(sum, load<u64>(sum) + <u64>(<u32>sample));
  }
  return listNonZero(g.binWeights, g.occupied);
}

function chainByBin(g: Growth, rows: usize, column: usize): u32 {
  const count = g.current.count;
  const heads = g.heads;
  const chain = g.chain;
  const marks = g.marks;
  clearMarks(marks);
  for (let i: u32 = 0; i < count; i++) {
    const bin = <usize>load<u8>(column + load<u32>(rows + ((<usize>i) << 2)));
    const head = heads + (bin << 2);
    store<u32>(chain + ((<usize>i) << 2), load<u32>(head));
    store<u32>(head, i);
    mark(marks, bin);
  }
  return listMarked(marks, g.occupied);
}
