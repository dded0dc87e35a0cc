import { expect } from 'chai';
import fc from 'fast-check';

import { type BinnedFeature, binsOf } from '../../../../src/estimators/core/boosting/binned-feature.js';
import { histogramAt, tileLayout } from '../../../../src/estimators/core/boosting/tile-layout.js';

const SUM_BYTES = 16;

/** Features of so many bins. */
function featuresOf(bins: readonly number[]): BinnedFeature[] {
  return bins.map((nBins, column) => ({ column, edges: [...Array(nBins - 1).keys()], hasMissing: false }));
}

/** Whether stretches, each with its begin and its length, lie apart from each other, and before `end`. */
function lieApart(stretches: readonly (readonly [number, number])[], end: number): boolean {
  const sorted = stretches.toSorted(([a], [b]) => a - b);
  return sorted.every(([begin, length], i) => begin >= 0 && begin + length <= (sorted[i + 1]?.[0] ?? end));
}

describe('The layout of bins and histograms', () => {
  const bins = fc.array(fc.oneof(fc.integer({ min: 2, max: 256 }), fc.integer({ min: 257, max: 3_000 })), {
    maxLength: 30,
  });

  it('has room for each feature, of bytes where these are enough, whatever the others need', () => {
    fc.assert(
      fc.property(bins, (given) => {
        const features = featuresOf(given);
        const layout = tileLayout(features);
        const { places, rowBytes, histogramBytes } = layout;
        places.forEach(({ binBytes }, feature) => expect(binBytes).to.equal(given[feature] <= 256 ? 1 : 2));
        const inRows = places.map(({ bytesBefore, binBytes }) => [bytesBefore, binBytes] as const);
        expect(lieApart(inRows, rowBytes)).to.equal(true);
        expect(rowBytes % 4).to.equal(0);
        const sums = features.map((of, i) => [histogramAt(layout, i), binsOf(of) * SUM_BYTES] as const);
        expect(lieApart(sums, histogramBytes)).to.equal(true);
        // A feature of many bins costs no other one anything.
        const narrow = tileLayout(features.filter((of) => binsOf(of) <= 256));
        const wide = given.filter((nBins) => nBins > 256);
        const ofWide = wide.reduce((sum, nBins) => sum + (nBins + (nBins % 2)) * SUM_BYTES, 0);
        expect(histogramBytes).to.equal(narrow.histogramBytes + ofWide);
        expect(rowBytes).to.be.within(narrow.rowBytes + 2 * wide.length, narrow.rowBytes + 2 * wide.length + 3);
      }),
    );
  });
});
