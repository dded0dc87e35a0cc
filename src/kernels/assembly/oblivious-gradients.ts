// What the structure of an oblivious tree is searched by: for each row its weight,
// and the gradients of the log loss by its scores, times its weight. They come in
// pairs of f32, (g0, g1), (g2, g3), ..., of which the last one ends with the weight;
// where the classes are even in number it begins with 0. Arrays are filled up to a
// multiple of 4 rows by rows of weight 0.
import { exp } from './exponential';
import { sum } from './lanes';

/** Writes 4 pairs. */
@inline
function storePairs(at: usize, first: v128, second: v128): void {
  v128.store(at, v128.shuffle<i32>(first, second, 0, 4, 1, 5));
  v128.store(at, v128.shuffle<i32>(first, second, 2, 6, 3, 7), 16);
}

/**
 * Of two classes: p - y, times the weight, with p the sigmoid of the score.
 *
 * @param scores f32[nRows], @param labels i32[nRows], 0 or 1, @param weights f32[nRows]
 * @param pairs f32[nRows][2], written
 * @param norms f32[nRows], written: the squared gradients
 * @param sums f64[2], written: the sums of the gradients' sizes, and of their squares
 */
export function sigmoidStructure(
  scores: usize,
  labels: usize,
  weights: usize,
  nRows: u32,
  pairs: usize,
  norms: usize,
  sums: usize,
): void {
  const one = f32x4.splat(1);
  let sizes: f64 = 0;
  let squares: f64 = 0;
  for (let at: usize = 0, end = (<usize>nRows) << 2; at < end; at += 16) {
    const score = v128.load(scores + at);
    // Of the two forms of the sigmoid, the one whose exponential is at most 1.
    const e = exp<f32>(f32x4.neg(f32x4.abs(score)));
    const positive = f32x4.ge(score, f32x4.splat(0));
    const p = f32x4.div(v128.bitselect(one, e, positive), f32x4.add(one, e));
    const weight = v128.load(weights + at);
    const gradient = f32x4.mul(f32x4.sub(p, f32x4.convert_i32x4_s(v128.load(labels + at))), weight);
    const square = f32x4.mul(gradient, gradient);
    storePairs(pairs + (at << 1), gradient, weight);
    v128.store(norms + at, square);
    sizes += sum<f32>(f32x4.abs(gradient));
    squares += sum<f32>(square);
  }
  store<f64>(sums, sizes);
  store<f64>(sums, squares, 8);
}

/**
 * Of more classes: p - (1 for the class of the row, else 0), times the weight, for
 * each class.
 *
 * @param probabilities f32[nClasses][nRows]
 * @param labels i32[nRows], class indexes, @param weights f32[nRows]
 * @param pairs f32[nClasses / 2 + 1][nRows][2], written
 * @param norms f32[nRows], written: the sum of the squared gradients of a row
 * @param sums f64[2], written: the sums of the gradients' norms, and of their squares
 */
export function softmaxStructure(
  probabilities: usize,
  labels: usize,
  weights: usize,
  nRows: u32,
  nClasses: u32,
  pairs: usize,
  norms: usize,
  sums: usize,
): void {
  const pitch = (<usize>nRows) << 2;
  const nPairs = nClasses / 2 + 1;
  let sizes: f64 = 0;
  let squares: f64 = 0;
  for (let at: usize = 0; at < pitch; at += 16) {
    const label = v128.load(labels + at);
    const weight = v128.load(weights + at);
    let square = f32x4.splat(0);
    for (let pair: u32 = 0; pair < nPairs; pair++) {
      const k = pair * 2;
      let first = f32x4.splat(0);
      let second = weight;
      if (k < nClasses) {
        first = gradientOf(probabilities + <usize>k * pitch + at, k, label, weight);
        square = f32x4.add(square, f32x4.mul(first, first));
      }
      if (k + 1 < nClasses) {
        second = gradientOf(probabilities + <usize>(k + 1) * pitch + at, k + 1, label, weight);
        square = f32x4.add(square, f32x4.mul(second, second));
      }
      storePairs(pairs + ((<usize>pair * pitch + at) << 1), first, second);
    }
    v128.store(norms + at, square);
    sizes += sum<f32>(f32x4.sqrt(square));
    squares += sum<f32>(square);
  }
  store<f64>(sums, sizes);
  store<f64>(sums, squares, 8);
}

@inline
function gradientOf(probabilities: usize, k: u32, label: v128, weight: v128): v128 {
  const truth = v128.and(i32x4.eq(label, i32x4.splat(<i32>k)), f32x4.splat(1));
  return f32x4.mul(f32x4.sub(v128.load(probabilities), truth), weight);
}
