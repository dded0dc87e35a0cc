import { expect } from 'chai';
import fc from 'fast-check';
import { nthSmallest } from '../../../src/estimators/core/nth-smallest.js';
import { runThrough } from '../../../src/estimators/in-parts.js';

describe('The n-th smallest value', () => {
  it('is the one that stands there when they are sorted', () => {
    const value = fc.oneof(
      fc.double({ min: 0, noNaN: true }),
      // Alike in their first bits.
      fc.integer({ min: 0, max: 9 }).map((i) => 1000 + i * 2 ** -40),
      fc.constantFrom(0, Number.MIN_VALUE, Infinity),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.nat(), (list, draw) => {
        const values = Float64Array.from(list, (each) => Math.abs(each));
        const n = draw % values.length;
        expect(runThrough(nthSmallest(values, n))).to.equal(values.toSorted()[n]);
      }),
    );
  });

  it('is found among more than are gone through at a time', () => {
    const values = Float64Array.from({ length: 100_001 }, (_, i) => (i * 7919) % 100_001);
    expect(runThrough(nthSmallest(values, 0))).to.equal(0);
    expect(runThrough(nthSmallest(values, 70_000))).to.equal(70_000);
    expect(runThrough(nthSmallest(values, 100_000))).to.equal(100_000);
  });
});
