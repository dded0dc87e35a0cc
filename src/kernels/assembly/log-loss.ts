// The log loss of boosted scores, in nats, of all rows or of one group of 4 rows
// in every `step` groups. Arrays are filled up to a multiple of 4 rows by rows of weight 0.
import { exp, log } from './exponential';
import { sum } from './lanes';

/**
 * Of two classes: writes the weighted sum of log(1 + e^(-sign * score)), the
 * sign being 1 for the second class, and the sum of the weights to `sums`.
 *
 * @param scores f32[nRows], @param labels i32[nRows], 0 or 1
 * @param weights f32[nRows]
 * @param step in groups of 4 rows, at least 1; 1: all rows
 * @param sums f64[2], written
 */
export function sigmoidLogLoss(scores: usize, labels: usize, weights: usize, nRows: u32, step: u32, sums: usize): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  let loss: f64 = 0;
  let total: f64 = 0;
  for (let at: usize = 0, end = (<usize>nRows) << 2; at < end; at += (<usize>step) << 4) {
    const score = v128.load(scores + at);
    const label = f32x4.convert_i32x4_s(v128.load(labels + at));
    const weight = v128.load(weights + at);
    const both = f32x4.add(one, exp<f32>(f32x4.neg(f32x4.abs(score))));
    const linear = f32x4.sub(f32x4.max(score, zero), f32x4.mul(label, score));
    loss += sum<f32>(f32x4.mul(weight, f32x4.add(linear, log<f32>(both))));
    total += sum<f32>(weight);
  }
  store<f64>(sums, loss);
  store<f64>(sums, total, 8);
}

/**
 * Of more classes: the same of log(sum over classes of e^score) - the score of
 * the label.
 *
 * @param scores f32[nClasses][nRows], @param labels i32[nRows], class indexes
 * @param weights f32[nRows]
 * @param step in groups of 4 rows, at least 1; 1: all rows
 * @param sums f64[2], written: the weighted sum, and the sum of the weights
 */
export function softmaxLogLoss(
  scores: usize,
  labels: usize,
  weights: usize,
  nRows: u32,
  nClasses: u32,
  step: u32,
  sums: usize,
): void {
  const pitch = (<usize>nRows) << 2;
  const all = <usize>nClasses * pitch;
  let loss: f64 = 0;
  let total: f64 = 0;
  for (let at: usize = 0; at < pitch; at += (<usize>step) << 4) {
    const from = scores + at;
    let largest = v128.load(from);
    for (let k = pitch; k < all; k += pitch) largest = f32x4.max(largest, v128.load(from + k));
    let exponentials = f32x4.splat(0);
    for (let k: usize = 0; k < all; k += pitch) {
      exponentials = f32x4.add(exponentials, exp<f32>(f32x4.sub(v128.load(from + k), largest)));
    }
    const own = ownScores(from, labels + at, pitch);
    const weight = v128.load(weights + at);
    const each = f32x4.add(f32x4.sub(largest, own), log<f32>(exponentials));
    loss += sum<f32>(f32x4.mul(weight, each));
    total += sum<f32>(weight);
  }
  store<f64>(sums, loss);
  store<f64>(sums, total, 8);
}

/** The scores of 4 rows for their own labels. */
function ownScores(scores: usize, labels: usize, pitch: usize): v128 {
  let own = f32x4.splat(load<f32>(scores + <usize>load<i32>(labels) * pitch));
  own = f32x4.replace_lane(own, 1, load<f32>(scores + <usize>load<i32>(labels, 4) * pitch, 4));
  own = f32x4.replace_lane(own, 2, load<f32>(scores + <usize>load<i32>(labels, 8) * pitch, 8));
  return f32x4.replace_lane(own, 3, load<f32>(scores + <usize>load<i32>(labels, 12) * pitch, 12));
}
