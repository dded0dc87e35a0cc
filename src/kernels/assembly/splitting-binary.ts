import { isAllowed, keepSplit } from './best-split';
import { MISSING_BIN } from './binning';
import { xlogx } from './entropy';
import { columnOf, currentRows, currentSamples, Growth, MISSING_LEFT, MISSING_RIGHT, NO_MISSING } from './growth';
import { FEW_ROWS, sortFew } from './sorting';
import { SET, takeOccupied } from './occupied';

/**
 * Looks for the best split of the current node at `feature`, of two classes, and
 * keeps it when it is better than the best so far. A sum is one u64: the weight
 * of the rows, and above it (<< 32) the weight of those of the second class.
 * Returns whether the feature is constant in the node.
 */
export function searchBinary(g: Growth, feature: u32): bool {
  const column = columnOf(g, feature);
  if (g.current.count <= FEW_ROWS && g.plain) {
    sortFew(g, currentRows(g), column, false);
    if (load<u8>(g.occupied + g.current.count - 1) != MISSING_BIN) return sweepFew(g, feature);
  }
  sum(currentRows(g), g.current.count, column, currentSamples(g), g.histogram, g.flags);
  const nOccupied = takeOccupied(g.flags, g.occupied);
  const constant = nOccupied < 2;
  const missing = load<u8>(g.occupied + nOccupied - 1) == MISSING_BIN;
  if (!constant) {
    if (missing || !g.plain) {
      sweep(g, feature, nOccupied, missing ? MISSING_RIGHT : NO_MISSING);
      if (missing) sweep(g, feature, nOccupied, MISSING_LEFT);
    } else {
      sweepFreely(g, feature, nOccupied);
    }
  }
  const histogram = g.histogram;
  for (let at = g.occupied, end = at + nOccupied; at < end; at++)
    store<u64>(histogram + ((<usize>load<u8>(at)) << 3), 0);
  return constant;
}

/** Does so for a few sorted rows by gini, nothing being missing or limited. */
function sweepFew(g: Growth, feature: u32): bool {
  const weight = g.weight;
  const second = g.second;
  const bins = g.occupied;
  const sorted = g.sorted;
  const best = g.best;
  const last = <usize>(g.current.count - 1);
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = last;
  let left: u64 = 0;
  for (let i: usize = 0; i < last; i++) {
    left += load<u64>(sorted + (i << 3));
    const leftWeight = <f64>(<u32>left);
    const distance = <f64>(<u32>(left >> 32)) * weight - second * leftWeight;
    const num = distance * distance;
    const den = leftWeight * (weight - leftWeight);
    const cut = <u32>(load<u8>(bins + i) != load<u8>(bins + i, 1));
    if (cut & (<u32>(num * bestDen > bestNum * den))) {
      bestNum = num;
      bestDen = den;
      found = i;
    }
  }
  if (found != last) {
    keepSplit(g, feature, bestNum, bestDen, load<u8>(bins + found), load<u8>(bins + found, 1), NO_MISSING);
  }
  return load<u8>(bins) == load<u8>(bins + last);
}

/** Sums the samples of each bin, and sets its flag. */
function sum(rows: usize, count: u32, column: usize, samples: usize, histogram: usize, flags: usize): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4, samples += 8) {
    const bin = <usize>load<u8>(column + load<u32>(rows));
    const place = histogram + (bin << 3);
    store<u64>(place, load<u64>(place) + load<u64>(samples));
    store<u8>(flags + bin, SET);
  }
}

/**
 * Tries the cuts between occupied bins by gini, nothing being missing or
 * limited. Twice num / den by the node's weight is the gain: the variance
 * between the sides.
 */
function sweepFreely(g: Growth, feature: u32, nOccupied: u32): void {
  const weight = g.weight;
  const second = g.second;
  const histogram = g.histogram;
  const best = g.best;
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = 0;
  let left: u64 = 0;
  for (let at = g.occupied, last = at + nOccupied - 1; at < last; at++) {
    left += load<u64>(histogram + ((<usize>load<u8>(at)) << 3));
    const leftWeight = <f64>(<u32>left);
    const distance = <f64>(<u32>(left >> 32)) * weight - second * leftWeight;
    const num = distance * distance;
    const den = leftWeight * (weight - leftWeight);
    if (num * bestDen > bestNum * den) {
      bestNum = num;
      bestDen = den;
      found = at;
    }
  }
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, load<u8>(found), load<u8>(found + 1), NO_MISSING);
}

/** Does so by either criterion, within limits, with the missing values on the right or on the left. */
function sweep(g: Growth, feature: u32, nOccupied: u32, missing: u32): void {
  const histogram = g.histogram;
  const rowCounts = g.rowCounts;
  let bestNum = g.best.num;
  let bestDen = g.best.den;
  let found: usize = 0;
  let left: u64 = 0;
  let nLeft: u32 = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  if (missing == MISSING_LEFT) {
    left = load<u64>(histogram + (MISSING_BIN << 3));
    nLeft = load<u32>(rowCounts + (MISSING_BIN << 2));
    last--;
  }
  for (; at < last; at++) {
    const bin = <usize>load<u8>(at);
    left += load<u64>(histogram + (bin << 3));
    const leftWeight = <f64>(<u32>left);
    nLeft += load<u32>(rowCounts + (bin << 2));
    if (!isAllowed(g, leftWeight, nLeft)) continue;
    const leftSecond = <f64>(<u32>(left >> 32));
    const distance = leftSecond * g.weight - g.second * leftWeight;
    const num = g.entropy ? entropyScore(g, leftWeight, leftSecond) : distance * distance;
    const den = g.entropy ? 1 : leftWeight * (g.weight - leftWeight);
    if (num * bestDen > bestNum * den) {
      bestNum = num;
      bestDen = den;
      found = at;
    }
  }
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, load<u8>(found), load<u8>(found + 1), missing);
}

/** The gain, up to the node's own entropy. */
function entropyScore(g: Growth, leftWeight: f64, leftSecond: f64): f64 {
  const rightSecond = g.second - leftSecond;
  return sideScore(g, leftWeight, leftSecond) + sideScore(g, g.weight - leftWeight, rightSecond);
}

function sideScore(g: Growth, weight: f64, second: f64): f64 {
  return xlogx(second, g.xlogx) + xlogx(weight - second, g.xlogx) - xlogx(weight, g.xlogx);
}
