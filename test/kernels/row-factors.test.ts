import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const BLOCK = 8192;

function placed(n: number) {
  const workspace = new Workspace(4 * (n + 64) + 4096);
  const random = workspace.f64(1).address;
  const factors = workspace.f32(Math.ceil(n / 4) * 4);
  return { kernels: workspace.kernels, random, factors };
}

function mean(values: Iterable<number>): number {
  const all = [...values];
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

/** The number at which the sum of min(1, c / mu) is `wanted`, by halving. */
function naiveThreshold(c: readonly number[], wanted: number): number {
  let [low, high] = [0, c.reduce((sum, value) => sum + value, 0) / wanted + 1];
  for (let i = 0; i < 200; i++) {
    const mu = (low + high) / 2;
    if (c.reduce((sum, value) => sum + Math.min(1, value / mu), 0) > wanted) low = mu;
    else high = mu;
  }
  return high;
}

describe('The factors of rows', () => {
  const n = 100_000;

  it('of the Bayesian bootstrap are powers of an exponential distribution', () => {
    for (const [temperature, expected, square] of [
      [1, 1, 2],
      [0.5, Math.sqrt(Math.PI) / 2, 1],
      [2, 2, 24],
    ]) {
      const { kernels, random, factors } = placed(n);
      kernels.seedRandom(random, 1, 0);
      kernels.bayesianFactors(random, n, temperature, factors.address);
      expect(mean(factors), `mean at ${temperature}`).to.be.closeTo(expected, 5 * Math.sqrt(square / n));
      expect(Math.min(...factors.slice(0, 1000))).to.be.above(0);
      const shareBelow = mean(Array.from(factors, (s) => (s < 1 ? 1 : 0)));
      expect(shareBelow).to.be.closeTo(1 - Math.exp(-1), 5 / Math.sqrt(n) / 2);
      const ofSquares = mean(Array.from(factors, (s) => s * s));
      // The fourth moment of the power bounds what chance does.
      expect(ofSquares, `square at ${temperature}`).to.be.closeTo(square, square * 0.2);
    }
  });

  it('of the Bernoulli bootstrap are 1 for a share of the rows, and else 0', () => {
    for (const share of [0.01, 0.3, 0.66, 0.999]) {
      const { kernels, random, factors } = placed(n);
      kernels.seedRandom(random, 2, 0);
      kernels.bernoulliFactors(random, n, share, factors.address);
      expect(new Set(factors).size).to.be.at.most(2);
      expect(mean(factors)).to.be.closeTo(share, 5 * Math.sqrt((share * (1 - share)) / n));
    }
  });

  it('of minimal variance sampling are the inverses of probabilities that sum up to the share, block by block', () => {
    const norm = fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.constantFrom(0, 1e-12, 1, 1e6));
    const norms = fc.array(norm, { minLength: 1, maxLength: 60 });
    const share = fc.constantFrom(0.05, 0.5, 0.8, 0.99);
    const extra = fc.constantFrom(1e-6, 0.1, 10);
    fc.assert(
      fc.property(norms, share, extra, fc.integer({ min: 0, max: 2 }), (few, of, more, blocks) => {
        // Blocks of equal rows before, which must not matter.
        const all = [...Array<number>(blocks * BLOCK).fill(0.25), ...few];
        const c = few.map((square) => Math.sqrt(Math.fround(Math.fround(square) + Math.fround(more))));
        const mu = naiveThreshold(c, of * few.length);
        const seen = few.map(() => 0);
        for (let stream = 0; stream < 12; stream++) {
          const { kernels, random, factors } = placed(all.length);
          factors.set(all);
          kernels.seedRandom(random, 3, stream);
          kernels.drawnFactors(random, all.length, of, more, factors.address);
          c.forEach((value, i) => {
            const factor = factors[blocks * BLOCK + i];
            if (factor === 0) return;
            seen[i]++;
            expect(factor * Math.min(1, value / mu)).to.be.closeTo(1, 1e-4);
          });
          // A row that is certain is always there, and places that fill up the last four never are.
          c.forEach((value, i) => value > mu * 1.001 && expect(factors[blocks * BLOCK + i]).to.equal(1));
          for (const rest of factors.subarray(all.length)) expect(rest).to.equal(0);
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it('of minimal variance sampling keep the sums of the rows in the mean, and drop as many rows as are to be dropped', () => {
    const { kernels, random, factors } = placed(n);
    const norms = Array.from({ length: n }, (_, i) => ((i * 7919) % 1000) / 500);
    let kept = 0;
    let sum = 0;
    for (let stream = 0; stream < 5; stream++) {
      factors.set(norms);
      kernels.seedRandom(random, 4, stream);
      kernels.drawnFactors(random, n, 0.8, 0.05, factors.address);
      kept += factors.reduce((count, factor) => count + (factor > 0 ? 1 : 0), 0) / n / 5;
      sum += mean(factors) / 5;
    }
    expect(kept).to.be.closeTo(0.8, 0.003);
    expect(sum).to.be.closeTo(1, 0.01);
  });

  it('multiply the pairs of rows, and list the rows that are left', () => {
    const factor = fc.oneof(fc.constant(0), fc.double({ min: 0.1, max: 4, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(factor, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (given, nPairs) => {
          const places = Math.ceil(given.length / 4) * 4;
          const workspace = new Workspace(8192);
          const factors = workspace.f32(places);
          const pairs = workspace.f32(2 * nPairs * places);
          const rows = workspace.u32(given.length);
          factors.set(given);
          const before = Float32Array.from(pairs, (_, i) => (i % 7) + 0.5);
          pairs.set(before);
          const { kernels } = workspace;
          const count = kernels.weighRows(factors.address, given.length, pairs.address, nPairs, places, rows.address);
          const left = [...given.keys()].filter((row) => given[row] > 0);
          expect([...rows.subarray(0, count)]).to.deep.equal(left);
          for (let pair = 0; pair < nPairs; pair++) {
            given.forEach((_, row) => {
              const at = 2 * (pair * places + row);
              expect(pairs[at]).to.equal(Math.fround(before[at] * factors[row]));
              expect(pairs[at + 1]).to.equal(Math.fround(before[at + 1] * factors[row]));
            });
          }
        },
      ),
    );
  });
});
