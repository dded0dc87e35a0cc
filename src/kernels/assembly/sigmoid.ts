// The log loss of a linear model of two classes over blocks of rows, and its gradient, in one
// reading of the rows: scores, then residuals in their place, then the products
// of residuals and rows while the block is in the cache.
import { exp, log } from './exponential';
import { integers, step, sum, vector } from './lanes';
import { addProducts, BLOCK, blockScores } from './linear';

/**
 * Two classes: returns the sum over rows of weight * log(1 + e^(-sign * score))
 * with the sign 1 for the second class and -1 for the first, and adds its gradient.
 *
 * @param x S[blocks][features][BLOCK]; features is a multiple of 4
 * @param labels i32[blocks][BLOCK], 0 or 1
 * @param weights S[blocks][BLOCK], 0 for rows that fill up the last block
 * @param coef T[features + 1], the intercept at the end
 * @param scratch T[BLOCK]
 * @param gradient f64[features + 1], added to
 */
function sigmoidLoss<S, T>(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  let loss: f64 = 0;
  let slope: f64 = 0;
  const zero = v128.splat<T>(0);
  const one = v128.splat<T>(1);
  for (let block: usize = 0; block < blocks; block++) {
    blockScores<S, T>(x, features, 1, coef, scratch);
    let losses = zero;
    let slopes = zero;
    for (let at = scratch; at < scratch + BLOCK * sizeof<T>(); at += 16) {
      const sign = v128.sub<T>(v128.mul<T>(v128.splat<T>(2), integers<T>(labels)), one);
      const weight = vector<S, T>(weights);
      const margin = v128.mul<T>(sign, v128.load(at));
      // Of the two forms of the sigmoid, the one whose exponential is at most 1.
      const e = exp<T>(v128.neg<T>(v128.abs<T>(margin)));
      const both = v128.add<T>(one, e);
      const wrong = v128.div<T>(v128.bitselect(e, one, v128.ge<T>(margin, zero)), both);
      const residual = v128.neg<T>(v128.mul<T>(v128.mul<T>(sign, weight), wrong));
      const rowLoss = v128.add<T>(v128.max<T>(v128.neg<T>(margin), zero), log<T>(both));
      v128.store(at, residual);
      losses = v128.add<T>(losses, v128.mul<T>(weight, rowLoss));
      slopes = v128.add<T>(slopes, residual);
      labels += step<i32, T>();
      weights += step<S, T>();
    }
    loss += sum<T>(losses);
    slope += sum<T>(slopes);
    addProducts<S, T>(x, features, scratch, gradient);
    x += features * BLOCK * sizeof<S>();
  }
  const intercept = gradient + (features << 3);
  store<f64>(intercept, load<f64>(intercept) + slope);
  return loss;
}

/** `sigmoidLoss` in single precision. */
export function sigmoidLoss32(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return sigmoidLoss<f32, f32>(x, labels, weights, blocks, features, coef, scratch, gradient);
}

/** `sigmoidLoss` in double precision of rows in single precision. */
export function sigmoidLossMixed(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return sigmoidLoss<f32, f64>(x, labels, weights, blocks, features, coef, scratch, gradient);
}

/** `sigmoidLoss` in double precision. */
export function sigmoidLoss64(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return sigmoidLoss<f64, f64>(x, labels, weights, blocks, features, coef, scratch, gradient);
}
