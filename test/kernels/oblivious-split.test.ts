import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const NORMALS_BYTES = 16 + 256 * 4;

/** Sums of a bin: the gradients, and the weight. */
interface Bin {
  readonly gradients: readonly number[];
  readonly weight: number;
}

function sum(bins: readonly Bin[], nOutputs: number): Bin {
  return {
    gradients: Array.from({ length: nOutputs }, (_, k) => bins.reduce((total, { gradients }) => total + gradients[k], 0)), // prettier-ignore
    weight: bins.reduce((total, { weight }) => total + weight, 0),
  };
}

/** The numerator and the squared denominator of the score of a border. */
function naiveScore(
  leaves: readonly (readonly Bin[])[],
  isAbove: (bin: number) => boolean,
  l2: number,
  nOutputs: number,
): [number, number] {
  // prettier-ignore
  let [numerator, denominator] = [0, 0];
  for (const bins of leaves) {
    for (const side of [true, false]) {
      const { gradients, weight } = sum(
        bins.filter((_, bin) => isAbove(bin) === side),
        nOutputs,
      );
      if (weight <= 0) continue;
      for (const gradient of gradients) {
        const mean = gradient / (weight + l2);
        numerator += mean * gradient;
        denominator += mean * mean * weight;
      }
    }
  }
  return [numerator, denominator];
}

const whole = fc.integer({ min: -20, max: 20 });
const problem = fc
  .record({
    nOutputs: fc.integer({ min: 1, max: 5 }),
    nBins: fc.integer({ min: 2, max: 9 }),
    nLeaves: fc.integer({ min: 1, max: 4 }),
  }) // prettier-ignore
  .chain(({ nOutputs, nBins, nLeaves }) => {
    const bin = fc.record({
      gradients: fc.array(whole, { minLength: nOutputs, maxLength: nOutputs }),
      weight: fc.integer({ min: 1, max: 9 }),
    });
    // A bin without rows has no gradients.
    const empty = fc.constant({ gradients: Array<number>(nOutputs).fill(0), weight: 0 });
    const leaf = fc.array(fc.oneof(bin, empty), { minLength: nBins, maxLength: nBins });
    return fc.record({
      nOutputs: fc.constant(nOutputs),
      nBins: fc.constant(nBins),
      leaves: fc.array(leaf, { minLength: nLeaves, maxLength: nLeaves }),
      l2: fc.constantFrom(1e-20, 0.5, 3),
    });
  });

describe('The scores of the borders of a level', () => {
  for (const single of [false, true]) {
    it(`are those of the naive sums over all leaves and outputs, ${single ? 'one bin against the rest' : 'bins above the border against the others'}`, () => {
      fc.assert(
        fc.property(problem, ({ nOutputs, nBins, leaves, l2 }) => {
          const nPairs = Math.floor(nOutputs / 2) + 1;
          const nBorders = single ? nBins : nBins - 1;
          const places = 2 * Math.ceil((nBins + 1) / 2);
          const workspace = new Workspace(1 << 16);
          const { kernels } = workspace;
          const offset = 32;
          const histograms = leaves.map((bins) =>
            Array.from({ length: nPairs }, (_, pair) => {
              const histogram = workspace.f64(offset / 8 + 2 * places);
              bins.forEach(({ gradients, weight }, bin) => {
                const all = nOutputs % 2 === 0 ? [...gradients, 0, weight] : [...gradients, weight];
                histogram.set(all.slice(2 * pair, 2 * pair + 2), offset / 8 + 2 * bin);
              });
              return histogram.address;
            }),
          );
          const table = workspace.u32(leaves.length * nPairs);
          table.set(histograms.flat());
          const totals = workspace.f64(2 * leaves.length * nPairs);
          histograms.flat().forEach((at, i) => kernels.histogramTotal(at + offset, nBins, totals.address + 16 * i));
          const squares = workspace.f64(2 * places);
          const sums = workspace.f64(2 * places);
          const add = (from: number, n: number) =>
            kernels.addSplitScores(
              table.address + 4 * from * nPairs,
              offset,
              n,
              nPairs,
              totals.address + 16 * from * nPairs,
              single,
              nBorders,
              l2,
              1e-9,
              squares.address,
              sums.address,
              places * 8,
            );
          // Some leaves now and some then come to the same.
          add(0, 1);
          add(1, leaves.length - 1);
          for (let border = 0; border < nBorders; border++) {
            const isAbove = single ? (bin: number) => bin === border : (bin: number) => bin > border;
            const [numerator, denominator] = naiveScore(leaves, isAbove, l2, nOutputs);
            expect(sums[border]).to.be.closeTo(numerator, 1e-9 * (1 + numerator));
            expect(sums[places + border]).to.be.closeTo(denominator, 1e-9 * (1 + denominator));
          }
        }),
      );
    });
  }

  /** The borders that are found with the noise of so many streams of random numbers. */
  const found = (scores: readonly number[], deviation: number, nStreams: number) => {
    const workspace = new Workspace(1 << 16);
    const { kernels } = workspace;
    const places = 2 * Math.ceil((scores.length + 1) / 2);
    const sums = workspace.f64(2 * places);
    const random = workspace.f64(1).address;
    const normals = workspace.u8(NORMALS_BYTES).address;
    const score = workspace.f64(1);
    return Array.from({ length: nStreams }, (_, stream) => {
      // A score of s is s² over its root; beyond the last border there is a better one that is none.
      sums.fill(1e9);
      scores.forEach((value, i) => {
        sums[i] = value * value;
        sums[places + i] = value * value;
      });
      kernels.seedRandom(random, 1, stream);
      kernels.startNormals(normals);
      const border = kernels.bestBorder(sums.address, places * 8, scores.length, deviation, normals, random, score.address); // prettier-ignore
      expect(score[0]).to.be.closeTo(scores[border], 1e-9);
      return border;
    });
  };

  it('lead to the first of the best ones', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, (of) => {
        expect(found(of, 0, 1)).to.deep.equal([of.indexOf(Math.max(...of))]);
      }),
    );
  });

  it('with noise lead to any of them, by how much better they are', () => {
    const n = 4_000;
    const counts = [0, 0, 0, 0];
    for (const border of found([10, 10, 11, 2], 1, n)) counts[border]++;
    expect(counts[3]).to.equal(0);
    // Of equal ones each is as likely; the chance that the third is below one of the others is that of a normal number above 1 / √2.
    expect(counts[0] / n).to.be.closeTo(counts[1] / n, 0.03);
    expect(counts[2] / n).to.be.within(0.58, 0.68);
  });
});
