/**
 * The binary logarithm of a positive, normal number, to about one unit in the
 * last place, from + - * / alone: the same on every machine. With x = 2^e m and
 * g = (m - 1) / (m + 1), ln m = 2 (g + g^3 / 3 + g^5 / 5 + ...), and |g| < 0.172.
 */
export function log2(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000f_ffff_ffff_ffff) | 0x3ff0_0000_0000_0000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const g = (m - 1) / (m + 1);
  const h = g * g;
  let series: f64 = 1.0 / 21;
  series = series * h + 1.0 / 19;
  series = series * h + 1.0 / 17;
  series = series * h + 1.0 / 15;
  series = series * h + 1.0 / 13;
  series = series * h + 1.0 / 11;
  series = series * h + 1.0 / 9;
  series = series * h + 1.0 / 7;
  series = series * h + 1.0 / 5;
  series = series * h + 1.0 / 3;
  series = series * h + 1.0;
  return <f64>exponent + g * series * 2.8853900817779268;
}
