// What vectors of 4 float32 and of 2 float64 have in common, so that a kernel is
// written once: S is the type that rows are stored in, T the one of arithmetic.

/** The vector at `address`: numbers stored as S, widened to T where that is wider. */
export function vector<S, T>(address: usize): v128 {
  if (sizeof<S>() == sizeof<T>()) return v128.load(address);
  return f64x2.promote_low_f32x4(v128.load64_zero(address));
}

/** The i32 at `address`, as many as a vector of T has, as T. */
export function integers<T>(address: usize): v128 {
  if (sizeof<T>() == 8) return f64x2.convert_low_i32x4_s(v128.load64_zero(address));
  return f32x4.convert_i32x4_s(v128.load(address));
}

/** The bytes between one vector of T and the next in numbers stored as S. */
export function step<S, T>(): usize {
  return (16 / sizeof<T>()) * sizeof<S>();
}

/** The sum of the lanes. */
export function sum<T>(lanes: v128): f64 {
  if (sizeof<T>() == 8) return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  const low = f64x2.promote_low_f32x4(lanes);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(lanes, lanes, 1, 1));
  return sum<f64>(f64x2.add(low, high));
}
