import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const { kernels } = new Workspace(0);

describe('The binary logarithm', () => {
  it('is exact at powers of two', () => {
    for (let e = -1022; e <= 1023; e++) expect(kernels.log2(2 ** e)).to.equal(e);
  });

  it('is as good as the platform’s', () => {
    const positive = fc.double({ min: 2 ** -1022, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(positive, (x) => {
        const expected = Math.log2(x);
        expect(kernels.log2(x)).to.be.closeTo(expected, 4e-16 * Math.max(1, Math.abs(expected)));
      }),
      { numRuns: 5_000 },
    );
    for (let x = 1; x < 5_000; x++) expect(kernels.log2(x)).to.be.closeTo(Math.log2(x), 4e-15);
  });
});
