/**
 * Rounds a row to a grid of 16-bit whole numbers: floor((x - centre) unit + 1/2).
 *
 * @param row f64[nFeatures]
 * @param centre f64[nFeatures]
 * @param unit the rounded units in one unit of the features
 * @param target i16, written: pairs of features, `stride` bytes from one to the
 *   next; an odd last one is filled up with 0
 * @param result f64[3], written: the squared norm of the rounded row; the square of
 *   how far it has been moved, in rounded units; its largest magnitude, above
 *   32,767 where it does not fit and the rounded numbers mean nothing
 */
export function roundRow(
  row: usize,
  centre: usize,
  nFeatures: i32,
  unit: f64,
  target: usize,
  stride: usize,
  result: usize,
): void {
  const units = f64x2.splat(unit);
  const half = f64x2.splat(0.5);
  let norms = f64x2.splat(0);
  let errors = norms;
  let largest = norms;
  for (let left = nFeatures; left > 0; left -= 2, row += 16, centre += 16, target += stride) {
    const x = left > 1 ? v128.load(row) : v128.load64_zero(row);
    const c = left > 1 ? v128.load(centre) : v128.load64_zero(centre);
    const exact = f64x2.mul(f64x2.sub(x, c), units);
    const whole = f64x2.floor(f64x2.add(exact, half));
    const moved = f64x2.sub(exact, whole);
    norms = f64x2.add(norms, f64x2.mul(whole, whole));
    errors = f64x2.add(errors, f64x2.mul(moved, moved));
    largest = f64x2.max(largest, f64x2.abs(whole));
    const words = i32x4.trunc_sat_f64x2_s_zero(whole);
    v128.store32_lane(target, i16x8.narrow_i32x4_s(words, words), 0);
  }
  store<f64>(result, f64x2.extract_lane(norms, 0) + f64x2.extract_lane(norms, 1));
  store<f64>(result, f64x2.extract_lane(errors, 0) + f64x2.extract_lane(errors, 1), 8);
  store<f64>(result, max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)), 16);
}
