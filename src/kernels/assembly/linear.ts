// Products with the rows of a linear model. The rows lie in blocks of 64,
// feature by feature: block[feature][row]. A vector then holds rows, so that
// neither a feature nor a class needs padding to a vector's width, and scores,
// losses and residuals of several rows are computed at once.
//
// S is the type that rows are stored in, T the one of arithmetic.
import { step, vector } from './lanes';

/** The rows of a block. */
export const BLOCK: usize = 64;

/**
 * The scores of a block: scores[output][row] = coef[output] . x[row] + intercept.
 *
 * @param x S[features][BLOCK]
 * @param coef T[outputs][features + 1], the intercept at the end
 * @param scores T[outputs][BLOCK], written
 */
export function blockScores<S, T>(x: usize, features: usize, outputs: usize, coef: usize, scores: usize): void {
  for (let k: usize = 0; k < outputs; k++) {
    const intercept = coef + features * sizeof<T>();
    // Eight vectors of rows hide the latency of the additions.
    for (let row = x; row < x + BLOCK * sizeof<S>(); row += 8 * step<S, T>()) {
      let s0 = v128.load_splat<T>(intercept);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let s4 = s0;
      let s5 = s0;
      let s6 = s0;
      let s7 = s0;
      let at = row;
      for (let c = coef; c < intercept; c += sizeof<T>()) {
        const w = v128.load_splat<T>(c);
        s0 = v128.add<T>(s0, v128.mul<T>(w, vector<S, T>(at)));
        s1 = v128.add<T>(s1, v128.mul<T>(w, vector<S, T>(at + step<S, T>())));
        s2 = v128.add<T>(s2, v128.mul<T>(w, vector<S, T>(at + 2 * step<S, T>())));
        s3 = v128.add<T>(s3, v128.mul<T>(w, vector<S, T>(at + 3 * step<S, T>())));
        s4 = v128.add<T>(s4, v128.mul<T>(w, vector<S, T>(at + 4 * step<S, T>())));
        s5 = v128.add<T>(s5, v128.mul<T>(w, vector<S, T>(at + 5 * step<S, T>())));
        s6 = v128.add<T>(s6, v128.mul<T>(w, vector<S, T>(at + 6 * step<S, T>())));
        s7 = v128.add<T>(s7, v128.mul<T>(w, vector<S, T>(at + 7 * step<S, T>())));
        at += BLOCK * sizeof<S>();
      }
      v128.store(scores, s0);
      v128.store(scores, s1, 16);
      v128.store(scores, s2, 32);
      v128.store(scores, s3, 48);
      v128.store(scores, s4, 64);
      v128.store(scores, s5, 80);
      v128.store(scores, s6, 96);
      v128.store(scores, s7, 112);
      scores += 128;
    }
    coef = intercept + sizeof<T>();
  }
}

/**
 * Adds a block's part of a gradient: gradient[feature] += sum over rows of
 * x[feature][row] residuals[row]. Sums within the block are in T, those over
 * blocks in double precision.
 *
 * @param x S[features][BLOCK]; features is a multiple of 4
 * @param residuals T[BLOCK]
 * @param gradient f64[features]
 */
export function addProducts<S, T>(x: usize, features: usize, residuals: usize, gradient: usize): void {
  const pitch = BLOCK * sizeof<S>();
  const end = residuals + BLOCK * sizeof<T>();
  for (let j: usize = 0; j < features; j += 4) {
    let a0 = v128.splat<T>(0);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = a0;
    let b1 = a0;
    let b2 = a0;
    let b3 = a0;
    let at = x + j * pitch;
    for (let r = residuals; r < end; r += 32) {
      const r0 = v128.load(r);
      const r1 = v128.load(r, 16);
      a0 = v128.add<T>(a0, v128.mul<T>(r0, vector<S, T>(at)));
      a1 = v128.add<T>(a1, v128.mul<T>(r0, vector<S, T>(at + pitch)));
      a2 = v128.add<T>(a2, v128.mul<T>(r0, vector<S, T>(at + 2 * pitch)));
      a3 = v128.add<T>(a3, v128.mul<T>(r0, vector<S, T>(at + 3 * pitch)));
      at += step<S, T>();
      b0 = v128.add<T>(b0, v128.mul<T>(r1, vector<S, T>(at)));
      b1 = v128.add<T>(b1, v128.mul<T>(r1, vector<S, T>(at + pitch)));
      b2 = v128.add<T>(b2, v128.mul<T>(r1, vector<S, T>(at + 2 * pitch)));
      b3 = v128.add<T>(b3, v128.mul<T>(r1, vector<S, T>(at + 3 * pitch)));
      at += step<S, T>();
    }
    addSums<T>(gradient, v128.add<T>(a0, b0), v128.add<T>(a1, b1), v128.add<T>(a2, b2), v128.add<T>(a3, b3));
    gradient += 32;
  }
}

/** Adds the sums of the lanes of a, b, c and d to the four f64 at `address`. */
function addSums<T>(address: usize, a: v128, b: v128, c: v128, d: v128): void {
  let low: v128;
  let high: v128;
  if (sizeof<T>() == 8) {
    low = f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3));
    high = f64x2.add(v128.shuffle<f64>(c, d, 0, 2), v128.shuffle<f64>(c, d, 1, 3));
  } else {
    const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
    const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
    const sums = f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    low = f64x2.promote_low_f32x4(sums);
    high = f64x2.promote_low_f32x4(v128.shuffle<i64>(sums, sums, 1, 1));
  }
  v128.store(address, f64x2.add(v128.load(address), low));
  v128.store(address, f64x2.add(v128.load(address, 16), high), 16);
}

/**
 * Adds the weighted second moments of blocks: moments[i][j] += sum over rows of
 * weights[row] x[i][row] x[j][row].
 *
 * @param x S[blocks][features][BLOCK]; features is a multiple of 4
 * @param weights S[blocks][BLOCK]
 * @param scratch S[BLOCK]
 * @param moments f64[features][features]
 */
function addMoments<S>(x: usize, weights: usize, blocks: usize, features: usize, scratch: usize, moments: usize): void {
  const pitch = BLOCK * sizeof<S>();
  for (let block: usize = 0; block < blocks; block++) {
    for (let i: usize = 0; i < features; i++) {
      for (let at: usize = 0; at < pitch; at += 16) {
        v128.store(scratch + at, v128.mul<S>(v128.load(weights + at), v128.load(x + i * pitch + at)));
      }
      addProducts<S, S>(x, features, scratch, moments + ((i * features) << 3));
    }
    x += features * pitch;
    weights += pitch;
  }
}

/** `addMoments` of rows in single precision. */
export function addMoments32(
  x: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  scratch: usize,
  moments: usize,
): void {
  addMoments<f32>(x, weights, blocks, features, scratch, moments);
}

/** `addMoments` of rows in double precision. */
export function addMoments64(
  x: usize,
  weights: usize,
  blocks: usize,
  features: usize,
  scratch: usize,
  moments: usize,
): void {
  addMoments<f64>(x, weights, blocks, features, scratch, moments);
}
