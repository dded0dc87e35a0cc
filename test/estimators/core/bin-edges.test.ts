import { expect } from 'chai';
import fc from 'fast-check';

import { between, binEdges } from '../../../src/estimators/core/bin-edges.js';

const value = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324, 1e-310, 0, -0, 1, 1 + Number.EPSILON),
);
/** A sum with 0 makes -0 the 0 that it equals. */
const distinctOf = (given: number[]) => {
  const all = given.map((x) => x + 0);
  const values = Float64Array.from(new Set(all)).toSorted();
  return { values, counts: Uint32Array.from(values, (one) => all.filter((x) => x === one).length) };
};
const binOf = (edges: number[], x: number) => edges.filter((edge) => edge < x).length;

describe('The edges between bins', () => {
  it('lie between neighbouring values, so that few distinct values have a bin each', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        const edges = binEdges(distinctOf(values));
        const distinct = [...distinctOf(values).values];
        expect(edges).to.have.length(distinct.length - 1);
        distinct.forEach((x, i) => expect(binOf(edges, x)).to.equal(i));
      }),
    );
  });

  it('share many values out evenly, and leave a frequent value alone', () => {
    const many = Array.from({ length: 1000 }, (_, i) => (i < 600 ? 5 : i));
    const edges = binEdges(distinctOf(many), 9);
    expect(edges).to.have.length(8);
    const sizes = Array.from<number>({ length: 9 }).fill(0);
    many.forEach((x) => sizes[binOf(edges, x)]++);
    expect(sizes).to.deep.equal([600, 50, 50, 50, 50, 50, 50, 50, 50]);
  });

  it('are never more than there may be, and use all that there may', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (values, maxBins) => {
        const distinct = distinctOf(values);
        const edges = binEdges(distinct, maxBins);
        expect(edges).to.have.length(Math.max(0, Math.min(maxBins, distinct.values.length) - 1));
        expect(edges).to.deep.equal([...edges].toSorted((a, b) => a - b));
      }),
    );
  });

  it('are halfway, and never at the upper value', () => {
    expect(between(1, 4)).to.equal(2.5);
    expect(between(-Number.MAX_VALUE, Number.MAX_VALUE)).to.equal(0);
    expect(between(1, 1 + Number.EPSILON)).to.equal(1);
    expect(between(5e-324, 1e-323)).to.equal(5e-324);
  });
});
