import { expect } from 'chai';
import fc from 'fast-check';

import { rowOrder } from '../../../../src/estimators/core/linear/row-order.js';

describe('The order of training rows', () => {
  it('has every row once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (n) => {
        expect(rowOrder(n).toSorted()).to.deep.equal(Uint32Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  it('leaves out rows without weight', () => {
    const weights = Float64Array.from({ length: 50 }, (_, i) => i % 2);
    expect(rowOrder(50, weights).toSorted()).to.deep.equal(Uint32Array.from({ length: 25 }, (_, i) => 2 * i + 1));
  });

  it('spreads each beginning evenly', () => {
    const beginning = rowOrder(80_000).subarray(0, 10_000);
    for (let part = 0; part < 10; part++) {
      const share = beginning.filter((row) => Math.floor(row / 8000) === part).length;
      expect(share).to.be.within(950, 1050);
    }
  });
});
