import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const NO_FEATURE = 0xffff_ffff;

interface Rules {
  readonly lambda: number;
  readonly alpha: number;
  readonly maxStep: number;
  readonly minHessian: number;
  readonly minSamples: number;
  /** What each side's hessians have more. */
  readonly extra: number;
  readonly single: boolean;
}

interface Bin {
  readonly g: number;
  readonly h: number;
}

const PLAIN: Rules = { lambda: 1, alpha: 0, maxStep: 0, minHessian: 1, minSamples: 0, extra: 0, single: false };

function sumOf(bins: readonly Bin[]): Bin {
  return bins.reduce((sum, { g, h }) => ({ g: sum.g + g, h: sum.h + h }), { g: 0, h: 0 });
}

/**
 * Looks for the best cut of one feature, the last of whose bins may be that of missing values.
 *
 * @param inherited the floor that a score has to be above, and whether a cut of the node above was; unset: any will do
 */
function search(
  bins: readonly Bin[],
  hasMissing: boolean,
  fromAbove: boolean,
  count: number,
  rules: Rules,
  inherited?: { readonly floor: number; readonly splittable: boolean },
) {
  const workspace = new Workspace(8192);
  // What stands before it is none of its business.
  const histogram = workspace.f64(2 * (bins.length + 4)).fill(77, 0, 4);
  histogram.set(
    bins.flatMap(({ g, h }) => [g, h]),
    4,
  );
  const features = workspace.u32(5);
  features.set([bins.length - (hasMissing ? 1 : 0), hasMissing ? 1 : 0, 1, 32, 0]);
  const penalties = workspace.f64(7);
  const { lambda, alpha, maxStep, minHessian, minSamples, extra, single } = rules;
  penalties.set([lambda, alpha, maxStep, minHessian, minSamples, extra, single ? 1 : 0]);
  const best = workspace.f64(10);
  const splittable = workspace.u8(1).fill(inherited?.splittable ? 1 : 0);
  const total = sumOf(bins);
  workspace.kernels.findSplit(
    histogram.address,
    features.address,
    1,
    count,
    total.g,
    total.h,
    penalties.address,
    0,
    fromAbove,
    inherited?.floor ?? -Infinity,
    inherited === undefined ? 0 : splittable.byteOffset,
    best.address,
  );
  const [feature, cut, missingLeft] = new Uint32Array(best.buffer, best.byteOffset + 24, 3);
  return {
    score: best[0],
    left: { g: best[1], h: best[2] },
    right: { g: best[5], h: best[6] },
    feature,
    cut,
    missingLeft: missingLeft === 1,
    splittable: splittable[0] === 1,
  };
}

function scoreOf(g: number, h: number, { lambda, alpha, maxStep, single }: Rules): number {
  const rounded = single ? Math.fround : (value: number) => value;
  const rest = Math.sign(g) * Math.max(0, Math.abs(g) - alpha);
  if (maxStep === 0) return rounded(rounded(rest ** 2) / rounded(h + lambda));
  const step = rounded(Math.max(-maxStep, Math.min(maxStep, -rest / (h + lambda))));
  return -rounded(rounded(2 * g * step) + rounded((h + lambda) * rounded(step ** 2)));
}

/** The best score over all cuts, with missing values (the last bin) on either side. */
function naiveBest(bins: Bin[], hasMissing: boolean, count: number, rules: Rules): number {
  const sum = (some: Bin[], of: 'g' | 'h') => some.reduce((total, bin) => total + bin[of], 0);
  const total = { g: sum(bins, 'g'), h: sum(bins, 'h') + 2 * rules.extra };
  const rowsOf = (some: Bin[]) => some.reduce((n, { h }) => n + Math.floor((h * count) / total.h + 0.5), 0);
  const values = hasMissing ? bins.slice(0, -1) : bins;
  let best = -Infinity;
  const consider = (near: Bin[]) => {
    const [g, h] = [sum(near, 'g'), sum(near, 'h') + rules.extra];
    if (h < rules.minHessian || total.h - h < rules.minHessian) return;
    const rows = rowsOf(near);
    if (rules.minSamples > 0 && (rows < rules.minSamples || count - rows < rules.minSamples)) return;
    const score = scoreOf(g, h, rules) + scoreOf(total.g - g, total.h - h, rules);
    best = Math.max(best, rules.single ? Math.fround(score) : score);
  };
  return [...values.keys()].reduce((_, cut) => {
    const isLast = cut === values.length - 1;
    if (!isLast || hasMissing) consider(values.slice(0, cut + 1));
    // With missing values on the left, rows come near from the right.
    if (hasMissing && !isLast) consider(values.slice(cut + 1));
    return best;
  }, best);
}

describe('The search for a split by gradients', () => {
  // Whole numbers, whose sums are exact in any order.
  const bin = fc.record({ g: fc.integer({ min: -9, max: 9 }), h: fc.integer({ min: 0, max: 9 }) });
  const rules = fc.record({
    lambda: fc.constantFrom(0, 1, 2.5),
    alpha: fc.constantFrom(0, 0, 1.5),
    maxStep: fc.constantFrom(0, 0, 0.5),
    minHessian: fc.constantFrom(0.5, 3),
    minSamples: fc.constantFrom(0, 0, 4),
    extra: fc.constantFrom(0, 0.25),
    single: fc.boolean(),
  });

  it('finds the best cut there is, and tells the sums of both sides', () => {
    fc.assert(
      fc.property(
        fc.array(bin, { minLength: 2, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        rules,
        (bins, hasMissing, fromAbove, limits) => {
          const total = sumOf(bins);
          fc.pre(total.h > 0);
          const count = 30;
          const found = search(bins, hasMissing, fromAbove, count, limits);
          const expected = naiveBestFrom(bins, hasMissing, fromAbove, count, limits);
          if (expected === -Infinity) {
            expect(found.feature).to.equal(NO_FEATURE);
            return;
          }
          if (limits.single) expect(found.score).to.equal(expected);
          else expect(found.score).to.be.closeTo(expected, 1e-9);
          const { cut, missingLeft, left, right } = found;
          const missing = hasMissing ? bins.length - 1 : -1;
          expect(left).to.deep.equal(sumOf(bins.filter((_, i) => (i === missing ? missingLeft : i <= cut))));
          expect({ g: left.g + right.g, h: left.h + right.h }).to.deep.equal(total);
        },
      ),
    );
  });

  it('takes the lowest of equal cuts, or the highest one if asked', () => {
    const bins = [-2, 0, 0, 2].map((g) => ({ g, h: Math.abs(g) }));
    const cuts = [false, true].map((fromAbove) => search(bins, false, fromAbove, 4, PLAIN).cut);
    expect(cuts).to.deep.equal([0, 2]);
  });

  it('looks at a feature only if it could be split above, and says whether it can be here', () => {
    const bins = [-2, 0, 0, 2].map((g) => ({ g, h: Math.abs(g) }));
    const { score } = search(bins, false, false, 4, PLAIN);
    const found = (floor: number, splittable: boolean) => {
      const at = search(bins, false, true, 4, PLAIN, { floor, splittable });
      return [at.feature, at.splittable];
    };
    expect(found(score - 1e-9, true)).to.deep.equal([0, true]);
    expect(found(score, true)).to.deep.equal([NO_FEATURE, false]);
    expect(found(score - 1e-9, false)).to.deep.equal([NO_FEATURE, false]);
  });

  it('tells scores apart as closely as their precision does, and no closer', () => {
    // The second cut gains more than the first one, by less than single precision sees.
    const bins = [-2, -1e-9, 2].map((g) => ({ g, h: Math.abs(g) === 2 ? 2 : 0 }));
    const cuts = [false, true].map((single) => search(bins, false, false, 4, { ...PLAIN, single }).cut);
    expect(cuts).to.deep.equal([1, 0]);
  });
});

/** Without missing values, rows are counted from the side that the sweep comes from. */
function naiveBestFrom(bins: Bin[], hasMissing: boolean, fromAbove: boolean, count: number, rules: Rules): number {
  if (hasMissing || !fromAbove) return naiveBest(bins, hasMissing, count, rules);
  return naiveBest(bins.toReversed(), false, count, rules);
}
