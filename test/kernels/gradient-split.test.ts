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
          const total = bins.reduce((sum, { g, h }) => ({ g: sum.g + g, h: sum.h + h }), { g: 0, h: 0 });
          fc.pre(total.h > 0);
          const count = 30;
          const workspace = new Workspace(8192);
          const histogram = workspace.f64(2 * (bins.length + 2));
          histogram.set(bins.flatMap(({ g, h }) => [g, h]));
          const features = workspace.u32(3);
          const nBins = bins.length - (hasMissing ? 1 : 0);
          features.set([nBins, hasMissing ? 1 : 0, 1]);
          const penalties = workspace.f64(9);
          const { lambda, alpha, maxStep, minHessian, minSamples, extra, single } = limits;
          penalties.set([lambda, alpha, maxStep, minHessian, minSamples, extra, single ? 1 : 0]);
          const best = workspace.f64(9);
          const words = new Uint32Array(best.buffer, best.byteOffset, 10);
          workspace.kernels.findSplit(
            histogram.address,
            histogram.byteLength,
            features.address,
            1,
            count,
            total.g,
            total.h,
            penalties.address,
            fromAbove,
            -Infinity,
            0,
            best.address,
          );
          const expected = naiveBestFrom(bins, hasMissing, fromAbove, count, limits);
          if (expected === -Infinity) {
            expect(words[6]).to.equal(NO_FEATURE);
            return;
          }
          if (limits.single) expect(best[0]).to.equal(expected);
          else expect(best[0]).to.be.closeTo(expected, 1e-9);
          const [, cut, missingLeft] = words.subarray(6);
          const left = bins.filter((_, i) => (hasMissing && i === nBins ? missingLeft === 1 : i <= cut));
          expect(best[1]).to.equal(left.reduce((sum, { g }) => sum + g, 0));
          expect(best[2]).to.equal(left.reduce((sum, { h }) => sum + h, 0));
          expect([best[1] + best[5], best[2] + best[6]]).to.deep.equal([total.g, total.h]);
        },
      ),
    );
  });

  it('takes the lowest of equal cuts, or the highest one if asked', () => {
    const workspace = new Workspace(4096);
    const histogram = workspace.f64(12);
    histogram.set([-2, 2, 0, 0, 0, 0, 2, 2]);
    const features = workspace.u32(3);
    features.set([4, 0, 1]);
    const penalties = workspace.f64(9);
    penalties.set([1, 0, 0, 1, 0]);
    const best = workspace.f64(9);
    const words = new Uint32Array(best.buffer, best.byteOffset, 10);
    const cutOf = (fromAbove: boolean) => {
      const { kernels } = workspace;
      kernels.findSplit(
        histogram.address,
        96,
        features.address,
        1,
        4,
        0,
        4,
        penalties.address,
        fromAbove,
        -Infinity,
        0,
        best.address,
      );
      return words[7];
    };
    expect([cutOf(false), cutOf(true)]).to.deep.equal([0, 2]);
  });

  it('tells scores apart as closely as their precision does, and no closer', () => {
    const workspace = new Workspace(4096);
    const histogram = workspace.f64(12);
    // The second cut gains more than the first one, by less than single precision sees.
    histogram.set([-2, 2, -1e-9, 0, 2, 2]);
    const features = workspace.u32(3);
    features.set([3, 0, 1]);
    const penalties = workspace.f64(9);
    const best = workspace.f64(9);
    const words = new Uint32Array(best.buffer, best.byteOffset, 10);
    const cutOf = (single: number) => {
      penalties.set([1, 0, 0, 1, 0, 0, single]);
      const { kernels } = workspace;
      kernels.findSplit(histogram.address, 96, features.address, 1, 4, -1e-9, 4, penalties.address, false, -Infinity, 0, best.address); // prettier-ignore
      return words[7];
    };
    expect([cutOf(0), cutOf(1)]).to.deep.equal([1, 0]);
  });
});

/** Without missing values, rows are counted from the side that the sweep comes from. */
function naiveBestFrom(bins: Bin[], hasMissing: boolean, fromAbove: boolean, count: number, rules: Rules): number {
  if (hasMissing || !fromAbove) return naiveBest(bins, hasMissing, count, rules);
  return naiveBest(bins.toReversed(), false, count, rules);
}
