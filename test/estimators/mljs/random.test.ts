import { expect } from 'chai';

import { Random, xoshiro128 } from '../../../src/estimators/mljs/random.js';

function draws(seed: number, stream: number, bound: number, count: number): number[] {
  const random = new Random(seed, stream);
  return Array.from({ length: count }, () => random.below(bound));
}

describe('Random numbers', () => {
  it('repeat under a seed and stream, and differ under others', () => {
    expect(draws(1, 0, 1000, 20)).to.deep.equal(draws(1, 0, 1000, 20));
    expect(draws(1, 0, 1000, 20)).not.to.deep.equal(draws(2, 0, 1000, 20));
    expect(draws(1, 0, 1000, 20)).not.to.deep.equal(draws(1, 1, 1000, 20));
    expect(draws(0, 0, 1000, 20)).not.to.deep.equal(draws(4294967295, 0, 1000, 20));
  });

  it('are those of the published generator', () => {
    const state = Uint32Array.of(1, 2, 3, 4);
    const outputs = Array.from({ length: 6 }, () => xoshiro128(state));
    expect(outputs).to.deep.equal([11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
  });

  it('are spread evenly below their bound', () => {
    const counts = Array.from<number>({ length: 7 }).fill(0);
    for (const drawn of draws(3, 0, 7, 70_000)) counts[drawn]++;
    // Six standard deviations of 10,000 are 556.
    for (const count of counts) expect(count).to.be.within(9_440, 10_560);
    expect(new Set(draws(5, 0, 1, 10))).to.deep.equal(new Set([0]));
  });
});
