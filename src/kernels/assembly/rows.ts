// Brings rows as they came, number by number of a row, into the blocks that
// linear.ts reads; and their means and variances.
import { BLOCK } from './linear';

/**
 * Adds a block's part of the weighted sums and sums of squares of x - shift.
 *
 * @param raw f64[BLOCK][features], with room for one number more
 * @param weights S[BLOCK]
 * @param shift f64[features], with room for one number more
 * @param sums f64[features], with room for one number more
 * @param squares f64[features], with room for one number more
 */
function addColumnMoments<S>(
  raw: usize,
  weights: usize,
  features: usize,
  shift: usize,
  sums: usize,
  squares: usize,
): void {
  const pitch = features << 3;
  // Four rows at a time, so that the sums are loaded and stored a quarter as often.
  for (let row: usize = 0; row < BLOCK; row += 4) {
    const w0 = f64x2.splat(<f64>load<S>(weights));
    const w1 = f64x2.splat(<f64>load<S>(weights + sizeof<S>()));
    const w2 = f64x2.splat(<f64>load<S>(weights + 2 * sizeof<S>()));
    const w3 = f64x2.splat(<f64>load<S>(weights + 3 * sizeof<S>()));
    for (let j: usize = 0; j < pitch; j += 16) {
      const at = raw + j;
      const origin = v128.load(shift + j);
      const x0 = f64x2.sub(v128.load(at), origin);
      const x1 = f64x2.sub(v128.load(at + pitch), origin);
      const x2 = f64x2.sub(v128.load(at + 2 * pitch), origin);
      const x3 = f64x2.sub(v128.load(at + 3 * pitch), origin);
      const y0 = f64x2.mul(w0, x0);
      const y1 = f64x2.mul(w1, x1);
      const y2 = f64x2.mul(w2, x2);
      const y3 = f64x2.mul(w3, x3);
      const sum = f64x2.add(f64x2.add(y0, y1), f64x2.add(y2, y3));
      const square = f64x2.add(
        f64x2.add(f64x2.mul(y0, x0), f64x2.mul(y1, x1)),
        f64x2.add(f64x2.mul(y2, x2), f64x2.mul(y3, x3)),
      );
      v128.store(sums + j, f64x2.add(v128.load(sums + j), sum));
      v128.store(squares + j, f64x2.add(v128.load(squares + j), square));
    }
    raw += 4 * pitch;
    weights += 4 * sizeof<S>();
  }
}

/**
 * Writes a block of scaled rows: (x unit - centre) inverse.
 *
 * @param raw f64[BLOCK][features], with room for one number more
 * @param width features, filled up to an even number
 * @param unit f64[width]; it, centre and inverse are 0 beyond the features
 * @param centre f64[width]
 * @param inverse f64[width]
 * @param block S[width][BLOCK], written
 */
function placeBlock<S>(
  raw: usize,
  features: usize,
  width: usize,
  unit: usize,
  centre: usize,
  inverse: usize,
  block: usize,
): void {
  const pitch = features << 3;
  for (let j: usize = 0; j < width; j += 2) {
    const u = v128.load(unit + (j << 3));
    const c = v128.load(centre + (j << 3));
    const s = v128.load(inverse + (j << 3));
    let at = raw + (min(j, features - 1) << 3);
    for (let row: usize = 0; row < BLOCK; row += 4) {
      const a = f64x2.mul(f64x2.sub(f64x2.mul(v128.load(at), u), c), s);
      const b = f64x2.mul(f64x2.sub(f64x2.mul(v128.load(at + pitch), u), c), s);
      at += 2 * pitch;
      const d = f64x2.mul(f64x2.sub(f64x2.mul(v128.load(at), u), c), s);
      const e = f64x2.mul(f64x2.sub(f64x2.mul(v128.load(at + pitch), u), c), s);
      at += 2 * pitch;
      const to = block + (j * BLOCK + row) * sizeof<S>();
      storeFour<S>(to, v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(d, e, 0, 2));
      storeFour<S>(to + BLOCK * sizeof<S>(), v128.shuffle<f64>(a, b, 1, 3), v128.shuffle<f64>(d, e, 1, 3));
    }
  }
}

/** Stores two pairs of f64 as four S. */
function storeFour<S>(to: usize, low: v128, high: v128): void {
  if (sizeof<S>() == 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else {
    v128.store(to, v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
  }
}

/** `addColumnMoments` with weights in single precision. */
export function addColumnMoments32(
  raw: usize,
  weights: usize,
  features: usize,
  shift: usize,
  sums: usize,
  squares: usize,
): void {
  addColumnMoments<f32>(raw, weights, features, shift, sums, squares);
}

/** `addColumnMoments` with weights in double precision. */
export function addColumnMoments64(
  raw: usize,
  weights: usize,
  features: usize,
  shift: usize,
  sums: usize,
  squares: usize,
): void {
  addColumnMoments<f64>(raw, weights, features, shift, sums, squares);
}

/** `placeBlock` in single precision. */
export function placeBlock32(
  raw: usize,
  features: usize,
  width: usize,
  unit: usize,
  centre: usize,
  inverse: usize,
  block: usize,
): void {
  placeBlock<f32>(raw, features, width, unit, centre, inverse, block);
}

/** `placeBlock` in double precision. */
export function placeBlock64(
  raw: usize,
  features: usize,
  width: usize,
  unit: usize,
  centre: usize,
  inverse: usize,
  block: usize,
): void {
  placeBlock<f64>(raw, features, width, unit, centre, inverse, block);
}
