import { expect } from 'chai';
import fc from 'fast-check';
import { binaryExponent } from '../../../src/estimators/core/binary-exponent.js';

describe('The binary exponent of a number', () => {
  it('is that of the power of two at or below it', () => {
    fc.assert(
      fc.property(fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true }), (value) => {
        const exponent = binaryExponent(value);
        expect(2 ** exponent).to.be.at.most(value);
        if (exponent < 1023) expect(2 ** (exponent + 1)).to.be.above(value);
        else expect(exponent).to.equal(1023);
      }),
    );
  });

  it('is exact at the powers of two, and at the ends of the range', () => {
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      expect(binaryExponent(2 ** exponent)).to.equal(exponent);
    }
    expect(binaryExponent(Number.MAX_VALUE)).to.equal(1023);
    expect(binaryExponent(1 - Number.EPSILON / 2)).to.equal(-1);
  });
});
