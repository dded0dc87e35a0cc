import { expect } from 'chai';
import fc from 'fast-check';

import { floatBelow, quantileBins } from '../../../../src/estimators/core/boosting/quantile-bins.js';

/**
 * The values that begin bins: of all values, sorted, cut k is at the first value
 * up to which there are more than the k-th part of them, and which is above the
 * cut before.
 */
function naiveStarts(values: readonly number[], counts: readonly number[], maxBins: number): number[] {
  if (values.length <= maxBins) return values.slice(1);
  const all = values.flatMap((value, i) => Array<number>(counts[i]).fill(value));
  const starts: number[] = [];
  for (let k = 1; k < maxBins; k++) {
    const start = values.find(
      (value) =>
        value > (starts.at(-1) ?? values[0]) &&
        all.filter((other) => other <= value).length > (k * all.length) / maxBins,
    );
    if (start === undefined) break;
    starts.push(start);
  }
  return starts;
}

const table = fc
  .array(fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 12 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((pairs) => [...new Map(pairs.map(([value, count]) => [value + 0, count]))].toSorted(([a], [b]) => a - b));

describe('The bins at quantiles', () => {
  it('begin where they are told to, and part the values right below', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 12 }), (pairs, maxBins) => {
        const values = pairs.map(([value]) => value);
        const counts = pairs.map(([, count]) => count);
        const edges = quantileBins(Float64Array.from(values), Uint32Array.from(counts), maxBins);
        const binOf = (value: number) => edges.filter((edge) => edge < value).length;
        const starts = values.filter((value, i) => i > 0 && binOf(value) > binOf(values[i - 1]));
        expect(starts).to.deep.equal(naiveStarts(values, counts, maxBins));
        expect(edges).to.deep.equal(starts.map(floatBelow));
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
