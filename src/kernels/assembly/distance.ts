// Distances of two rows of float64, summed feature by feature in their order: the
// sums, to the bit, that a plain loop in another language gives.

/** The squared Euclidean distance of the rows at `a` and `b`, each `n` float64. */
export function squaredDistance(a: usize, b: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (const end = a + ((<usize>n) << 3); a < end; a += 8, b += 8) {
    const difference = load<f64>(a) - load<f64>(b);
    sum += difference * difference;
  }
  return sum;
}
