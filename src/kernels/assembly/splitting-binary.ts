import { MISSING_BIN } from './binning';
import { xlogx } from './entropy';
import { Growth, MISSING_LEFT, MISSING_RIGHT, NO_MISSING } from './growth';
import { clearMarks, listMarked, listNonZero, mark } from './occupied';

/** Below as many rows, a bit for each occupied bin is quicker than a look at all bins. */
const FEW_ROWS: u32 = 256;

/**
 * Looks for the best split of the current node at `feature`, of two classes, and
 * keeps it when it is better than the best so far. A sum is one u64: the weight
 * of the rows, and above it (<< 32) the weight of those of the second class.
 * Returns whether the feature is constant in the node.
 */
export function searchBinary(g: Growth, feature: u32): bool {
  const column = g.columns + <usize>feature * g.nRows;
  const occupied = g.occupied;
  const count = g.current.count;
  let nOccupied: u32;
  if (count < FEW_ROWS) {
    sumMarking(g.rows + ((<usize>g.current.begin) << 2), count, column, g.gathered, g.histogram, g.marks);
    nOccupied = listMarked(g.marks, occupied);
  } else {
    sum(g.rows + ((<usize>g.current.begin) << 2), count, column, g.gathered, g.histogram);
    nOccupied = listNonZero(g.histogram, occupied);
  }
  const constant = nOccupied < 2;
  if (!constant) {
    const missing = load<u8>(occupied + nOccupied - 1) == MISSING_BIN;
    sweep(g, feature, nOccupied, missing ? MISSING_RIGHT : NO_MISSING);
    if (missing) sweep(g, feature, nOccupied, MISSING_LEFT);
  }
  for (let i: usize = 0; i < nOccupied; i++) store<u64>(g.histogram + ((<usize>load<u8>(occupied + i)) << 3), 0);
  return constant;
}

/** Tries the cuts between occupied bins, with the missing values on the right or on the left. */
function sweep(g: Growth, feature: u32, nOccupied: u32, missing: u32): void {
  const weight = g.weight;
  const second = g.second;
  const minWeight = g.minWeight;
  const minLeaf = g.minLeaf;
  const histogram = g.histogram;
  const best = g.best;
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = 0;
  let left: u64 = 0;
  let nLeft: u32 = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  if (missing == MISSING_LEFT) {
    left = load<u64>(histogram + (MISSING_BIN << 3));
    nLeft = load<u32>(g.rowCounts + (MISSING_BIN << 2));
    last--;
  }
  for (; at < last; at++) {
    const bin = <usize>load<u8>(at);
    left += load<u64>(histogram + (bin << 3));
    const leftWeight = <f64>(<u32>left);
    const rightWeight = weight - leftWeight;
    if (leftWeight < minWeight || rightWeight < minWeight) {
      if (minLeaf > 1) nLeft += load<u32>(g.rowCounts + (bin << 2));
      continue;
    }
    if (minLeaf > 1) {
      nLeft += load<u32>(g.rowCounts + (bin << 2));
      if (nLeft < minLeaf || g.current.count - nLeft < minLeaf) continue;
    }
    const leftSecond = <f64>(<u32>(left >> 32));
    let num: f64;
    let den: f64;
    if (g.entropy) {
      num = entropyGain(g, leftWeight, leftSecond);
      den = 1;
    } else {
      // Twice this by the node's weight is the gain: the variance between the sides.
      const distance = leftSecond * weight - second * leftWeight;
      num = distance * distance;
      den = leftWeight * rightWeight;
    }
    if (num * bestDen > bestNum * den) {
      bestNum = num;
      bestDen = den;
      found = at;
    }
  }
  if (found == 0) return;
  best.num = bestNum;
  best.den = bestDen;
  best.feature = feature;
  best.low = load<u8>(found);
  best.high = load<u8>(found + 1);
  best.missing = missing;
}

/** The gain, up to the node's own entropy. */
function entropyGain(g: Growth, leftWeight: f64, leftSecond: f64): f64 {
  const table = g.xlogx;
  const rightWeight = g.weight - leftWeight;
  const rightSecond = g.second - leftSecond;
  return (
    xlogx(leftSecond, table) +
    xlogx(leftWeight - leftSecond, table) -
    xlogx(leftWeight, table) +
    xlogx(rightSecond, table) +
    xlogx(rightWeight - rightSecond, table) -
    xlogx(rightWeight, table)
  );
}

function sum(rows: usize, count: u32, column: usize, samples: usize, histogram: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(column + load<u32>(rows + (i << 2)));
    const place = histogram + (bin << 3);
    store<u64>(place, load<u64>(place) + load<u64>(samples + (i << 3)));
  }
}

function sumMarking(rows: usize, count: u32, column: usize, samples: usize, histogram: usize, marks: usize): void {
  clearMarks(marks);
  for (let i: usize = 0; i < count; i++) {
    const bin = <usize>load<u8>(column + load<u32>(rows + (i << 2)));
    const place = histogram + (bin << 3);
    store<u64>(place, load<u64>(place) + load<u64>(samples + (i << 3)));
    mark(marks, bin);
  }
}
