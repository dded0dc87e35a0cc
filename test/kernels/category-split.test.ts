import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { type Bin, type CategoryLimits, type FoundSet, naiveLightgbm, naiveXgboost } from './naive-category-splits.js';

const KINDS = { lightgbmOne: 1, lightgbmSets: 2, xgboostOne: 3, xgboostSets: 4 } as const;
const NO_FEATURE = 0xffff_ffff;

/** Looks for the best split of one feature, whose last bin is that of all but its categories. */
function search(
  bins: readonly Bin[],
  kind: keyof typeof KINDS,
  count: number,
  limits: CategoryLimits,
  floor: number,
): FoundSet | undefined {
  const n = bins.length - 1;
  const workspace = new Workspace(16_384 + 64 * bins.length);
  const histogram = workspace.f64(2 * bins.length);
  histogram.set(bins.flatMap(({ g, h }) => [g, h]));
  const features = workspace.u32(5);
  features.set([n, 1, 1, 0, KINDS[kind]]);
  const { lambda, alpha, maxStep, minHessian, minSamples, extra, single } = limits;
  const [penalties, ofSets] = [workspace.f64(7), workspace.f64(7)];
  penalties.set([lambda, alpha, maxStep, minHessian, minSamples, extra, single ? 1 : 0]);
  ofSets.set(penalties);
  ofSets[0] += limits.l2;
  const most = Math.min(limits.most, n);
  const rooms = [workspace.f64(2 * n).address, workspace.f64(2 * most).address];
  const listed = workspace.u32(most);
  const categories = workspace.f64(5);
  const words = new Uint32Array(categories.buffer, categories.byteOffset, 5);
  words.set([ofSets.address, most, ...rooms, listed.address]);
  categories.set([limits.smooth, limits.minPerGroup], 3);
  const best = workspace.f64(10);
  const splittable = workspace.u8(1).fill(1);
  const total = bins.reduce((sum, { g, h }) => ({ g: sum.g + g, h: sum.h + h }));
  workspace.kernels.findSplit(
    histogram.address,
    features.address,
    1,
    count,
    total.g,
    total.h,
    penalties.address,
    categories.address,
    false,
    floor,
    splittable.byteOffset,
    best.address,
  );
  const found = new Uint32Array(best.buffer, best.byteOffset, 20);
  expect(splittable[0]).to.equal(found[6] === NO_FEATURE ? 0 : 1);
  if (found[6] === NO_FEATURE) return undefined;
  return {
    score: best[0],
    listed: [...listed.subarray(0, found[17])],
    listedLeft: found[18] === 1,
    missingLeft: found[8] === 1,
    left: { g: best[1], h: best[2] },
    right: { g: best[5], h: best[6] },
  };
}

describe('The search for a split of categories', () => {
  // Whole numbers, whose sums are exact in any order; and many ties.
  const bin = fc.oneof(
    fc.record({ g: fc.integer({ min: -30, max: 30 }), h: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ g: fc.integer({ min: -2, max: 2 }), h: fc.integer({ min: 1, max: 2 }) }),
    fc.constant({ g: 0, h: 0 }),
  );
  const histograms = (most: number) => fc.array(bin, { minLength: 2, maxLength: most });
  const limits = fc.record({
    lambda: fc.constantFrom(0, 1, 2.5),
    alpha: fc.constantFrom(0, 0, 1.5),
    maxStep: fc.constant(0),
    minHessian: fc.constantFrom(0.5, 1, 5),
    minSamples: fc.constantFrom(0, 1, 4, 20),
    extra: fc.constantFrom(0, 0.25),
    single: fc.constant(false),
    l2: fc.constantFrom(0, 10),
    smooth: fc.constantFrom(0.5, 1, 10),
    minPerGroup: fc.constantFrom(0, 1, 7, 100),
    most: fc.constantFrom(1, 2, 3, 8, 32, 1_000),
  });
  const floor = fc.constantFrom(-Infinity, 0, 5, 60);
  const perHessian = fc.constantFrom(1, 2, 4.5);

  const check = (
    bins: readonly Bin[],
    kind: keyof typeof KINDS,
    given: CategoryLimits,
    least: number,
    rowsPerHessian: number,
  ): void => {
    const total = bins.reduce((sum, { h }) => sum + h, 0);
    fc.pre(total > 0);
    const count = Math.max(1, Math.round(total * rowsPerHessian));
    const naive = kind.startsWith('lightgbm') ? naiveLightgbm : naiveXgboost;
    const expected = naive(bins, count, { ...given, singled: kind.endsWith('One') }, least);
    expect(search(bins, kind, count, given, least)).to.deep.equal(expected);
  };

  it('as LightGBM, tries few categories one against the rest', () => {
    fc.assert(
      fc.property(histograms(12), limits, floor, perHessian, (bins, given, least, per) =>
        check(bins, 'lightgbmOne', given, least, per),
      ),
      { numRuns: 500 },
    );
  });

  it('as LightGBM, parts sets from either end of the order of categories, in groups', () => {
    fc.assert(
      fc.property(histograms(120), limits, floor, perHessian, (bins, given, least, per) =>
        check(bins, 'lightgbmSets', given, least, per),
      ),
      { numRuns: 1_000 },
    );
  });

  const singleLimits = limits.map((of) => ({ ...of, minSamples: 0, extra: 0, single: true, l2: 0 }));
  const stepped = fc
    .tuple(singleLimits, fc.constantFrom(0, 0, 0.7))
    .map(([of, maxStep]): CategoryLimits => ({ ...of, maxStep }));

  it('as XGBoost, tries few categories one against the rest, with the missing values on either side', () => {
    fc.assert(
      fc.property(histograms(12), stepped, (bins, given) => check(bins, 'xgboostOne', given, -Infinity, 1)),
      { numRuns: 500 },
    );
  });

  it('as XGBoost, parts sets from either end of the order of categories', () => {
    fc.assert(
      fc.property(histograms(150), stepped, (bins, given) => check(bins, 'xgboostSets', given, -Infinity, 1)),
      { numRuns: 1_000 },
    );
  });

  it('finds the ends of the order of 60,000 categories', () => {
    const bins = Array.from({ length: 60_001 }, (_, i) => ({ g: ((i * 7_919) % 60_013) - 30_000, h: 1 + (i % 3) }));
    const base = { lambda: 1, alpha: 0, maxStep: 0, minHessian: 1, extra: 0, l2: 10 };
    const byRows = { ...base, minSamples: 20, single: false, smooth: 1, minPerGroup: 2, most: 1_000 };
    check(bins, 'lightgbmSets', byRows, -Infinity, 1);
    check(bins, 'xgboostSets', { ...byRows, minSamples: 0, single: true, l2: 0, most: 64 }, -Infinity, 1);
  });
});
