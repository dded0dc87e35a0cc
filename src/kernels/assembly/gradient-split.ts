/*
 * The best split of a node by gradients (T. Chen and C. Guestrin, "XGBoost: A
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
}

/** What bounds splits and leaves. */
@unmanaged
export class Penalties {
  /** The L2 and L1 penalties on leaves. */
  lambda: f64;
  alpha: f64;
  /** The largest step of a leaf; 0: any. */
  maxStep: f64;
  /** The least sum of hessians of a child, above 0. */
  minHessian: f64;
  /** The fewest rows of a child; 0: any. */
  minSamples: f64;
}

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
}

export const NO_FEATURE: u32 = 0xffff_ffff;

/**
 * Looks for the best split of a node at all allowed features. Of equal cuts of a
 * feature the lowest one is kept, or the highest one if `fromAbove` says so;
 * missing values go to the side that the sweep does not come from. The rows of a
 * bin are estimated by its hessians, as LightGBM does, which keeps no counts.
 *
 * @param histograms f64[nFeatures][stride / 16][2]
 * @param features FeatureBins[nFeatures]
 * @param count the rows of the node, @param gradient their sum, @param hessian likewise
 */
export function findSplit(
  histograms: usize,
  stride: usize,
  features: usize,
  nFeatures: u32,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  fromAbove: bool,
  best: GradientSplit,
): void {
  const plain = isPlain(penalties);
  best.score = -Infinity;
  best.feature = NO_FEATURE;
  for (let i: u32 = 0; i < nFeatures; i++, histograms += stride) {
    const feature = changetype<FeatureBins>(features + <usize>i * offsetof<FeatureBins>());
    if (!feature.allowed) continue;
    const found = best.score;
    sweepFrom(fromAbove, histograms, feature, count, gradient, hessian, penalties, best);
    if (feature.hasMissing) sweepFrom(!fromAbove, histograms, feature, count, gradient, hessian, penalties, best);
    if (best.score > found) best.feature = i;
  }
  if (!plain || best.feature == NO_FEATURE) return;
  const denominator = hessian + 2 * penalties.lambda;
  best.score = (gradient * gradient + best.score) / denominator;
}

/** Whether an L2 penalty is the only one. */
function isPlain(penalties: Penalties): bool {
  return penalties.alpha == 0 && penalties.maxStep == 0;
}

/** Tries the cuts of a feature from its lowest bin upwards, or from its highest one downwards. */
function sweepFrom(
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
  const first = above ? histogram + ((<usize>(nBins - 1)) << 4) : histogram;
  const step: usize = above ? ~(<usize>15) : 16;
  // From below, a cut after the last bin parts all values from the missing ones.
  const nCuts = above ? nBins - 1 : nBins - 1 + feature.hasMissing;
  const found = best.score;
  if (!isPlain(penalties)) sweep(first, step, nCuts, count, gradient, hessian, penalties, best);
  else if (penalties.minSamples > 0) sweepPlain(true, first, step, nCuts, count, gradient, hessian, penalties, best);
  else sweepPlain(false, first, step, nCuts, count, gradient, hessian, penalties, best);
  if (!(best.score > found)) return;
  best.missingLeft = <u32>above;
  if (!above) return;
  // What came near is the right side.
  best.gradient = gradient - best.gradient;
  best.hessian = hessian - best.hessian;
  best.cut = nBins - 2 - best.cut;
}

/**
 * Tries the first `nCuts` cuts from one side where there is only an L2 penalty,
 * two at a time. With f and b the far side's G and H + λ, and g and a the near
 * one's, g²/a + f²/b is (g + f)²/(a + b) + (g b - f a)²/(a b)/(a + b), of which
 * only (g b - f a)²/(a b) differs between cuts; it is what `best.score` has here.
 * It is the same to the last bit with the sides exchanged, so that ties are. Fractions are compared without a division, and what is not better need not be
 * allowed. It is written out with and without the count of rows, which costs a
 * quarter of the time.
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
  const most = <f64>count - penalties.minSamples;
  const gradients = f64x2.splat(gradient);
  const denominators = f64x2.splat(hessian + 2 * penalties.lambda);
  const lambda = f64x2.splat(penalties.lambda);
  const perHessian = f64x2.splat(<f64>count / hessian);
  const half = f64x2.splat(0.5);
  let score = f64x2.splat(best.score);
  let near = f64x2.splat(0);
  // Of the first bins of each two, and of the second ones.
  let nearCounts = f64x2.splat(0);
  for (let cut: u32 = 0; cut < nCuts; cut += 2, bin += step << 1) {
    const first = v128.load(bin);
    // The second sum does not wait for the first one.
    const one = f64x2.add(near, first);
    const second = v128.load(bin + step);
    near = f64x2.add(near, f64x2.add(first, second));
    let counts = half;
    if (counted) {
      counts = f64x2.floor(f64x2.add(f64x2.mul(v128.shuffle<i64>(first, second, 1, 3), perHessian), half));
      nearCounts = f64x2.add(nearCounts, counts);
    }
    const g = v128.shuffle<i64>(one, near, 0, 2);
    const a = f64x2.add(v128.shuffle<i64>(one, near, 1, 3), lambda);
    const b = f64x2.sub(denominators, a);
    const f = f64x2.sub(gradients, g);
    const distance = f64x2.sub(f64x2.mul(g, b), f64x2.mul(f, a));
    const numerator = f64x2.mul(distance, distance);
    const denominator = f64x2.mul(a, b);
    const better = i64x2.bitmask(f64x2.gt(numerator, f64x2.mul(score, denominator)));
    if (better == 0) continue;
    const scores = f64x2.div(numerator, denominator);
    let upToSecond: f64 = 0;
    let upToFirst: f64 = 0;
    if (counted) {
      upToSecond = f64x2.extract_lane(nearCounts, 0) + f64x2.extract_lane(nearCounts, 1);
      upToFirst = upToSecond - f64x2.extract_lane(counts, 1);
      // No later cut leaves enough on the far side.
      if (upToFirst > most) return;
    }
    if (better & 1 && isAllowed(one, upToFirst, most, hessian, penalties)) {
      keep(best, f64x2.extract_lane(scores, 0), one, cut);
    }
    if (better & 2 && cut + 1 < nCuts && isAllowed(near, upToSecond, most, hessian, penalties)) {
      keep(best, f64x2.extract_lane(scores, 1), near, cut + 1);
    }
    score = f64x2.splat(best.score);
  }
}

/** Whether a cut with these sums, and about so many rows, on the near side leaves enough on both. */
function isAllowed(near: v128, nearCount: f64, most: f64, hessian: f64, penalties: Penalties): bool {
  const h = f64x2.extract_lane(near, 1);
  if (!(h >= penalties.minHessian && hessian - h >= penalties.minHessian)) return false;
  return penalties.minSamples == 0 || (nearCount >= penalties.minSamples && nearCount <= most);
}

/** Does so with all penalties. */
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
  let near = f64x2.splat(0);
  let nearCount: f64 = 0;
  for (let cut: u32 = 0; cut < nCuts; cut++, bin += step) {
    near = f64x2.add(near, v128.load(bin));
    nearCount += floor(load<f64>(bin, 8) * perHessian + 0.5);
    const g = f64x2.extract_lane(near, 0);
    const h = f64x2.extract_lane(near, 1);
    if (!isAllowed(near, nearCount, most, hessian, penalties)) continue;
    keep(best, leafScore(g, h, penalties) + leafScore(gradient - g, hessian - h, penalties), near, cut);
  }
}

function keep(best: GradientSplit, score: f64, near: v128, cut: u32): void {
  if (!(score > best.score)) return;
  best.score = score;
  best.gradient = f64x2.extract_lane(near, 0);
  best.hessian = f64x2.extract_lane(near, 1);
  best.cut = cut;
}

/** What a leaf with these sums takes off the penalised loss, doubled. */
export function leafScore(gradient: f64, hessian: f64, penalties: Penalties): f64 {
  const g = shrunk(gradient, penalties.alpha);
  const h = hessian + penalties.lambda;
  if (penalties.maxStep == 0) return h > 0 ? (g * g) / h : 0;
  const step = leafStep(gradient, hessian, penalties);
  return -(2 * g * step + h * step * step);
}

/** The step of a leaf with these sums, the best one that the penalties allow. */
export function leafStep(gradient: f64, hessian: f64, penalties: Penalties): f64 {
  const h = hessian + penalties.lambda;
  if (!(h > 0)) return 0;
  const step = -shrunk(gradient, penalties.alpha) / h;
  const most = penalties.maxStep;
  return most == 0 ? step : max(-most, min(most, step));
}

/** Brings a gradient towards 0 by `alpha`, and no further. */
function shrunk(gradient: f64, alpha: f64): f64 {
  const rest = max(0, abs(gradient) - alpha);
  return gradient < 0 ? -rest : rest;
}
