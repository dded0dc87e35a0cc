/*
 * The score of the splits of a level of an oblivious tree: all its leaves are split
 * alike, so what a border gains is summed up over them. A histogram has an f64x2 for
 * each bin; those of a leaf are as many as there are pairs of gradients, the last
 * one with the weight of the rows in its second half (see oblivious-gradients).
 */
import { Normals } from './normals';
import { Random } from './random';

const SUM: usize = 16;
/** So many deviations below the best one, noise lifts no border above it. */
const OUT_OF_REACH: f64 = 12;

/** Writes the sums over the bins of a histogram to `total` (f64[2]). */
export function histogramTotal(histogram: usize, nBins: u32, total: usize): void {
  let all = f64x2.splat(0);
  for (let end = histogram + <usize>nBins * SUM; histogram < end; histogram += SUM) {
    all = f64x2.add(all, v128.load(histogram));
  }
  v128.store(total, all);
}

/**
 * Adds what each border of a feature scores in some leaves: of both of its sides
 * the squared length of the gradients G over H + l2 to the numerators, and the same
 * times H over H + l2 to the squared denominators, with H the weight of the side.
 *
 * @param histograms u32[nLeaves][nPairs], the addresses of the leaves' histograms
 * @param offset the bytes of the feature's histogram in them
 * @param totals f64[nLeaves][nPairs][2], the sums over all rows of the leaves
 * @param single whether a border sets one bin apart, instead of all that follow it
 * @param nBorders shape of a feature with as many borders, or bins if `single`
 * @param least a side of no more weight than this has no rows, but what rounding has left
 * @param squares f64[2][pitch / 8], for scratch
 * @param sums f64[2][pitch / 8], numerators and denominators, added to
 * @param pitch in bytes, at least 8 for each border, and one more
 */
export function addSplitScores(
  histograms: usize,
  offset: usize,
  nLeaves: u32,
  nPairs: u32,
  totals: usize,
  single: bool,
  nBorders: u32,
  l2: f64,
  least: f64,
  squares: usize,
  sums: usize,
  pitch: usize,
): void {
  for (let leaf: u32 = 0; leaf < nLeaves; leaf++) {
    for (let pair: u32 = 1; pair < nPairs; pair++, histograms += 4, totals += SUM) {
      const histogram = <usize>load<u32>(histograms) + offset;
      if (single) addSquares(true, histogram, nBorders, totals, squares, pitch, pair == 1);
      else addSquares(false, histogram, nBorders, totals, squares, pitch, pair == 1);
    }
    const histogram = <usize>load<u32>(histograms) + offset;
    if (nPairs == 1) {
      if (single) addScores(true, false, histogram, nBorders, totals, l2, least, squares, sums, pitch);
      else addScores(false, false, histogram, nBorders, totals, l2, least, squares, sums, pitch);
    } else {
      if (single) addScores(true, true, histogram, nBorders, totals, l2, least, squares, sums, pitch);
      else addScores(false, true, histogram, nBorders, totals, l2, least, squares, sums, pitch);
    }
    histograms += 4;
    totals += SUM;
  }
}

/**
 * The squared lengths of the pairs of both sides, for two borders at a time. It is
 * written out for each case, since `single` is a constant.
 */
@inline
function addSquares(
  single: bool,
  histogram: usize,
  nBorders: u32,
  totals: usize,
  squares: usize,
  pitch: usize,
  isFirst: bool,
): void {
  const first = v128.load64_splat(totals);
  const second = v128.load64_splat(totals, 8);
  let sum = f64x2.splat(0);
  for (let end = squares + ((<usize>nBorders) << 3); squares < end; squares += 16, histogram += 2 * SUM) {
    let a = v128.load(histogram);
    let b = v128.load(histogram, SUM);
    if (!single) {
      a = f64x2.add(sum, a);
      b = f64x2.add(a, b);
      sum = b;
    }
    const x = v128.shuffle<i64>(a, b, 0, 2);
    const y = v128.shuffle<i64>(a, b, 1, 3);
    const u = f64x2.sub(first, x);
    const v = f64x2.sub(second, y);
    let near = f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y));
    let far = f64x2.add(f64x2.mul(u, u), f64x2.mul(v, v));
    if (!isFirst) {
      near = f64x2.add(near, v128.load(squares));
      far = f64x2.add(far, v128.load(squares + pitch));
    }
    v128.store(squares, near);
    v128.store(squares + pitch, far);
  }
}

@inline
function addScores(
  single: bool,
  more: bool,
  histogram: usize,
  nBorders: u32,
  totals: usize,
  l2: f64,
  least: f64,
  squares: usize,
  sums: usize,
  pitch: usize,
): void {
  const gradient = v128.load64_splat(totals);
  const weight = v128.load64_splat(totals, 8);
  const penalty = f64x2.splat(l2);
  const bound = f64x2.splat(least);
  const one = f64x2.splat(1);
  let sum = f64x2.splat(0);
  for (let end = sums + ((<usize>nBorders) << 3); sums < end; sums += 16, histogram += 2 * SUM) {
    let a = v128.load(histogram);
    let b = v128.load(histogram, SUM);
    if (!single) {
      a = f64x2.add(sum, a);
      b = f64x2.add(a, b);
      sum = b;
    }
    const g = v128.shuffle<i64>(a, b, 0, 2);
    const h = v128.shuffle<i64>(a, b, 1, 3);
    const farG = f64x2.sub(gradient, g);
    const farH = f64x2.sub(weight, h);
    let near = f64x2.mul(g, g);
    let far = f64x2.mul(farG, farG);
    if (more) {
      near = f64x2.add(near, v128.load(squares));
      far = f64x2.add(far, v128.load(squares + pitch));
      squares += 16;
    }
    // One division for both sides.
    const p = f64x2.add(h, penalty);
    const q = f64x2.add(farH, penalty);
    const inverse = f64x2.div(one, f64x2.mul(p, q));
    const nearInverse = v128.and(f64x2.mul(inverse, q), f64x2.gt(h, bound));
    const farInverse = v128.and(f64x2.mul(inverse, p), f64x2.gt(farH, bound));
    near = f64x2.mul(near, nearInverse);
    far = f64x2.mul(far, farInverse);
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.add(near, far)));
    near = f64x2.mul(near, f64x2.mul(h, nearInverse));
    far = f64x2.mul(far, f64x2.mul(farH, farInverse));
    v128.store(sums + pitch, f64x2.add(v128.load(sums + pitch), f64x2.add(near, far)));
  }
}

/**
 * Finds the border with the best score, numerator over denominator, each with
 * noise of its own added; of equal ones the first.
 *
 * @param sums f64[2][pitch / 8], as addSplitScores leaves them; the scores take the place of the numerators
 * @param deviation that of the noise; 0: none
 * @param score f64, written: that of the border, without the noise
 * @returns the border
 */
export function bestBorder(
  sums: usize,
  pitch: usize,
  nBorders: u32,
  deviation: f64,
  normals: Normals,
  random: Random,
  score: usize,
): u32 {
  const end = sums + ((<usize>nBorders) << 3);
  const tiny = f64x2.splat(1e-100);
  let two = f64x2.splat(-Infinity);
  let at = sums;
  for (; at + 16 <= end; at += 16) {
    const values = f64x2.div(v128.load(at), f64x2.sqrt(f64x2.add(tiny, v128.load(at + pitch))));
    v128.store(at, values);
    two = f64x2.max(two, values);
  }
  let largest = max(f64x2.extract_lane(two, 0), f64x2.extract_lane(two, 1));
  if (at < end) {
    const value = load<f64>(at) / sqrt(1e-100 + load<f64>(at + pitch));
    store<f64>(at, value);
    largest = max(largest, value);
  }
  const floor = largest - OUT_OF_REACH * deviation;
  let highest: f64 = -Infinity;
  let best = sums;
  for (at = sums; at < end; at += 8) {
    const value = load<f64>(at);
    if (value < floor) continue;
    const noisy = deviation > 0 ? value + deviation * normals.next(random) : value;
    if (noisy > highest) {
      highest = noisy;
      best = at;
    }
  }
  store<f64>(score, load<f64>(best));
  return <u32>((best - sums) >> 3);
}
