import { FeatureBins, GradientSplit } from './gradient-split';
import { leafScore, leafStep, Penalties, rounded, rowsOf } from './leaf-score';

/*
 * The best split of a feature whose bins are categories: some of them go to one
 * side, and all others to the other one. Among all ways to part them, the best is a
 * cut through their order by gradient over hessian (W. Fisher, "On Grouping for
 * Maximum Homogeneity", 1958), as far as the limits let it; so categories are taken
 * from both ends of that order. Few categories are tried one against the rest.
 * The two namesakes differ in almost all else: see `FindBestThresholdCategoricalInner`
 * in LightGBM 4.7's feature_histogram.cpp, and `EnumerateOneHot` and `EnumeratePart`
 * in XGBoost 3.2's evaluate_splits.h.
 */

// Kinds of features, beside NUMBERS.
export const LIGHTGBM_ONE: u32 = 1;
export const LIGHTGBM_SETS: u32 = 2;
export const XGBOOST_ONE: u32 = 3;
export const XGBOOST_SETS: u32 = 4;

/** What bounds splits of categories. */
@unmanaged
export class CategoryRules {
  /** The Penalties of sides that are sets. */
  ofSets: u32;
  /** The most categories that are taken from either end. */
  most: u32;
  /** Room for all categories of a feature, and for the first of them: a key and a bin (f64) each. */
  candidates: u32;
  first: u32;
  /** The bins in the list of the best split (u32). */
  listed: u32;
  unused: u32;
  /** LightGBM: what is added to hessians in the order, and the fewest rows of a category in it. */
  smooth: f64;
  /** LightGBM: the fewest rows that one cut has more than the one before, and that it leaves. */
  minPerGroup: f64;
}

/** The bytes of a key and its bin, and of the sums of a bin. */
const PAIR: usize = 16;

/** Looks for the best split of a feature of a kind of categories; see `findSplit`. */
export function searchCategories(
  histogram: usize,
  feature: FeatureBins,
  count: u32,
  gradient: f64,
  hessian: f64,
  penalties: Penalties,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const kind = feature.kind;
  const node = f64x2.replace_lane(f64x2.splat(gradient), 1, hessian);
  if (kind == LIGHTGBM_ONE) tryEachLeft(histogram, feature.nBins, count, node, penalties, rules, best);
  else if (kind == LIGHTGBM_SETS) tryGroups(histogram, feature.nBins, count, node, rules, best);
  else if (kind == XGBOOST_ONE) tryEachRight(histogram, feature.nBins, node, penalties, rules, best);
  else trySets(histogram, feature.nBins, node, penalties, rules, best);
}

/** LightGBM: each category to the left, all else to the right. */
function tryEachLeft(
  histogram: usize,
  nBins: u32,
  count: u32,
  node: v128,
  penalties: Penalties,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const extra = f64x2.replace_lane(f64x2.splat(0), 1, penalties.extra);
  const perHessian = <f64>count / f64x2.extract_lane(node, 1);
  const minSamples = penalties.minSamples;
  for (let bin: u32 = 0; bin < nBins; bin++) {
    const sums = sumsOf(histogram, bin);
    const h = f64x2.extract_lane(sums, 1);
    const rows = rowsOf(h, perHessian);
    if (rows < minSamples || h < penalties.minHessian || <f64>count - rows < minSamples) continue;
    const others = f64x2.sub(f64x2.sub(node, sums), extra);
    if (!offer(best, f64x2.add(sums, extra), others, penalties)) continue;
    store<u32>(<usize>rules.listed, bin);
    keepList(best, 1, true, false);
  }
}

/** LightGBM: the categories of enough rows from either end of their order to the left, group by group, all else to the right. */
function tryGroups(
  histogram: usize,
  nBins: u32,
  count: u32,
  node: v128,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const perHessian = <f64>count / f64x2.extract_lane(node, 1);
  const smooth = rules.smooth;
  let end = <usize>rules.candidates;
  for (let bin: u32 = 0; bin < nBins; bin++) {
    const sums = sumsOf(histogram, bin);
    const h = f64x2.extract_lane(sums, 1);
    if (rowsOf(h, perHessian) < smooth) continue;
    const smoothed = h + smooth;
    // Without smoothing, what has no rows has no place of its own.
    end = addCandidate(end, smoothed > 0 ? f64x2.extract_lane(sums, 0) / smoothed : 0, bin);
  }
  const n = <u32>((end - <usize>rules.candidates) >> 4);
  const most = min(rules.most, (n + 1) >> 1);
  if (most == 0) return;
  selectFirst(<usize>rules.candidates, n, most, <usize>rules.first);
  scanGroups(histogram, most, count, node, rules, best);
  reverse(<usize>rules.candidates, end);
  selectFirst(<usize>rules.candidates, n, most, <usize>rules.first);
  scanGroups(histogram, most, count, node, rules, best);
}

function scanGroups(
  histogram: usize,
  most: u32,
  count: u32,
  node: v128,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const penalties = changetype<Penalties>(<usize>rules.ofSets);
  const perHessian = <f64>count / f64x2.extract_lane(node, 1);
  const minSamples = penalties.minSamples;
  const minPerGroup = rules.minPerGroup;
  let left = f64x2.replace_lane(f64x2.splat(0), 1, penalties.extra);
  let rows: f64 = 0;
  let group: f64 = 0;
  let nBest: u32 = 0;
  for (let i: u32 = 0; i < most; i++) {
    const sums = sumsOf(histogram, binAt(rules, i));
    left = f64x2.add(left, sums);
    const ofBin = rowsOf(f64x2.extract_lane(sums, 1), perHessian);
    rows += ofBin;
    group += ofBin;
    if (rows < minSamples || f64x2.extract_lane(left, 1) < penalties.minHessian) continue;
    const others = <f64>count - rows;
    if (others < minSamples || others < minPerGroup) break;
    const right = f64x2.sub(node, left);
    if (f64x2.extract_lane(right, 1) < penalties.minHessian) break;
    if (group < minPerGroup) continue;
    group = 0;
    if (offer(best, left, right, penalties)) nBest = i + 1;
  }
  if (nBest == 0) return;
  list(rules, nBest);
  keepList(best, nBest, true, false);
}

/** XGBoost: each category to the right, all others to the left, missing values to either. */
function tryEachRight(
  histogram: usize,
  nBins: u32,
  node: v128,
  penalties: Penalties,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const missing = sumsOf(histogram, nBins);
  for (let bin: u32 = 0; bin < nBins; bin++) {
    let right = sumsOf(histogram, bin);
    for (let missingLeft: i32 = 1; missingLeft >= 0; missingLeft--) {
      if (!missingLeft) right = f64x2.add(right, missing);
      if (!offer(best, f64x2.sub(node, right), right, penalties)) continue;
      store<u32>(<usize>rules.listed, bin);
      keepList(best, 1, false, <bool>missingLeft);
    }
  }
}

/**
 * XGBoost: categories from the lower end of their order, which is that of the steps
 * of their leaves, to the right, and missing values to the left; then those from the
 * upper end to the left, and missing values to the right. A category of too small a
 * hessian is as one that would not step.
 */
function trySets(
  histogram: usize,
  nBins: u32,
  node: v128,
  penalties: Penalties,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  const most = min(rules.most, nBins) - 1;
  if (most == 0) return;
  let end = <usize>rules.candidates;
  for (let bin: u32 = 0; bin < nBins; bin++) {
    const sums = sumsOf(histogram, bin);
    const h = f64x2.extract_lane(sums, 1);
    const step: f32 = h < penalties.minHessian ? 0 : <f32>leafStep(f64x2.extract_lane(sums, 0), h, penalties);
    end = addCandidate(end, <f64>step, bin);
  }
  selectFirst(<usize>rules.candidates, nBins, most, <usize>rules.first);
  scanSets(histogram, most, false, node, penalties, rules, best);
  reverse(<usize>rules.candidates, end);
  selectFirst(<usize>rules.candidates, nBins, most, <usize>rules.first);
  scanSets(histogram, most, true, node, penalties, rules, best);
}

function scanSets(
  histogram: usize,
  most: u32,
  listedLeft: bool,
  node: v128,
  penalties: Penalties,
  rules: CategoryRules,
  best: GradientSplit,
): void {
  let listed = f64x2.splat(0);
  let nBest: u32 = 0;
  for (let i: u32 = 0; i < most; i++) {
    listed = f64x2.add(listed, sumsOf(histogram, binAt(rules, i)));
    const others = f64x2.sub(node, listed);
    const isBest = listedLeft ? offer(best, listed, others, penalties) : offer(best, others, listed, penalties);
    if (isBest) nBest = i + 1;
  }
  if (nBest == 0) return;
  list(rules, nBest);
  keepList(best, nBest, listedLeft, !listedLeft);
}

function sumsOf(histogram: usize, bin: u32): v128 {
  return v128.load(histogram + <usize>bin * PAIR);
}

/** Keeps a split if it is allowed and its score is above that of the best one, and says whether. */
function offer(best: GradientSplit, left: v128, right: v128, penalties: Penalties): bool {
  const leftHessian = f64x2.extract_lane(left, 1);
  const rightHessian = f64x2.extract_lane(right, 1);
  if (!(leftHessian >= penalties.minHessian && rightHessian >= penalties.minHessian)) return false;
  const leftGradient = f64x2.extract_lane(left, 0);
  const rightGradient = f64x2.extract_lane(right, 0);
  const ofLeft = leafScore(leftGradient, leftHessian, penalties);
  const score = rounded(ofLeft + leafScore(rightGradient, rightHessian, penalties), penalties);
  if (score > best.floor) best.isSplittable = 1;
  if (!(score > best.score)) return false;
  best.score = score;
  best.gradient = leftGradient;
  best.hessian = leftHessian - penalties.extra;
  best.rightGradient = rightGradient;
  best.rightHessian = rightHessian - penalties.extra;
  return true;
}

function keepList(best: GradientSplit, n: u32, listedLeft: bool, missingLeft: bool): void {
  best.nListed = n;
  best.listedLeft = <u32>listedLeft;
  best.missingLeft = <u32>missingLeft;
}

/** Lists the first `n` categories that have been selected. */
function list(rules: CategoryRules, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(<usize>rules.listed + ((<usize>i) << 2), binAt(rules, i));
}

/** The bin of a category that has been selected. */
function binAt(rules: CategoryRules, i: u32): u32 {
  return <u32>abs(load<f64>(<usize>rules.first + <usize>i * PAIR, 8));
}

function addCandidate(at: usize, key: f64, bin: u32): usize {
  store<f64>(at, key);
  store<f64>(at, <f64>bin, 8);
  return at + PAIR;
}

/**
 * Turns the order of candidates round, by keys, and by bins where those are equal; and
 * their places too, so that those of one key come in their order as before.
 */
function reverse(at: usize, end: usize): void {
  for (end -= PAIR; at < end; at += PAIR, end -= PAIR) {
    const first = f64x2.neg(v128.load(at));
    v128.store(at, f64x2.neg(v128.load(end)));
    v128.store(end, first);
  }
  if (at == end) v128.store(at, f64x2.neg(v128.load(at)));
}

function isBefore(a: v128, b: v128): bool {
  const key = f64x2.extract_lane(a, 0);
  const other = f64x2.extract_lane(b, 0);
  return key < other || (key == other && f64x2.extract_lane(a, 1) < f64x2.extract_lane(b, 1));
}

/**
 * Writes the first `size` of `n` candidates, in their order. Of many candidates most
 * are compared once only, with the last of those that are the first so far: these are
 * a heap, which has it on top. Rare categories, which often have one key in common,
 * are among them as long as they come in their order.
 *
 * @param candidates f64[n][2], keys and bins
 * @param first f64[size][2], written
 */
function selectFirst(candidates: usize, n: u32, size: u32, first: usize): void {
  const end = candidates + <usize>n * PAIR;
  const begin = candidates + <usize>size * PAIR;
  memory.copy(first, candidates, <usize>size * PAIR);
  for (let i = size >> 1; i > 0; i--) sink(first, i - 1, size);
  for (let at = begin; at < end; at += PAIR) {
    const candidate = v128.load(at);
    if (!isBefore(candidate, v128.load(first))) continue;
    v128.store(first, candidate);
    sink(first, 0, size);
  }
  for (let rest = size - 1; rest > 0; rest--) {
    const last = first + <usize>rest * PAIR;
    const top = v128.load(first);
    v128.store(first, v128.load(last));
    v128.store(last, top);
    sink(first, 0, rest);
  }
}

/** Lets candidate `i` of a heap sink to where none below it comes after it. */
function sink(heap: usize, i: u32, size: u32): void {
  const sinking = v128.load(heap + <usize>i * PAIR);
  for (;;) {
    let child: u32 = 2 * i + 1;
    if (child >= size) break;
    let below = v128.load(heap + <usize>child * PAIR);
    if (child + 1 < size) {
      const other = v128.load(heap + <usize>child * PAIR, PAIR);
      if (isBefore(below, other)) {
        below = other;
        child++;
      }
    }
    if (!isBefore(sinking, below)) break;
    v128.store(heap + <usize>i * PAIR, below);
    i = child;
  }
  v128.store(heap + <usize>i * PAIR, sinking);
}
