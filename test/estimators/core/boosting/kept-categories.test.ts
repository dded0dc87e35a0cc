import { expect } from 'chai';

import { keptCategories } from '../../../../src/estimators/core/boosting/kept-categories.js';

/** How many of these categories LightGBM 4.7.0 keeps, as `feature_infos` of its models tell. */
function kept(counts: number[], nMissing = 0, maxBins = 255, minInBin = 3): number {
  return keptCategories(Uint32Array.from(counts), nMissing, maxBins, minInBin);
}

describe('The categories that have bins of their own', () => {
  it('are those that 99 % of the rows have, and the last one only with others', () => {
    expect(kept([60, 39, 1])).to.equal(2);
    expect(kept([995, 5])).to.equal(1);
    expect(kept([500, 491, 9])).to.equal(2);
    expect(kept([60, 39, 1], 0, 255, 1)).to.equal(2);
    expect(kept([50, 30, 20])).to.equal(3);
  });

  it('are all of them where values are missing, if they are not too rare', () => {
    expect(kept([995, 5], 1)).to.equal(2);
    expect(kept([500, 491, 9], 3)).to.equal(3);
    expect(kept([60, 39, 1], 1)).to.equal(2);
  });

  it('are the two most frequent ones however rare they are, and from the third one on none of too few rows', () => {
    expect(kept([1, 1, 1, 1, 1])).to.equal(2);
    expect(kept([1, 1, 1, 1, 1], 0, 255, 1)).to.equal(5);
    expect(kept([4, 3, 3, 2, 2])).to.equal(3);
  });

  it('are more than there may be bins, up to 99 % of the rows', () => {
    expect(kept(Array<number>(20).fill(50), 0, 5)).to.equal(20);
    expect(kept([985, 3, 3, 3, 3, 3], 0, 3)).to.equal(3);
    expect(kept([985, 3, 3, 3, 3, 3], 0, 4)).to.equal(3);
    expect(kept([985, 3, 3, 3, 3, 3], 0, 6)).to.equal(5);
  });
});
