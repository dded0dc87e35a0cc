import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

/** Applies a kernel to numbers, filled up to 4. */
function through(
  kernel: 'exponentials32' | 'exponentials64' | 'logarithms32' | 'logarithms64',
  values: readonly number[],
): number[] {
  const workspace = new Workspace(1024);
  const array = kernel.endsWith('32') ? workspace.f32(4) : workspace.f64(4);
  array.fill(1);
  array.set(values);
  workspace.kernels[kernel](array.address, 4);
  return Array.from(array.subarray(0, values.length));
}

const relative = (value: number, expected: number) => Math.abs(value - expected) / Math.abs(expected);

describe('The exponential kernel', () => {
  it('is exp within two units of the last place, in either precision', () => {
    fc.assert(
      fc.property(fc.double({ min: -79, max: 88, noNaN: true }), (x) => {
        const single = Math.fround(x);
        expect(relative(through('exponentials32', [single])[0], Math.exp(single))).to.be.below(2 ** -22);
        expect(relative(through('exponentials64', [x])[0], Math.exp(x))).to.be.below(2 ** -51);
      }),
      { numRuns: 500 },
    );
    for (const x of [-699, -300, 300, 708]) {
      expect(relative(through('exponentials64', [x])[0], Math.exp(x))).to.be.below(2 ** -50);
    }
  });

  it('is 1 at 0, and 0 where products would be denormals', () => {
    expect(through('exponentials32', [0, -0, -80.1, -1e30])).to.deep.equal([1, 1, 0, 0]);
    expect(through('exponentials64', [0, -0, -701, -1e300])).to.deep.equal([1, 1, 0, 0]);
  });
});

describe('The logarithm kernel', () => {
  it('is log within a few units of the last place, in either precision', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (x) => {
        const single = Math.fround(x);
        expect(Math.abs(through('logarithms32', [single])[0] - Math.log(single))).to.be.below(
          2 ** -23 * Math.max(1, Math.log(single)),
        );
        expect(Math.abs(through('logarithms64', [x])[0] - Math.log(x))).to.be.below(
          2 ** -52 * Math.max(1, Math.log(x)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is 0 at 1', () => {
    expect(through('logarithms32', [1])).to.deep.equal([0]);
    expect(through('logarithms64', [1])).to.deep.equal([0]);
  });
});
