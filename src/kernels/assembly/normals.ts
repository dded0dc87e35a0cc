import { log } from './exponential';
import { Random } from './random';

const BUFFERED: u32 = 256;
/** 2^-24, and pi / 4 times 2^-23. */
const FRACTION: f32 = 1.0 / 16777216;
const ANGLE: f32 = 0.7853981633974483 / 8388608;

/** Normally distributed numbers that are drawn some at a time. */
@unmanaged
export class Normals {
  /** How many of those that are there have been taken. */
  taken: u32;
  unused: u32;

  /** The address of the numbers, f32[BUFFERED]. */
  @inline
  get values(): usize {
    return changetype<usize>(this) + 16;
  }

  /** The next one, of the mean 0 and the variance 1. */
  @inline
  next(random: Random): f64 {
    if (this.taken == BUFFERED) {
      fillNormals(random, this.values);
      this.taken = 0;
    }
    const at = this.values + ((<usize>this.taken) << 2);
    this.taken++;
    return <f64>load<f32>(at);
  }
}


/** Forgets what is left, after the stream of random numbers has been started anew. */
export function startNormals(normals: Normals): void {
  normals.taken = BUFFERED;
}

export function nextNormal(normals: Normals, random: Random): f64 {
  return normals.next(random);
}

/**
 * Draws numbers by G. Box and M. Muller, "A Note on the Generation of Random Normal
 * Deviates", 1958. The angle is drawn in an eighth of the circle, where the series
 * of sine and cosine (S. Moshier's Cephes, sinf.c) are good, and then mirrored.
 */
function fillNormals(random: Random, values: usize): void {
  for (let at = values, end = values + BUFFERED * 4; at < end; at += 32) {
    const radii = i64x2.replace_lane(i64x2.splat(random.next()), 1, random.next());
    const angles = i64x2.replace_lane(i64x2.splat(random.next()), 1, random.next());
    const whole = f32x4.convert_i32x4_s(i32x4.shr_u(radii, 8));
    const fraction = f32x4.mul(f32x4.add(whole, f32x4.splat(1)), f32x4.splat(FRACTION));
    const radius = f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log<f32>(fraction)));
    const x = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(angles, 8)), f32x4.splat(ANGLE));
    const z = f32x4.mul(x, x);
    let sine = f32x4.add(f32x4.mul(f32x4.splat(-1.9515295891e-4), z), f32x4.splat(8.3321608736e-3));
    sine = f32x4.add(f32x4.mul(sine, z), f32x4.splat(-1.6666654611e-1));
    sine = f32x4.add(f32x4.mul(f32x4.mul(sine, z), x), x);
    let cosine = f32x4.add(f32x4.mul(f32x4.splat(2.443315711809948e-5), z), f32x4.splat(-1.388731625493765e-3));
    cosine = f32x4.add(f32x4.mul(cosine, z), f32x4.splat(4.166664568298827e-2));
    cosine = f32x4.mul(f32x4.mul(cosine, z), z);
    cosine = f32x4.add(f32x4.sub(cosine, f32x4.mul(z, f32x4.splat(0.5))), f32x4.splat(1));
    // The lowest bits of the angle mirror it: at the diagonal, and at an axis.
    const swapped = i32x4.shr_s(i32x4.shl(angles, 31), 31);
    const sign = i32x4.shl(i32x4.shr_u(angles, 1), 31);
    cosine = v128.xor(cosine, sign);
    v128.store(at, f32x4.mul(radius, v128.bitselect(sine, cosine, swapped)));
    v128.store(at, f32x4.mul(radius, v128.bitselect(cosine, sine, swapped)), 16);
  }
}
