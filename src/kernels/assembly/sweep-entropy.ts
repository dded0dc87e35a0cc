import { isAllowed, keepSplit } from './best-split';
import { MISSING_BIN } from './binning';
import { xlogx } from './entropy';
import { classStride, Growth, MISSING_LEFT } from './growth';
import { BIN_BYTE, CLASS_OFFSET } from './sorting';

// The sums of w log2(w) over the classes of each side, and the weight and rows of the left one.
let leftSum: f64 = 0;
let rightSum: f64 = 0;
let leftWeight: f64 = 0;
let nLeft: u32 = 0;

/** Tries the cuts by entropy, of rows that are sorted by bin or summed by bin and class. */
export function sweepEntropy(g: Growth, feature: u32, nOccupied: u32, missing: u32, summed: bool): void {
  let bestNum = g.best.num;
  let bestDen = g.best.den;
  let found: usize = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  leftSum = 0;
  rightSum = g.entropies;
  leftWeight = 0;
  nLeft = 0;
  if (missing == MISSING_LEFT) {
    moveBin(g, MISSING_BIN, summed);
    last--;
  }
  for (; at < last; at++) {
    moveBin(g, <usize>load<u8>(at), summed);
    if (!isAllowed(g, leftWeight, nLeft)) continue;
    const num = leftSum - xlogx(leftWeight, g.xlogx) + rightSum - xlogx(g.weight - leftWeight, g.xlogx);
    if (num * bestDen > bestNum) {
      bestNum = num;
      bestDen = 1;
      found = at;
    }
  }
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, load<u8>(found), load<u8>(found + 1), missing);
}

function moveBin(g: Growth, bin: usize, summed: bool): void {
  nLeft += load<u32>(g.rowCounts + (bin << 2));
  if (summed) {
    const sums = g.histogram + bin * classStride(g.nClasses);
    for (let k: usize = 0; k < <usize>g.nClasses; k++) {
      const weight = load<u32>(sums + (k << 2));
      if (weight != 0) move(g, k << 2, weight);
    }
    return;
  }
  // From the bin's end back to its start.
  let at = g.sorted + <usize>load<u32>(g.ends + (bin << 2)) - 8;
  for (; at >= g.sorted && load<u8>(at, BIN_BYTE) == bin; at -= 8) {
    const sample = load<u64>(at);
    move(g, (<usize>(sample >> 30)) & CLASS_OFFSET, <u32>sample);
  }
}

/** Moves a weight of the class at `offset` from the right to the left. */
function move(g: Growth, offset: usize, weight: u32): void {
  const place = g.left + offset;
  const left = load<u32>(place);
  const right = load<u32>(g.totals + offset) - left;
  store<u32>(place, left + weight);
  leftWeight += <f64>weight;
  leftSum += xlogx(<f64>(left + weight), g.xlogx) - xlogx(<f64>left, g.xlogx);
  rightSum += xlogx(<f64>(right - weight), g.xlogx) - xlogx(<f64>right, g.xlogx);
}
