import { expect } from 'chai';
import fc from 'fast-check';

import { floatBelow, quantileBins } from '../../../../src/estimators/core/boosting/quantile-bins.js';

const table = fc
  .array(fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 12 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((pairs) => [...new Map(pairs.map(([value, count]) => [value + 0, count]))].toSorted(([a], [b]) => a - b));

const binOf = (edges: readonly number[], value: number) => edges.filter((edge) => edge < value).length;

/** The values that begin bins, but for the first one. */
const startsOf = (edges: readonly number[], values: readonly number[]) =>
  values.filter((value, i) => i > 0 && binOf(edges, value) > binOf(edges, values[i - 1]));

describe('The bins at quantiles', () => {
  it('begin with values that occur, part them right below, and are one for each value where they may be', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 12 }), (pairs, maxBins) => {
        const values = pairs.map(([value]) => value);
        const counts = pairs.map(([, count]) => count);
        const edges = quantileBins(Float64Array.from(values), Uint32Array.from(counts), maxBins);
        const starts = startsOf(edges, values);
        expect(edges).to.deep.equal(starts.map(floatBelow));
        expect(edges).to.have.length.below(maxBins);
        if (values.length <= maxBins) expect(starts).to.deep.equal(values.slice(1));
      }),
      { numRuns: 500 },
    );
  });

  it('share the rows out: between its first and its last value, none has much more than its part', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 2, max: 12 }), (pairs, maxBins) => {
        const values = pairs.map(([value]) => value);
        const counts = pairs.map(([, count]) => count);
        const edges = quantileBins(Float64Array.from(values), Uint32Array.from(counts), maxBins);
        const part = counts.reduce((sum, count) => sum + count, 0) / maxBins;
        for (let bin = 0; bin <= edges.length; bin++) {
          const inside = pairs.filter(([value]) => binOf(edges, value) === bin).slice(1, -1);
          expect(inside.reduce((sum, [, count]) => sum + count, 0)).to.be.at.most(1.5 * part);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are none of nothing', () => {
    expect(quantileBins(new Float64Array(0), new Uint32Array(0), 4)).to.deep.equal([]);
  });

  it('are cut at the next number of single precision', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-3e38) }), (value) => {
        const below = floatBelow(value);
        expect(below).to.be.below(value);
        expect(below).to.equal(Math.fround(below));
        // Nothing of single precision lies between them.
        const middle = Math.fround(below / 2 + value / 2);
        expect(middle === below || middle === value).to.equal(true);
      }),
    );
  });
});
