import { expect } from 'chai';
import fc from 'fast-check';

import { greedyBins } from '../../../../src/estimators/core/boosting/greedy-bins.js';

const ZERO = 1e-35;

interface Run {
  readonly value: number;
  readonly count: number;
}

const rowsOf = (runs: readonly Run[]) => runs.reduce((sum, { count }) => sum + count, 0);

/** The bins of runs of one sign, each a list of runs, as LightGBM's GreedyFindBin fills them. */
function naiveBins(runs: readonly Run[], maxBins: number, minInBin: number): Run[][] {
  const few = runs.length <= maxBins;
  const nBins = few ? maxBins : Math.max(1, Math.min(maxBins, Math.floor(rowsOf(runs) / minInBin)));
  const isBig = ({ count }: Run) => !few && count >= rowsOf(runs) / nBins;
  const bins: Run[][] = [[]];
  runs.forEach((run, i) => {
    const bin = bins[bins.length - 1];
    bin.push(run);
    if (i === runs.length - 1 || (!few && bins.length === nBins)) return;
    const inBin = rowsOf(bin);
    if (few) {
      if (inBin >= minInBin) bins.push([]);
      return;
    }
    // What is left for the bins to come, those of big runs apart, as of the last bin that was no big run's.
    const closed = bins.slice(0, -1);
    const shared = closed.filter((each) => !isBig(each[each.length - 1]));
    const lastShared = closed.findLastIndex((each) => !isBig(each[each.length - 1]));
    const seen = bins.slice(0, lastShared + 1).flat();
    const rest = rowsOf(runs.filter((each) => !isBig(each) && !seen.includes(each)));
    const share = rest / (nBins - runs.filter(isBig).length - shared.length);
    if (isBig(run) || inBin >= share || (isBig(runs[i + 1]) && inBin >= Math.max(1, share / 2))) bins.push([]);
  });
  return bins;
}

/** The values of each bin; those of negative values, of 0, and of positive values are apart. */
function naiveSides(runs: readonly Run[], maxBins: number, minInBin: number): number[][] {
  const negative = runs.filter(({ value }) => value <= -ZERO);
  const positive = runs.filter(({ value }) => value > ZERO);
  const zero = runs.filter((run) => !negative.includes(run) && !positive.includes(run));
  if (maxBins === 1) return [runs.map(({ value }) => value)];
  const share = Math.floor((rowsOf(negative) / (rowsOf(negative) + rowsOf(positive))) * (maxBins - 1));
  const below = negative.length === 0 ? [] : naiveBins(negative, Math.max(1, share), minInBin);
  const left = maxBins - 1 - below.length;
  const above = positive.length === 0 || left === 0 ? [] : naiveBins(positive, left, minInBin);
  const middle = above.length === 0 ? [...zero, ...positive] : zero;
  const bins = [...below, middle, ...above];
  return bins.filter((bin) => bin.length > 0).map((bin) => bin.map(({ value }) => value));
}

describe('The greedy bins', () => {
  const value = fc.oneof(
    fc.integer({ min: -9, max: 60 }),
    fc.integer({ min: -60, max: 9 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 1e-36, -1e-36, 1e-34, -1e-34),
  );
  const count = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 }));
  const table = fc
    .array(fc.tuple(value, count), { minLength: 1, maxLength: 60 })
    .map((pairs) =>
      [...new Map(pairs.map(([of, times]) => [of + 0, times]))]
        .map(([of, times]): Run => ({ value: of, count: times }))
        .toSorted((a, b) => a.value - b.value),
    );

  it('hold the values that LightGBM puts together', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9 }), (runs, maxBins, minInBin) => {
        const values = runs.map((run) => run.value);
        const counts = Uint32Array.from(runs, (run) => run.count);
        const edges = greedyBins(Float64Array.from(values), counts, maxBins, minInBin);
        expect(edges.length).to.be.below(maxBins);
        const bins: number[][] = Array.from({ length: edges.length + 1 }, () => []);
        for (const of of values) bins[edges.filter((edge) => edge < of).length].push(of);
        const filled = bins.filter((bin) => bin.length > 0);
        expect(filled).to.deep.equal(naiveSides(runs, maxBins, minInBin));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are none of nothing', () => {
    expect(greedyBins(new Float64Array(0), new Uint32Array(0), 255, 3)).to.deep.equal([]);
  });
});
