import { isAllowed, keepSplit } from './best-split';
import { MISSING_BIN } from './binning';
import { classStride, Growth, MISSING_LEFT } from './growth';
import { BIN_BYTE, BIN_SHIFT, CLASS_OFFSET } from './sorting';

/*
 * With the class weights T of a node and L of its left side, the cut is the
 * better the larger sum(L^2) / weight of the left + sum(R^2) / weight of the
 * right is, and sum(R^2) = sum(T^2) - 2 sum(T L) + sum(L^2). All the sums are
 * whole numbers of 64 bits, and exact.
 */

/** Tries the cuts of rows that are sorted by bin: one after each row that is the last of its bin. */
export function sweepGiniSorted(g: Growth, feature: u32, missing: u32): void {
  const sorted = g.sorted;
  const totals = g.totals;
  const left = g.left;
  const weight = g.weight;
  const squares = g.squares;
  const best = g.best;
  const free = g.plain;
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = 0;
  let leftWeight: u64 = 0;
  let leftSquares: u64 = 0;
  let products: u64 = 0;
  let nLeft: u32 = 0;
  let at = sorted;
  let end = sorted + ((<usize>(g.current.count - 1)) << 3);
  // Missing values that go left do so before all others, and are no cut of their own.
  let cutting = true;
  if (missing == MISSING_LEFT) {
    at = firstMissing(sorted, end);
    end += 8;
    cutting = false;
  }
  for (;;) {
    for (; at < end; at += 8) {
      const sample = load<u64>(at);
      const moved = <u64>(<u32>sample);
      const offset = (<usize>(sample >> 30)) & CLASS_OFFSET;
      const ofClass = <u64>load<u32>(left + offset);
      store<u32>(left + offset, <u32>(ofClass + moved));
      leftWeight += moved;
      leftSquares += moved * (ofClass + ofClass + moved);
      products += moved * load<u32>(totals + offset);
      nLeft++;
      const ofLeft = <f64>(<i64>leftWeight);
      const ofRight = weight - ofLeft;
      const rightSquares = squares + leftSquares - products - products;
      const num = <f64>(<i64>leftSquares) * ofRight + <f64>(<i64>rightSquares) * ofLeft;
      const den = ofLeft * ofRight;
      // All conditions at once: there is little to predict but that a cut is not the best.
      const cut = (<u32>cutting) & (<u32>((load<u64>(at, 8) ^ sample) >> BIN_SHIFT != 0));
      if (cut & (<u32>(num * bestDen > bestNum * den))) {
        if (!free && !isAllowed(g, ofLeft, nLeft)) continue;
        bestNum = num;
        bestDen = den;
        found = at;
      }
    }
    if (cutting) break;
    cutting = true;
    end = firstMissing(sorted, end - 8) - 8;
    at = sorted;
  }
  if (found == 0) return;
  keepSplit(g, feature, bestNum, bestDen, load<u8>(found, BIN_BYTE), load<u8>(found + 8, BIN_BYTE), missing);
}

/** The first of the missing values, which stand last; `last` is one of them. */
function firstMissing(sorted: usize, last: usize): usize {
  while (last > sorted && load<u8>(last - 8, BIN_BYTE) == MISSING_BIN) last -= 8;
  return last;
}

/** Tries the cuts where the weights are summed by bin and class, four classes at a time. */
export function sweepGiniSums(g: Growth, feature: u32, nOccupied: u32, missing: u32): void {
  const stride = classStride(g.nClasses);
  const histogram = g.histogram;
  const totals = g.totals;
  const left = g.left;
  const best = g.best;
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = 0;
  let leftWeight: u64 = 0;
  let products = i64x2.splat(0);
  let nLeft: u32 = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  let bin = <usize>load<u8>(at);
  let before = missing == MISSING_LEFT;
  if (before) {
    bin = MISSING_BIN;
    last--;
  }
  for (;;) {
    nLeft += load<u32>(g.rowCounts + (bin << 2));
    const sums = histogram + bin * stride;
    let weights = i32x4.splat(0);
    let squares = i64x2.splat(0);
    for (let k: usize = 0; k < stride; k += 16) {
      const moved = v128.load(sums + k);
      const total = v128.load(totals + k);
      const ofClass = i32x4.add(v128.load(left + k), moved);
      v128.store(left + k, ofClass);
      weights = i32x4.add(weights, moved);
      squares = i64x2.add(squares, i64x2.extmul_low_i32x4_u(ofClass, ofClass));
      squares = i64x2.add(squares, i64x2.extmul_high_i32x4_u(ofClass, ofClass));
      products = i64x2.add(products, i64x2.extmul_low_i32x4_u(moved, total));
      products = i64x2.add(products, i64x2.extmul_high_i32x4_u(moved, total));
    }
    const halves = i32x4.add(weights, i32x4.shuffle(weights, weights, 2, 3, 0, 1));
    leftWeight += <u32>(i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1));
    if (before) {
      before = false;
    } else {
      const ofLeft = <f64>(<i64>leftWeight);
      if (isAllowed(g, ofLeft, nLeft)) {
        const ofRight = g.weight - ofLeft;
        const leftSquares = i64x2.extract_lane(squares, 0) + i64x2.extract_lane(squares, 1);
        const product = i64x2.extract_lane(products, 0) + i64x2.extract_lane(products, 1);
        const rightSquares = <i64>g.squares + leftSquares - product - product;
        const num = <f64>leftSquares * ofRight + <f64>rightSquares * ofLeft;
        const den = ofLeft * ofRight;
        if (num * bestDen > bestNum * den) {
          bestNum = num;
          bestDen = den;
          found = at;
        }
      }
      at++;
    }
    if (at >= last) break;
    bin = <usize>load<u8>(at);
  }
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, load<u8>(found), load<u8>(found + 1), missing);
}
