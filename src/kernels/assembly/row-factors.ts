// How CatBoost weighs rows anew for each tree: by factors (f32[nRows]) that their
// gradients and weights are multiplied by; a row of the factor 0 is left out.
import { exp, log } from './exponential';
import { sum } from './lanes';
import { Random } from './random';

/** The rows that the probabilities of drawFactors are fitted to at one time (CatBoost's block of mvs.cpp). */
const BLOCK_ROWS: u32 = 8192;
const FRACTION: f32 = 1.0 / 16777216;

/** Multiples of 2^-24 in (0, 1], from the upper 24 bits of the lanes. */
@inline
function fractions(bits: v128): v128 {
  const whole = f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8));
  return f32x4.mul(f32x4.add(whole, f32x4.splat(1)), f32x4.splat(FRACTION));
}

/** Four 32-bit words, of two numbers of the stream. */
@inline
function words(random: Random): v128 {
  const first = i64x2.splat(random.next());
  return i64x2.replace_lane(first, 1, random.next());
}

/**
 * "Bayesian bootstrap" (D. Rubin, 1981): (-ln u)^temperature, u uniform.
 *
 * @param nRows a multiple of 4
 * @param factors f32[nRows], written
 */
export function bayesianFactors(random: Random, nRows: u32, temperature: f32, factors: usize): void {
  for (let at = factors, end = factors + ((<usize>nRows) << 2); at < end; at += 16) {
    const exponential = f32x4.neg(log<f32>(fractions(words(random))));
    if (temperature == 1) {
      v128.store(at, exponential);
      continue;
    }
    // The logarithm takes positive normal numbers only.
    const bounded = f32x4.max(exponential, f32x4.splat(1e-30));
    v128.store(at, exp<f32>(f32x4.mul(f32x4.splat(temperature), log<f32>(bounded))));
  }
}

/** Each row with the probability `share`, as it is; `nRows` is a multiple of 4, `factors` f32[nRows], written. */
export function bernoulliFactors(random: Random, nRows: u32, share: f32, factors: usize): void {
  for (let at = factors, end = factors + ((<usize>nRows) << 2); at < end; at += 16) {
    const drawn = f32x4.le(fractions(words(random)), f32x4.splat(share));
    v128.store(at, v128.and(drawn, f32x4.splat(1)));
  }
}

/**
 * "Minimal variance sampling" (B. Ibragimov and G. Gusev, 2019): a row is drawn
 * with the probability min(1, c / mu), c = sqrt(norm + extra), and then counts for
 * the inverse of it; mu makes the probabilities of a block of rows sum up to the
 * share of them.
 *
 * @param share below 1
 * @param extra above 0
 * @param factors f32[nRows], filled up to a multiple of 4: the squared norms of the gradients, replaced by the factors
 */
export function drawnFactors(random: Random, nRows: u32, share: f64, extra: f32, factors: usize): void {
  for (let first: u32 = 0; first < nRows; first += BLOCK_ROWS) {
    const n = min(BLOCK_ROWS, nRows - first);
    const begin = factors + ((<usize>first) << 2);
    const end = begin + ((<usize>n) << 2);
    for (let at = begin; at < end; at += 16) {
      v128.store(at, f32x4.sqrt(f32x4.add(v128.load(at), f32x4.splat(extra))));
    }
    // What fills up the last four counts for nothing.
    for (let at = end; at & 15; at += 4) store<f32>(at, 0);
    const threshold = f32x4.splat(<f32>thresholdOf(begin, end, share * <f64>n));
    for (let at = begin; at < end; at += 16) {
      const p = f32x4.min(f32x4.splat(1), f32x4.div(v128.load(at), threshold));
      const drawn = f32x4.le(fractions(words(random)), p);
      v128.store(at, v128.and(drawn, f32x4.div(f32x4.splat(1), p)));
    }
  }
}

/**
 * The number mu at which the sum of min(1, c / mu) is `wanted`. Whatever is above
 * a mu that is too large is above the right one too: so all that is above is set
 * apart, until nothing new is (after C. Michelot's projection onto a simplex, 1986).
 */
function thresholdOf(begin: usize, end: usize, wanted: f64): f64 {
  let threshold: f64 = Infinity;
  let above: u32 = 0;
  let isOver = false;
  while (!isOver) {
    const bound = f32x4.splat(<f32>threshold);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let count = i32x4.splat(0);
    for (let at = begin; at < end; at += 16) {
      const c = v128.load(at);
      const isAbove = f32x4.ge(c, bound);
      const rest = v128.andnot(c, isAbove);
      count = i32x4.sub(count, isAbove);
      low = f64x2.add(low, f64x2.promote_low_f32x4(rest));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(rest, rest, 1, 1)));
    }
    const pairs = i32x4.add(count, v128.shuffle<i32>(count, count, 2, 3, 0, 1));
    const nAbove = <u32>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
    const left = wanted - <f64>nAbove;
    // As many as are wanted are never above, but for rounding.
    isOver = (threshold < Infinity && nAbove == above) || left <= 0;
    above = nAbove;
    if (!isOver) threshold = sum<f64>(f64x2.add(low, high)) / left;
  }
  return threshold;
}

/**
 * Multiplies the pairs of all rows by their factors, and lists the rows that are
 * left.
 *
 * @param factors f32[nRows]
 * @param pairs f32[nPairs][pitch][2], the last one ending with the weight of its row
 * @param rows u32[nRows], written
 * @returns how many are left
 */
export function weighRows(factors: usize, nRows: u32, pairs: usize, nPairs: u32, pitch: usize, rows: usize): u32 {
  const bytes = pitch << 3;
  const weights = pairs + <usize>(nPairs - 1) * bytes + 4;
  let to = rows;
  for (let row: usize = 0; row < <usize>nRows; row++) {
    store<u32>(to, <u32>row);
    to += (<usize>(load<f32>(factors + (row << 2)) * load<f32>(weights + (row << 3)) > 0)) << 2;
  }
  for (let pair: u32 = 0; pair < nPairs; pair++) {
    const from = pairs + <usize>pair * bytes;
    for (let row: usize = 0; row < <usize>nRows; row += 2) {
      const at = from + (row << 3);
      const both = v128.load64_zero(factors + (row << 2));
      v128.store(at, f32x4.mul(v128.load(at), v128.shuffle<i32>(both, both, 0, 0, 1, 1)));
    }
  }
  return <u32>((to - rows) >> 2);
}

/** A multiple of 2^-53 in [0, 1). */
export function drawFraction(random: Random): f64 {
  return random.fraction();
}
