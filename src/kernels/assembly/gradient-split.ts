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
 * Looks for the best split of a node at all allowed features.
 *
 * @param histograms f64[nFeatures][stride / 16][2]
 * @param features FeatureBins[nFeatures]
 * @param gradient the sum of the node, @param hessian likewise
 */
export function findSplit(
  histograms: usize,
  stride: usize,
  features: usize,
  nFeatures: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  best.score = -Infinity;
  best.feature = NO_FEATURE;
  const plain = penalties.alpha == 0 && penalties.maxStep == 0;
  for (let i: u32 = 0; i < nFeatures; i++, histograms += stride) {
    const feature = changetype<FeatureBins>(features + <usize>i * offsetof<FeatureBins>());
    if (!feature.allowed) continue;
    const nBins = feature.nBins;
    // With missing values on the right, a cut after the last bin parts them from all others.
    const nCuts = nBins - 1 + feature.hasMissing;
    const none = f64x2.splat(0);
    if (plain) {
      sweepPlain(histograms, i, nCuts, none, false, gradient, hessian, penalties, best);
    } else {
      sweep(histograms, i, nCuts, none, false, gradient, hessian, penalties, best);
    }
    if (!feature.hasMissing) continue;
    const missing = v128.load(histograms + ((<usize>nBins) << 4));
    if (plain) {
      sweepPlain(histograms, i, nBins - 1, missing, true, gradient, hessian, penalties, best);
    } else {
      sweep(histograms, i, nBins - 1, missing, true, gradient, hessian, penalties, best);
    }
  }
}

/**
 * Tries the first `nCuts` cuts of a feature where there is only an L2 penalty,
 * two at a time. Fractions are compared without a division.
 *
 * @param start the sums of what is on the left before the first bin
 */
function sweepPlain(
  histogram: usize,
  feature: u32,
  nCuts: u32,
  start: v128,
  missingLeft: bool,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  const gradients = f64x2.splat(gradient);
  const hessians = f64x2.splat(hessian);
  const least = f64x2.splat(penalties.minHessian);
  const lambda = f64x2.splat(penalties.lambda);
  let score = f64x2.splat(best.score);
  let left = start;
  for (let bin: u32 = 0; bin < nCuts; bin += 2, histogram += 32) {
    const first = v128.load(histogram);
    // The second sum does not wait for the first one.
    const one = f64x2.add(left, first);
    left = f64x2.add(left, f64x2.add(first, v128.load(histogram, 16)));
    const g = v128.shuffle<i64>(one, left, 0, 2);
    const h = v128.shuffle<i64>(one, left, 1, 3);
    const rightG = f64x2.sub(gradients, g);
    const rightH = f64x2.sub(hessians, h);
    const a = f64x2.add(h, lambda);
    const b = f64x2.add(rightH, lambda);
    const numerator = f64x2.add(f64x2.mul(f64x2.mul(g, g), b), f64x2.mul(f64x2.mul(rightG, rightG), a));
    const denominator = f64x2.mul(a, b);
    const better = f64x2.gt(numerator, f64x2.mul(score, denominator));
    const allowed = v128.and(f64x2.ge(h, least), f64x2.ge(rightH, least));
    const hits = i64x2.bitmask(v128.and(better, allowed));
    if (hits == 0) continue;
    const scores = f64x2.div(numerator, denominator);
    if (hits & 1) keep(best, f64x2.extract_lane(scores, 0), one, feature, bin, missingLeft);
    if (hits & 2 && bin + 1 < nCuts) keep(best, f64x2.extract_lane(scores, 1), left, feature, bin + 1, missingLeft);
    score = f64x2.splat(best.score);
  }
}

/** Does so with all penalties. */
function sweep(
  histogram: usize,
  feature: u32,
  nCuts: u32,
  start: v128,
  missingLeft: bool,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  best: GradientSplit,
): void {
  let left = start;
  for (let bin: u32 = 0; bin < nCuts; bin++, histogram += 16) {
    left = f64x2.add(left, v128.load(histogram));
    const g = f64x2.extract_lane(left, 0);
    const h = f64x2.extract_lane(left, 1);
    const rightH = hessian - h;
    if (!(h >= penalties.minHessian && rightH >= penalties.minHessian)) continue;
    const score = leafScore(g, h, penalties) + leafScore(gradient - g, rightH, penalties);
    keep(best, score, left, feature, bin, missingLeft);
  }
}

function keep(best: GradientSplit, score: f64, left: v128, feature: u32, cut: u32, missingLeft: bool): void {
  if (!(score > best.score)) return;
  best.score = score;
  best.gradient = f64x2.extract_lane(left, 0);
  best.hessian = f64x2.extract_lane(left, 1);
  best.feature = feature;
  best.cut = cut;
  best.missingLeft = <u32>missingLeft;
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
