// The log loss of a linear model of many classes over blocks of rows, and its gradient, in one
// reading of the rows: scores, then residuals in their place, then the products
// of residuals and rows while the block is in the cache.
import { exp, log } from './exponential';
import { step, sum, vector } from './lanes';
import { addProducts, BLOCK, blockScores } from './linear';

/**
 * More classes: returns the sum over rows of weight * (log(sum over classes of
 * e^score) - score of the label), and adds its gradient.
 *
 * @param x S[blocks][features][BLOCK]; features is a multiple of 4
 * @param labels i32[blocks][BLOCK]
 * @param weights S[blocks][BLOCK], 0 for rows that fill up the last block
 * @param coef T[classes][features + 1], the intercept at the end
 * @param scratch T[classes + 1][BLOCK]
 * @param gradient f64[classes][features + 1], added to
 */
function softmaxLoss<S, T>(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  classes: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  let loss: f64 = 0;
  const pitch = BLOCK * sizeof<T>();
  for (let block: usize = 0; block < blocks; block++) {
    blockScores<S, T>(x, features, classes, coef, scratch);
    loss += softmaxResiduals<S, T>(labels, weights, classes, scratch);
    for (let k: usize = 0; k < classes; k++) {
      const row = gradient + ((k * (features + 1)) << 3);
      const residuals = scratch + k * pitch;
      addProducts<S, T>(x, features, residuals, row);
      const intercept = row + (features << 3);
      store<f64>(intercept, load<f64>(intercept) + blockSum<T>(residuals));
    }
    x += features * BLOCK * sizeof<S>();
    labels += BLOCK << 2;
    weights += BLOCK * sizeof<S>();
  }
  return loss;
}

/** Turns a block's scores (T[classes + 1][BLOCK], the last row free) into residuals and returns their loss. */
function softmaxResiduals<S, T>(labels: usize, weights: usize, classes: usize, scores: usize): f64 {
  const pitch = BLOCK * sizeof<T>();
  const end = scores + classes * pitch;
  for (let row: usize = 0; row < BLOCK; row++) {
    const own = scores + <usize>load<i32>(labels + (row << 2)) * pitch + row * sizeof<T>();
    store<T>(end + row * sizeof<T>(), load<T>(own));
  }
  let losses = v128.splat<T>(0);
  let weight = weights;
  for (let first = scores; first < scores + pitch; first += 16) {
    let largest = v128.load(first);
    for (let at = first + pitch; at < end; at += pitch) largest = v128.max<T>(largest, v128.load(at));
    let total = v128.splat<T>(0);
    for (let at = first; at < end; at += pitch) {
      const e = exp<T>(v128.sub<T>(v128.load(at), largest));
      v128.store(at, e);
      total = v128.add<T>(total, e);
    }
    const w = vector<S, T>(weight);
    const own = v128.load(first + classes * pitch);
    losses = v128.add<T>(losses, v128.mul<T>(w, v128.add<T>(v128.sub<T>(largest, own), log<T>(total))));
    const scale = v128.div<T>(w, total);
    for (let at = first; at < end; at += pitch) v128.store(at, v128.mul<T>(scale, v128.load(at)));
    weight += step<S, T>();
  }
  for (let row: usize = 0; row < BLOCK; row++) {
    const own = scores + <usize>load<i32>(labels + (row << 2)) * pitch + row * sizeof<T>();
    store<T>(own, load<T>(own) - <T>load<S>(weights + row * sizeof<S>()));
  }
  return sum<T>(losses);
}

function blockSum<T>(address: usize): f64 {
  let a = v128.load(address);
  let b = v128.load(address, 16);
  for (let at = address + 32; at < address + BLOCK * sizeof<T>(); at += 32) {
    a = v128.add<T>(a, v128.load(at));
    b = v128.add<T>(b, v128.load(at, 16));
  }
  return sum<T>(v128.add<T>(a, b));
}

/** `softmaxLoss` in single precision. */
export function softmaxLoss32(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  classes: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return softmaxLoss<f32, f32>(x, labels, weights, blocks, features, classes, coef, scratch, gradient);
}

/** `softmaxLoss` in double precision of rows in single precision. */
export function softmaxLossMixed(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  classes: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return softmaxLoss<f32, f64>(x, labels, weights, blocks, features, classes, coef, scratch, gradient);
}

/** `softmaxLoss` in double precision. */
export function softmaxLoss64(
  x: usize,
  labels: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  classes: usize,
  coef: usize,
  scratch: usize,
  gradient: usize,
): f64 {
  return softmaxLoss<f64, f64>(x, labels, weights, blocks, features, classes, coef, scratch, gradient);
}
