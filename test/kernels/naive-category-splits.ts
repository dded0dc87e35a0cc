/** The sums of the gradients and of the hessians of a bin. */
export interface Bin {
  readonly g: number;
  readonly h: number;
}

/** The limits of the kernels' files leaf-score and category-split. */
export interface CategoryLimits {
  readonly lambda: number;
  readonly alpha: number;
  readonly maxStep: number;
  readonly minHessian: number;
  readonly minSamples: number;
  /** What each side's hessians have more. */
  readonly extra: number;
  readonly single: boolean;
  readonly l2: number;
  readonly smooth: number;
  readonly minPerGroup: number;
  readonly most: number;
}

/** A split of categories: those that it lists, in the order that they were taken in. */
export interface FoundSet {
  readonly score: number;
  readonly listed: readonly number[];
  readonly listedLeft: boolean;
  readonly missingLeft: boolean;
  readonly left: Bin;
  readonly right: Bin;
}

type Limits = CategoryLimits & { /** Whether categories are tried one against the rest. */ readonly singled: boolean };

/**
 * The best split by LightGBM's rules, with all categories sorted; of whole numbers,
 * whose sums are exact.
 *
 * @param bins categories, and last all else
 * @param floor what a score has to be above
 */
export function naiveLightgbm(
  bins: readonly Bin[],
  count: number,
  limits: Limits,
  floor: number,
): FoundSet | undefined {
  const { extra, minSamples, minHessian, minPerGroup, smooth, most, singled } = limits;
  const total = sumOf(bins);
  const all = { g: total.g, h: total.h + 2 * extra };
  const rowsOf = ({ h }: Bin) => Math.floor(h * (count / all.h) + 0.5);
  const categories = bins.slice(0, -1).map((bin, number) => ({ ...bin, number }));
  const lambda = limits.lambda + (singled ? 0 : limits.l2);
  let best: FoundSet | undefined;
  const consider = (listed: readonly (Bin & { number: number })[]) => {
    const sums = sumOf(listed);
    const left = { g: sums.g, h: sums.h + extra };
    const right = { g: all.g - left.g, h: all.h - left.h };
    if (left.h < minHessian || right.h < minHessian) return;
    const score = scoreOf(left, { ...limits, lambda }) + scoreOf(right, { ...limits, lambda });
    if (!(score > (best?.score ?? floor))) return;
    best = {
      score,
      listed: listed.map(({ number }) => number),
      listedLeft: true,
      missingLeft: false,
      left: { g: left.g, h: left.h - extra },
      right: { g: right.g, h: right.h - extra },
    };
  };
  if (singled) {
    for (const category of categories) {
      const rows = rowsOf(category);
      if (rows >= minSamples && count - rows >= minSamples && category.h >= minHessian) consider([category]);
    }
    return best;
  }
  const order = categories
    .filter((category) => rowsOf(category) >= smooth)
    .toSorted((a, b) => a.g / (a.h + smooth) - b.g / (b.h + smooth));
  const taken = Math.min(most, Math.floor((order.length + 1) / 2));
  for (const direction of [order, order.toReversed()]) {
    let [rows, group] = [0, 0];
    for (let n = 1; n <= taken; n++) {
      const listed = direction.slice(0, n);
      rows += rowsOf(listed[n - 1]);
      group += rowsOf(listed[n - 1]);
      const h = sumOf(listed).h + extra;
      if (rows < minSamples || h < minHessian) continue;
      if (count - rows < minSamples || count - rows < minPerGroup || all.h - h < minHessian) break;
      if (group < minPerGroup) continue;
      group = 0;
      consider(listed);
    }
  }
  return best;
}

/**
 * The best split by XGBoost's rules, with all categories sorted; of whole numbers,
 * whose sums are exact.
 *
 * @param bins categories, and last the missing values
 */
export function naiveXgboost(
  bins: readonly Bin[],
  _count: number,
  limits: Limits,
  floor: number,
): FoundSet | undefined {
  const { minHessian, most, singled } = limits;
  const all = sumOf(bins);
  const missing = bins[bins.length - 1];
  const categories = bins.slice(0, -1).map((bin, number) => ({ ...bin, number }));
  let best: FoundSet | undefined;
  const consider = (listed: readonly { number: number }[], listedLeft: boolean, missingLeft: boolean, near: Bin) => {
    const far = { g: all.g - near.g, h: all.h - near.h };
    const [left, right] = listedLeft ? [near, far] : [far, near];
    if (left.h < minHessian || right.h < minHessian) return;
    const score = Math.fround(scoreOf(left, limits) + scoreOf(right, limits));
    if (!(score > (best?.score ?? floor))) return;
    best = { score, listed: listed.map(({ number }) => number), listedLeft, missingLeft, left, right };
  };
  if (singled) {
    for (const category of categories) {
      for (const missingLeft of [true, false]) {
        consider([category], false, missingLeft, sumOf(missingLeft ? [category] : [category, missing]));
      }
    }
    return best;
  }
  const keyOf = (bin: Bin) => (bin.h < minHessian ? 0 : Math.fround(stepOf(bin, limits)));
  const order = categories.toSorted((a, b) => keyOf(a) - keyOf(b));
  const taken = Math.min(most, categories.length) - 1;
  for (const [direction, left] of [
    [order, false],
    [order.toReversed(), true],
  ] as const) {
    for (let n = 1; n <= taken; n++) {
      const listed = direction.slice(0, n);
      consider(listed, left, !left, sumOf(listed));
    }
  }
  return best;
}

function sumOf(bins: readonly Bin[]): Bin {
  return bins.reduce((sum, { g, h }) => ({ g: sum.g + g, h: sum.h + h }), { g: 0, h: 0 });
}

function stepOf({ g, h }: Bin, { lambda, alpha, maxStep }: CategoryLimits): number {
  const step = (-Math.sign(g) * Math.max(0, Math.abs(g) - alpha)) / (h + lambda);
  return maxStep === 0 ? step : Math.max(-maxStep, Math.min(maxStep, step));
}

function scoreOf(bin: Bin, limits: CategoryLimits): number {
  const { lambda, alpha, maxStep, single } = limits;
  const rounded = single ? Math.fround : (value: number) => value;
  const h = bin.h + lambda;
  if (maxStep === 0) return rounded(rounded(Math.max(0, Math.abs(bin.g) - alpha) ** 2) / rounded(h));
  const step = rounded(stepOf(bin, limits));
  return -rounded(rounded(2 * rounded(bin.g) * step) + rounded(rounded(h) * rounded(step * step)));
}
