import { expect } from 'chai';

import { Workspace } from '../../src/kernels/workspace.js';
import { splitMix, streamOf } from './split-mix.js';

const workspace = new Workspace(4096);
const state = workspace.f64(1);
const counts = workspace.u32(16);
const sums = workspace.f64(16);
const { kernels } = workspace;

function draw(seed: number, stream: number, nRows: number, nDraws: number): number[] {
  kernels.seedRandom(state.address, seed, stream);
  counts.fill(0);
  kernels.drawRows(state.address, nRows, nDraws, counts.address);
  return Array.from(counts.subarray(0, nRows));
}

describe('The rows drawn for a tree', () => {
  it('are those of the published generator', () => {
    // The first number from the state 0, as the reference implementation prints it.
    expect(splitMix(0n)()).to.equal(0xe220a8397b1dcdafn);
    for (const [seed, stream] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [4294967295, 77],
    ] as const) {
      // prettier-ignore
      const next = streamOf(seed, stream);
      const expected = Array.from<number>({ length: 13 }).fill(0);
      for (let i = 0; i < 100; i++) expected[Number(((next() >> 32n) * 13n) >> 32n)]++;
      expect(draw(seed, stream, 13, 100)).to.deep.equal(expected);
    }
  });

  it('are spread evenly', () => {
    for (const count of draw(3, 0, 7, 70_000)) expect(count).to.be.within(9_440, 10_560);
    expect(draw(3, 0, 1, 5)).to.deep.equal([5]);
  });

  it('are the same when they are drawn in parts, which add up', () => {
    const whole = draw(5, 1, 9, 1000);
    draw(5, 1, 9, 300);
    kernels.drawRows(state.address, 9, 700, counts.address);
    expect(Array.from(counts.subarray(0, 9))).to.deep.equal(whole);
  });

  it('are spread by weight where there are weights', () => {
    const weights = [1, 0.5, 3, 0.25, 5.25];
    let sum = 0;
    weights.forEach((weight, row) => (sums[row] = sum += weight));
    kernels.seedRandom(state.address, 9, 9);
    counts.fill(0);
    kernels.drawWeightedRows(state.address, sums.address, 5, 100_000, counts.address);
    weights.forEach((weight, row) => {
      // Six standard deviations.
      const share = weight / 10;
      expect(counts[row]).to.be.closeTo(100_000 * share, 6 * Math.sqrt(100_000 * share));
    });
  });
});
