// Probabilities of a linear model, row by row: a vector holds two classes, so that
// one row is answered as fast as one of many. The scores of classes are sums in
// the order of the features, however many rows there are.
import { exp } from './exponential';

/** sum + value coef, of a value and of two classes. */
function addProduct(sum: v128, value: usize, coef: v128): v128 {
  return f64x2.add(sum, f64x2.mul(v128.load64_splat(value), coef));
}

/**
 * The scores of rows: scores[row][class] = intercept[class] + sum of x[row][j] coef[j][class].
 *
 * @param x f64[rows][features]
 * @param coef f64[1 + features][width], the intercepts first
 * @param width the classes, filled up to an even number
 * @param scores f64[rows][width], written
 */
export function linearScores(x: usize, rows: i32, features: i32, coef: usize, width: i32, scores: usize): void {
  const pitch = (<usize>features) << 3;
  const wide = (<usize>width) << 3;
  let row = 0;
  for (; row + 4 <= rows; row += 4, x += 4 * pitch, scores += 4 * wide) {
    let at: usize = 0;
    for (; at + 32 <= wide; at += 32) fourRowsFourClasses(x, pitch, coef + at, wide, scores + at);
    if (at < wide) fourRowsTwoClasses(x, pitch, coef + at, wide, scores + at);
  }
  for (; row < rows; row++, x += pitch, scores += wide) {
    let at: usize = 0;
    for (; at + 64 <= wide; at += 64) oneRowEightClasses(x, pitch, coef + at, wide, scores + at);
    for (; at < wide; at += 16) oneRowTwoClasses(x, pitch, coef + at, wide, scores + at);
  }
}

function fourRowsFourClasses(x: usize, pitch: usize, coef: usize, wide: usize, scores: usize): void {
  let a0 = v128.load(coef);
  let a1 = v128.load(coef, 16);
  let b0 = a0;
  let b1 = a1;
  let c0 = a0;
  let c1 = a1;
  let d0 = a0;
  let d1 = a1;
  for (const end = x + pitch; x < end; x += 8) {
    coef += wide;
    const w0 = v128.load(coef);
    const w1 = v128.load(coef, 16);
    a0 = addProduct(a0, x, w0);
    a1 = addProduct(a1, x, w1);
    b0 = addProduct(b0, x + pitch, w0);
    b1 = addProduct(b1, x + pitch, w1);
    c0 = addProduct(c0, x + 2 * pitch, w0);
    c1 = addProduct(c1, x + 2 * pitch, w1);
    d0 = addProduct(d0, x + 3 * pitch, w0);
    d1 = addProduct(d1, x + 3 * pitch, w1);
  }
  v128.store(scores, a0);
  v128.store(scores, a1, 16);
  v128.store(scores + wide, b0);
  v128.store(scores + wide, b1, 16);
  v128.store(scores + 2 * wide, c0);
  v128.store(scores + 2 * wide, c1, 16);
  v128.store(scores + 3 * wide, d0);
  v128.store(scores + 3 * wide, d1, 16);
}

function fourRowsTwoClasses(x: usize, pitch: usize, coef: usize, wide: usize, scores: usize): void {
  let a = v128.load(coef);
  let b = a;
  let c = a;
  let d = a;
  for (const end = x + pitch; x < end; x += 8) {
    coef += wide;
    const w = v128.load(coef);
    a = addProduct(a, x, w);
    b = addProduct(b, x + pitch, w);
    c = addProduct(c, x + 2 * pitch, w);
    d = addProduct(d, x + 3 * pitch, w);
  }
  v128.store(scores, a);
  v128.store(scores + wide, b);
  v128.store(scores + 2 * wide, c);
  v128.store(scores + 3 * wide, d);
}

function oneRowEightClasses(x: usize, pitch: usize, coef: usize, wide: usize, scores: usize): void {
  let a = v128.load(coef);
  let b = v128.load(coef, 16);
  let c = v128.load(coef, 32);
  let d = v128.load(coef, 48);
  for (const end = x + pitch; x < end; x += 8) {
    coef += wide;
    a = addProduct(a, x, v128.load(coef));
    b = addProduct(b, x, v128.load(coef, 16));
    c = addProduct(c, x, v128.load(coef, 32));
    d = addProduct(d, x, v128.load(coef, 48));
  }
  v128.store(scores, a);
  v128.store(scores, b, 16);
  v128.store(scores, c, 32);
  v128.store(scores, d, 48);
}

function oneRowTwoClasses(x: usize, pitch: usize, coef: usize, wide: usize, scores: usize): void {
  let a = v128.load(coef);
  for (const end = x + pitch; x < end; x += 8) {
    coef += wide;
    a = addProduct(a, x, v128.load(coef));
  }
  v128.store(scores, a);
}

/**
 * Turns scores into probabilities by the softmax, and moves them together. A score
 * past the greatest number counts as that; one that is no number tells nothing, and
 * counts as 0.
 *
 * @param scores f64[rows][width], replaced by f64[rows][classes]
 * @param width the classes, filled up to an even number
 */
export function softmaxRows(scores: usize, rows: i32, classes: i32, width: i32): void {
  const wide = (<usize>width) << 3;
  const lowest = f64x2.splat(-f64.MAX_VALUE);
  const greatest = f64x2.splat(f64.MAX_VALUE);
  // The last vector may end with a class that there is not.
  const odd = classes < width;
  const exists = i64x2.replace_lane(i64x2.splat(-1), 1, odd ? 0 : -1);
  let shares = scores;
  for (const end = scores + <usize>rows * wide; scores < end; scores += wide) {
    const last = scores + wide - 16;
    if (odd) store<f64>(last, -f64.MAX_VALUE, 8);
    let largest = lowest;
    for (let at = scores; at <= last; at += 16) {
      const score = v128.load(at);
      const known = v128.and(score, f64x2.eq(score, score));
      const bounded = f64x2.pmin(f64x2.pmax(known, lowest), greatest);
      v128.store(at, bounded);
      largest = f64x2.pmax(largest, bounded);
    }
    largest = f64x2.pmax(largest, v128.shuffle<f64>(largest, largest, 1, 0));
    let total = f64x2.splat(0);
    for (let at = scores; at <= last; at += 16) {
      let e = exp<f64>(f64x2.sub(v128.load(at), largest));
      if (at == last) e = v128.and(e, exists);
      v128.store(at, e);
      total = f64x2.add(total, e);
    }
    total = f64x2.add(total, v128.shuffle<f64>(total, total, 1, 0));
    // An odd last vector reaches into the next row's shares, which are yet to come.
    for (let at = scores; at <= last; at += 16) v128.store(shares + (at - scores), f64x2.div(v128.load(at), total));
    shares += (<usize>classes) << 3;
  }
}
