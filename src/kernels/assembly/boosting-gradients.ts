// Gradients and hessians of the log loss by the scores of rows: a pair of f32
// for each row, times its weight. Arrays are filled up to a multiple of 4 rows
// by rows of weight 0. The derivatives are those of J. Friedman, "Greedy Function
// Approximation: A Gradient Boosting Machine", 2001, sections 4.5 and 4.6, to the
// second order as T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting
// System", 2016, section 2.2, take them.
import { exp } from './exponential';

/** Writes 4 pairs. */
@inline
function storePairs(at: usize, gradients: v128, hessians: v128): void {
  v128.store(at, v128.shuffle<i32>(gradients, hessians, 0, 4, 1, 5));
  v128.store(at, v128.shuffle<i32>(gradients, hessians, 2, 6, 3, 7), 16);
}

/**
 * Of two classes: p - y and p (1 - p), with p the sigmoid of the score.
 *
 * @param scores f32[nRows], @param labels i32[nRows], 0 or 1
 * @param weights f32[nRows]
 * @param least what a hessian is at least, before its weight
 * @param pairs f32[nRows][2], gradient and hessian, written
 */
export function sigmoidGradients(
  scores: usize,
  labels: usize,
  weights: usize,
  nRows: u32,
  least: f32,
  pairs: usize,
): void {
  const one = f32x4.splat(1);
  const floor = f32x4.splat(least);
  for (let at: usize = 0, end = (<usize>nRows) << 2; at < end; at += 16) {
    const score = v128.load(scores + at);
    // Of the two forms of the sigmoid, the one whose exponential is at most 1.
    const e = exp<f32>(f32x4.neg(f32x4.abs(score)));
    const positive = f32x4.ge(score, f32x4.splat(0));
    const p = f32x4.div(v128.bitselect(one, e, positive), f32x4.add(one, e));
    const weight = v128.load(weights + at);
    const gradient = f32x4.sub(p, f32x4.convert_i32x4_s(v128.load(labels + at)));
    const hessian = f32x4.max(f32x4.mul(p, f32x4.sub(one, p)), floor);
    storePairs(pairs + (at << 1), f32x4.mul(gradient, weight), f32x4.mul(hessian, weight));
  }
}

/**
 * Of more classes: writes the softmax of each row's scores.
 *
 * @param scores f32[nClasses][nRows]
 * @param probabilities f32[nClasses][nRows]
 */
export function softmaxProbabilities(scores: usize, nRows: u32, nClasses: u32, probabilities: usize): void {
  const pitch = (<usize>nRows) << 2;
  const all = <usize>nClasses * pitch;
  for (let at: usize = 0; at < pitch; at += 16) {
    const from = scores + at;
    const to = probabilities + at;
    let largest = v128.load(from);
    for (let k = pitch; k < all; k += pitch) largest = f32x4.max(largest, v128.load(from + k));
    let total = f32x4.splat(0);
    for (let k: usize = 0; k < all; k += pitch) {
      const e = exp<f32>(f32x4.sub(v128.load(from + k), largest));
      v128.store(to + k, e);
      total = f32x4.add(total, e);
    }
    const share = f32x4.div(f32x4.splat(1), total);
    for (let k: usize = 0; k < all; k += pitch) v128.store(to + k, f32x4.mul(v128.load(to + k), share));
  }
}

/**
 * Of one of more classes: p - (1 where y is it, else 0) and factor p (1 - p), with
 * p the softmax of the scores.
 *
 * @param probabilities f32[nRows], of the class `label`
 * @param labels i32[nRows], class indexes, @param weights f32[nRows]
 * @param factor 1 for the second derivative itself; XGBoost (2) and LightGBM
 * (n_classes / (n_classes - 1)) take more, and so smaller steps
 * @param least what a hessian is at least, the factor multiplied in, before its weight
 * @param pairs f32[nRows][2], gradient and hessian, written
 */
export function classGradients(
  probabilities: usize,
  label: i32,
  labels: usize,
  weights: usize,
  nRows: u32,
  factor: f32,
  least: f32,
  pairs: usize,
): void {
  const one = f32x4.splat(1);
  const own = i32x4.splat(label);
  const scale = f32x4.splat(factor);
  const floor = f32x4.splat(least);
  for (let at: usize = 0, end = (<usize>nRows) << 2; at < end; at += 16) {
    const p = v128.load(probabilities + at);
    const weight = v128.load(weights + at);
    const truth = v128.and(i32x4.eq(v128.load(labels + at), own), one);
    const hessian = f32x4.max(f32x4.mul(scale, f32x4.mul(p, f32x4.sub(one, p))), floor);
    storePairs(pairs + (at << 1), f32x4.mul(f32x4.sub(p, truth), weight), f32x4.mul(hessian, weight));
  }
}
