import { isAllowed, keepSplit } from './best-split';
import { MISSING_BIN } from './binning';
import { classStride, Growth, MISSING_LEFT } from './growth';
import { END } from './splitting-classes';

/*
 * With the class weights T of a node and L of its left side, the cut is the
 * better the larger sum(L^2) / weight of the left + sum(R^2) / weight of the
 * right is, and sum(R^2) = sum(T^2) - 2 sum(T L) + sum(L^2). All the sums are
 * whole numbers of 64 bits, and exact.
 */

/** Tries the cuts of rows that are chained by bin. */
export function sweepGiniChains(g: Growth, feature: u32, nOccupied: u32, missing: u32): void {
  const chain = g.chain;
  const heads = g.heads;
  const gathered = g.gathered;
  const totals = g.totals;
  const left = g.left;
  const best = g.best;
  const free = g.minLeaf < 2 && g.minWeight == 0;
  let bestNum = best.num;
  let bestDen = best.den;
  let found: usize = 0;
  let leftWeight: u64 = 0;
  let leftSquares: u64 = 0;
  let products: u64 = 0;
  let nLeft: u32 = 0;
  let at = g.occupied;
  let last = at + nOccupied - 1;
  let bin = <usize>load<u8>(at);
  // Missing values that go left do so before all others, and are no cut of their own.
  let before = missing == MISSING_LEFT;
  if (before) {
    bin = MISSING_BIN;
    last--;
  }
  for (;;) {
    nLeft += load<u32>(g.rowCounts + (bin << 2));
    for (let i = load<u32>(heads + (bin << 2)); i != END; i = load<u32>(chain + ((<usize>i) << 2))) {
      const sample = gathered + ((<usize>i) << 3);
      const weight = <u64>load<u32>(sample);
      const offset = (<usize>load<u32>(sample, 4)) << 2;
      const ofClass = <u64>load<u32>(left + offset);
      store<u32>(left + offset, <u32>(ofClass + weight));
      leftWeight += weight;
      leftSquares += weight * (ofClass + ofClass + weight);
      products += weight * load<u32>(totals + offset);
    }
    if (before) {
      before = false;
    } else {
      const ofLeft = <f64>(<i64>leftWeight);
      if (free || isAllowed(g, ofLeft, nLeft)) {
        const ofRight = g.weight - ofLeft;
        const rightSquares = g.squares + leftSquares - products - products;
        const num = <f64>(<i64>leftSquares) * ofRight + <f64>(<i64>rightSquares) * ofLeft;
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
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, found, missing);
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
  if (found != 0) keepSplit(g, feature, bestNum, bestDen, found, missing);
}
