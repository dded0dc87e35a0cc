import { expect } from 'chai';
import fc from 'fast-check';

import { greedyLogSum } from '../../../../src/estimators/core/oblivious/greedy-log-sum.js';
import { logarithm } from '../../../../src/estimators/core/oblivious/logarithm.js';
import { naiveBorders } from './naive-oblivious.js';

const log = logarithm();

function borders(values: readonly number[], most: number): number[] {
  const counts = new Map<number, number>();
  for (const value of values.map(Math.fround)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const distinct = [...counts.keys()].toSorted((a, b) => a - b);
  const ofDistinct = Uint32Array.from(distinct, (value) => counts.get(value) ?? 0);
  return greedyLogSum(Float64Array.from(distinct), ofDistinct, most, log);
}

describe('The borders of a feature', () => {
  it('are those of the naive binarizer', () => {
    const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -3, max: 3, noNaN: true }).map(Math.fround)); // prettier-ignore
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 30 }), (of, most) => {
        expect(borders(of, most)).to.deep.equal(naiveBorders(of, most).map((border) => border + 0));
      }),
    );
  });

  it('part all values where they are few, and lie halfway between them', () => {
    expect(borders([5, 1, 1, 2, 5], 254)).to.deep.equal([1.5, 3.5]);
    expect(borders([7, 7, 7], 254)).to.deep.equal([]);
  });

  it('are no -0', () => {
    expect(Object.is(borders([-1, 1], 1)[0], 0)).to.equal(true);
  });

  it('part equal numbers of rows, and set frequent values apart', () => {
    const many = Array.from({ length: 1600 }, (_, i) => i);
    const cuts = borders(many, 15);
    expect(cuts).to.have.length(15);
    cuts.forEach((cut, i) => expect(cut).to.be.closeTo((i + 1) * 100, 2));
    const zeros = [...many, ...Array<number>(1600).fill(-1)];
    expect(borders(zeros, 1)).to.deep.equal([-0.5]);
  });
});
