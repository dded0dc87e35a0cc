import { leafScore, Penalties, rounded, rowsOf } from './leaf-score';

/*
 * The best cut of a feature by gradients (T. Chen and C. Guestrin, "XGBoost: A
 * Scalable Tree Boosting System", 2016, section 2.2): with the sums G and H of
 * each side's gradients and hessians, the largest of
 * G²/(H + λ) of the left + G²/(H + λ) of the right.
 */

/** What is known of a binned feature. */
@unmanaged
export class FeatureBins {
  /** The bins of its values; that of its missing ones, if there are any, is the next. */
  nBins: u32;
  hasMissing: u32;
  /** Whether splits may look at it now. */
  allowed: u32;
  /** The place of its histogram, in bytes from the first one. */
  histogramAt: u32;
  /** NUMBERS, or how categories are parted: see category-split. */
  kind: u32;
}

/** A kind of features. */
export const NUMBERS: u32 = 0;

/** The best split so far. */
@unmanaged
export class GradientSplit {
  /** The scores of both sides in sum. */
  score: f64;
  /** The sums of the left side. */
  gradient: f64;
  hessian: f64;
  /** NO_FEATURE when there is none. */
  feature: u32;
  /** The last bin that goes left. */
  cut: u32;
  missingLeft: u32;
  /** The sums of the right side. */
  rightGradient: f64;
  rightHessian: f64;
  /** What a score has to be above. */
  floor: f64;
  /** Whether a cut of the feature in question was; while none was, cuts that are not the best are looked at too. */
  isSplittable: u32;
  /** Of a split of categories: how many there are in the list of those that go one way. */
  nListed: u32;
  listedLeft: u32;
}

/** Of the best score, what a cut has to come near to be looked at closely: rounding makes up for no more. */
const SLACK: f64 = 1 - 1e-14;
const SINGLE_SLACK: f64 = 1 - 1e-6;

/** Tries the cuts of a feature from its lowest bin upwards, or from its highest one downwards. */
export function sweepFrom(
  above: bool,
  histogram: usize,
  feature: FeatureBins,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  const nBins = feature.nBins;
  const plain = penalties.alpha == 0 && penalties.maxStep == 0;
  const first = above ? histogram + ((<usize>(nBins - 1)) << 4) : histogram;
  const step: usize = above ? ~(<usize>15) : 16;
  // From below, a cut after the last bin parts all values from the missing ones.
  const nCuts = above ? nBins - 1 : nBins - 1 + feature.hasMissing;
  const found = best.score;
  if (!plain) sweep(first, step, nCuts, count, gradient, hessian, penalties, best);
  else if (penalties.minSamples > 0) sweepPlain(true, first, step, nCuts, count, gradient, hessian, penalties, best);
  else sweepPlain(false, first, step, nCuts, count, gradient, hessian, penalties, best);
  if (!(best.score > found)) return;
  best.nListed = 0;
  best.missingLeft = <u32>above;
  // What came near, and what was left.
  const near = best.gradient;
  const nearHessian = best.hessian - penalties.extra;
  const far = gradient - near;
  const farHessian = hessian - best.hessian - penalties.extra;
  best.gradient = above ? far : near;
  best.hessian = above ? farHessian : nearHessian;
  best.rightGradient = above ? near : far;
  best.rightHessian = above ? nearHessian : farHessian;
  if (above) best.cut = nBins - 2 - best.cut;
}

/**
 * Tries the first `nCuts` cuts from one side where there is only an L2 penalty,
 * two at a time. With f and b the far side's G and H + λ, and g and a the near
 * one's, g²/a + f²/b is (g + f)²/(a + b) + (g b - f a)²/(a b)/(a + b), of which
 * only (g b - f a)²/(a b) differs between cuts. Those fractions are compared
 * without a division, and only what comes near the best one is looked at closely.
 * It is written out with and without the count of rows, which costs a quarter of
 * the time.
 */
@inline
function sweepPlain(
  counted: bool,
  bin: usize,
  step: usize,
  nCuts: u32,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  const perHessian = <f64>count / hessian;
  let near = f64x2.replace_lane(f64x2.splat(0), 1, penalties.extra);
  let nearCount: f64 = 0;
  let cut: u32 = 0;
  // The sides only grow and shrink: up to the first cut that leaves enough on the near side, none does.
  for (; cut < nCuts; cut++, bin += step) {
    const sum = f64x2.add(near, v128.load(bin));
    const sumCount = counted ? nearCount + rowsOf(load<f64>(bin, 8), perHessian) : 0;
    if (f64x2.extract_lane(sum, 1) >= penalties.minHessian && (!counted || sumCount >= penalties.minSamples)) break;
    near = sum;
    nearCount = sumCount;
  }

  const most = <f64>count - penalties.minSamples;
  const minHessian = penalties.minHessian;
  const gradients = f64x2.splat(gradient);
  const denominators = f64x2.splat(hessian + 2 * penalties.lambda);
  const lambda = f64x2.splat(penalties.lambda);
  const perHessians = f64x2.splat(perHessian);
  const half = f64x2.splat(0.5);
  let least = f64x2.splat(leastFraction(best, gradient, hessian, penalties));
  // Of the first bins of each two, and of the second ones.
  let nearCounts = f64x2.replace_lane(f64x2.splat(0), 0, nearCount);
  for (; cut < nCuts; cut += 2, bin += step << 1) {
    const first = v128.load(bin);
    const second = v128.load(bin + step);
    const one = f64x2.add(near, first);
    near = f64x2.add(one, second);
    let counts = half;
    if (counted) {
      counts = f64x2.floor(f64x2.add(f64x2.mul(v128.shuffle<i64>(first, second, 1, 3), perHessians), half));
      nearCounts = f64x2.add(nearCounts, counts);
    }
    const g = v128.shuffle<i64>(one, near, 0, 2);
    const a = f64x2.add(v128.shuffle<i64>(one, near, 1, 3), lambda);
    const f = f64x2.sub(gradients, g);
    const b = f64x2.sub(denominators, a);
    const distance = f64x2.sub(f64x2.mul(g, b), f64x2.mul(f, a));
    const numerator = f64x2.mul(distance, distance);
    const hits = i64x2.bitmask(f64x2.gt(numerator, f64x2.mul(least, f64x2.mul(a, b))));
    if (hits == 0) continue;
    let upToSecond: f64 = 0;
    if (counted) {
      upToSecond = f64x2.extract_lane(nearCounts, 0) + f64x2.extract_lane(nearCounts, 1);
      if (upToSecond - f64x2.extract_lane(counts, 1) > most) return;
    }
    if (!(hessian - f64x2.extract_lane(one, 1) >= minHessian)) return;
    if (hits & 1) keep(best, one, gradient, hessian, penalties, cut);
    if (cut + 1 == nCuts || (counted && upToSecond > most)) return;
    if (!(hessian - f64x2.extract_lane(near, 1) >= minHessian)) return;
    if (hits & 2) keep(best, near, gradient, hessian, penalties, cut + 1);
    least = f64x2.splat(leastFraction(best, gradient, hessian, penalties));
  }
}

/** What (g b - f a)²/(a b) of a cut has to be at least, for its score to come near the one to be beaten. */
function leastFraction(best: GradientSplit, gradient: f64, hessian: f64, penalties: Penalties): f64 {
  const slack = penalties.single != 0 ? SINGLE_SLACK : SLACK;
  const score = best.isSplittable ? best.score : best.floor;
  return score * slack * (hessian + 2 * penalties.lambda) - gradient * gradient;
}

/** Tries the cuts, one at a time, with all penalties. */
function sweep(
  bin: usize,
  step: usize,
  nCuts: u32,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  const most = <f64>count - penalties.minSamples;
  const perHessian = <f64>count / hessian;
  let near = f64x2.replace_lane(f64x2.splat(0), 1, penalties.extra);
  let nearCount: f64 = 0;
  for (let cut: u32 = 0; cut < nCuts; cut++, bin += step) {
    near = f64x2.add(near, v128.load(bin));
    nearCount += rowsOf(load<f64>(bin, 8), perHessian);
    const h = f64x2.extract_lane(near, 1);
    if (!(h >= penalties.minHessian && hessian - h >= penalties.minHessian)) continue;
    if (penalties.minSamples > 0 && !(nearCount >= penalties.minSamples && nearCount <= most)) continue;
    keep(best, near, gradient, hessian, penalties, cut);
  }
}

/** Keeps a cut if its score is above that of the best one. */
function keep(best: GradientSplit, near: v128, gradient: f64, hessian: f64, penalties: Penalties, cut: u32): void {
  const g = f64x2.extract_lane(near, 0);
  const h = f64x2.extract_lane(near, 1);
  const score = rounded(leafScore(g, h, penalties) + leafScore(gradient - g, hessian - h, penalties), penalties);
  if (score > best.floor) best.isSplittable = 1;
  if (!(score > best.score)) return;
  best.score = score;
  best.gradient = g;
  best.hessian = h;
  best.cut = cut;
}
