// exp and log as polynomials: Math's differ between machines, and know no
// vectors. Single precision after Cephes (S. Moshier, expf.c and logf.c), double
// precision by Taylor's series after reduction to |r| <= ln(2)/2.

/** e^x; 0 below -80 (T = f32) or -700 (T = f64), so that no product of it is a denormal, which are slow. */
export function exp<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? exp64(x) : exp32(x);
}

/** The natural logarithm of x, a positive normal number. */
export function log<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? log64(x) : log32(x);
}

// The coefficients of the polynomials, those of the highest powers first. They lie in
// memory, since it takes the engine three instructions to make a vector of a constant,
// and one to load it. A loop over them would take longer than what is written out.
const EXP32 = memory.data<f32>([
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]);
const EXP64 = memory.data<f64>([
  1.0 / 6227020800,
  1.0 / 479001600,
  1.0 / 39916800,
  1.0 / 3628800,
  1.0 / 362880,
  1.0 / 40320,
  1.0 / 5040,
  1.0 / 720,
  1.0 / 120,
  1.0 / 24,
  1.0 / 6,
  0.5,
  1,
  1,
]);
const LOG32 = memory.data<f32>([
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]);
const LOG64 = memory.data<f64>([
  1.0 / 23,
  1.0 / 21,
  1.0 / 19,
  1.0 / 17,
  1.0 / 15,
  1.0 / 13,
  1.0 / 11,
  1.0 / 9,
  1.0 / 7,
  1.0 / 5,
  1.0 / 3,
]);

/** x y and the number at `c`, added, rounded twice: fused multiplication is not the same on every machine. */
function multiplyAdd32(x: v128, y: v128, c: usize): v128 {
  return f32x4.add(f32x4.mul(x, y), v128.load32_splat(c));
}

function multiplyAdd64(x: v128, y: v128, c: usize): v128 {
  return f64x2.add(f64x2.mul(x, y), v128.load64_splat(c));
}

function exp32(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.splat(88), f32x4.pmax(f32x4.splat(-87), x));
  const n = f32x4.nearest(f32x4.mul(bounded, f32x4.splat(1.44269504)));
  // ln(2) in two parts, of which the first times n is exact.
  const r = f32x4.sub(
    f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.1219444e-4)),
  );
  let y = multiplyAdd32(v128.load32_splat(EXP32), r, EXP32 + 4);
  y = multiplyAdd32(y, r, EXP32 + 8);
  y = multiplyAdd32(y, r, EXP32 + 12);
  y = multiplyAdd32(y, r, EXP32 + 16);
  y = multiplyAdd32(y, r, EXP32 + 20);
  y = f32x4.add(f32x4.mul(f32x4.mul(y, r), r), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(y, power), f32x4.ge(x, f32x4.splat(-80)));
}

function exp64(x: v128): v128 {
  const bounded = f64x2.pmin(f64x2.splat(709), f64x2.pmax(f64x2.splat(-708), x));
  const n = f64x2.nearest(f64x2.mul(bounded, f64x2.splat(1.4426950408889634)));
  const r = f64x2.sub(
    f64x2.sub(bounded, f64x2.mul(n, f64x2.splat(6.9314718036912381649e-1))),
    f64x2.mul(n, f64x2.splat(1.90821492927058770002e-10)),
  );
  let y = multiplyAdd64(v128.load64_splat(EXP64), r, EXP64 + 8);
  y = multiplyAdd64(y, r, EXP64 + 16);
  y = multiplyAdd64(y, r, EXP64 + 24);
  y = multiplyAdd64(y, r, EXP64 + 32);
  y = multiplyAdd64(y, r, EXP64 + 40);
  y = multiplyAdd64(y, r, EXP64 + 48);
  y = multiplyAdd64(y, r, EXP64 + 56);
  y = multiplyAdd64(y, r, EXP64 + 64);
  y = multiplyAdd64(y, r, EXP64 + 72);
  y = multiplyAdd64(y, r, EXP64 + 80);
  y = multiplyAdd64(y, r, EXP64 + 88);
  y = multiplyAdd64(y, r, EXP64 + 96);
  y = multiplyAdd64(y, r, EXP64 + 104);
  // Adding 1.5 * 2^52 leaves the integer n in the lowest bits.
  const integer = f64x2.add(n, f64x2.splat(6755399441055744));
  const power = i64x2.shl(i64x2.add(integer, i64x2.splat(1023)), 52);
  return v128.and(f64x2.mul(y, power), f64x2.ge(x, f64x2.splat(-700)));
}

function log32(x: v128): v128 {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)).
  const bits = i32x4.sub(x, i32x4.splat(0x3f3504f3));
  const e = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const m = i32x4.add(v128.and(bits, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(m, f32x4.splat(1));
  const square = f32x4.mul(f, f);
  let y = multiplyAdd32(v128.load32_splat(LOG32), f, LOG32 + 4);
  y = multiplyAdd32(y, f, LOG32 + 8);
  y = multiplyAdd32(y, f, LOG32 + 12);
  y = multiplyAdd32(y, f, LOG32 + 16);
  y = multiplyAdd32(y, f, LOG32 + 20);
  y = multiplyAdd32(y, f, LOG32 + 24);
  y = multiplyAdd32(y, f, LOG32 + 28);
  y = multiplyAdd32(y, f, LOG32 + 32);
  y = f32x4.mul(f32x4.mul(y, f), square);
  y = f32x4.add(y, f32x4.mul(e, f32x4.splat(-2.1219444e-4)));
  y = f32x4.sub(y, f32x4.mul(square, f32x4.splat(0.5)));
  return f32x4.add(f32x4.add(f, y), f32x4.mul(e, f32x4.splat(0.693359375)));
}

function log64(x: v128): v128 {
  const bits = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const shifted = i64x2.shr_s(bits, 52);
  const e = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(shifted, shifted, 0, 2, 0, 2));
  const m = i64x2.add(v128.and(bits, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
  // ln(m) = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.172.
  const f = f64x2.sub(m, f64x2.splat(1));
  const s = f64x2.div(f, f64x2.add(m, f64x2.splat(1)));
  const square = f64x2.mul(s, s);
  let y = multiplyAdd64(v128.load64_splat(LOG64), square, LOG64 + 8);
  y = multiplyAdd64(y, square, LOG64 + 16);
  y = multiplyAdd64(y, square, LOG64 + 24);
  y = multiplyAdd64(y, square, LOG64 + 32);
  y = multiplyAdd64(y, square, LOG64 + 40);
  y = multiplyAdd64(y, square, LOG64 + 48);
  y = multiplyAdd64(y, square, LOG64 + 56);
  y = multiplyAdd64(y, square, LOG64 + 64);
  y = multiplyAdd64(y, square, LOG64 + 72);
  y = multiplyAdd64(y, square, LOG64 + 80);
  const twice = f64x2.add(s, s);
  // ln(2) in two parts; the small terms first.
  const small = f64x2.add(
    f64x2.mul(f64x2.mul(y, square), twice),
    f64x2.mul(e, f64x2.splat(1.90821492927058770002e-10)),
  );
  return f64x2.add(f64x2.add(small, twice), f64x2.mul(e, f64x2.splat(6.9314718036912381649e-1)));
}

/** Replaces the `length` numbers at `address`, a multiple of 4, by their exponentials. */
export function exponentials32(address: usize, length: usize): void {
  for (let at = address; at < address + (length << 2); at += 16) v128.store(at, exp<f32>(v128.load(at)));
}

/** Replaces the `length` numbers at `address`, a multiple of 2, by their exponentials. */
export function exponentials64(address: usize, length: usize): void {
  for (let at = address; at < address + (length << 3); at += 16) v128.store(at, exp<f64>(v128.load(at)));
}

/** Replaces the `length` numbers at `address`, a multiple of 4, by their logarithms. */
export function logarithms32(address: usize, length: usize): void {
  for (let at = address; at < address + (length << 2); at += 16) v128.store(at, log<f32>(v128.load(at)));
}

/** Replaces the `length` numbers at `address`, a multiple of 2, by their logarithms. */
export function logarithms64(address: usize, length: usize): void {
  for (let at = address; at < address + (length << 3); at += 16) v128.store(at, log<f64>(v128.load(at)));
}
