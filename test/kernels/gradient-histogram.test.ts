import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const BINS = 300;

/** Sums up the pairs of rows by bin, as the kernels do, in their order. */
function naiveHistogram(bins: number[], rows: number[], pairs: ArrayLike<number>, nBins: number): number[] {
  const sums = Array.from<number>({ length: 2 * nBins }).fill(0);
  for (const row of rows) {
    sums[2 * bins[row]] += pairs[2 * row];
    sums[2 * bins[row] + 1] += pairs[2 * row + 1];
  }
  return sums;
}

/** Rows of bins below `nBins` with their pairs, and whether each is listed. */
function tables(width: number, nBins: number) {
  const row = fc.array(fc.integer({ min: 0, max: nBins - 1 }), { minLength: width, maxLength: width });
  const pair = fc.tuple(fc.integer({ min: -8, max: 8 }), fc.integer({ min: 0, max: 8 }));
  return fc.array(fc.tuple(row, pair, fc.boolean()), { minLength: 1, maxLength: 40 });
}

describe('The histograms of gradients', () => {
  for (const [what, width, binBytes] of [
    ['8 features of byte bins', 8, 1],
    ['4 features of byte bins', 4, 1],
    ['features of wide bins', 2, 2],
  ] as const) {
    it(`sum up the rows of each bin: ${what}, of all rows and of some`, () => {
      const nBins = binBytes === 1 ? 256 : BINS;
      fc.assert(
        fc.property(tables(width, nBins), fc.boolean(), (table, listed) => {
          const n = table.length;
          const bytes = width * nBins * 16;
          const workspace = new Workspace(bytes + n * (2 * (4 + width) * 2 + 8 + 8 + 4) + 256);
          // Each row has four bins more, which are not the tile's.
          const places = n * (4 + width);
          const bytesOf = () => (binBytes === 1 ? workspace.u8(places) : workspace.u16(places));
          const [placed, together] = [bytesOf(), bytesOf()];
          placed.set(table.flatMap(([bins]) => [7, 7, 7, 7, ...bins]));
          const rowBytes = (4 + width) * binBytes;
          const [pairs, gathered] = [workspace.f32(2 * n), workspace.f32(2 * n)];
          pairs.set(table.flatMap(([, of]) => of));
          const chosen = table.flatMap(([, , isIn], i) => (isIn || !listed ? [i] : []));
          const rows = workspace.u32(n);
          rows.set(chosen);
          const histograms = workspace.f64(bytes / 8);
          const { kernels } = workspace;
          kernels.gatherPairs(pairs.address, rows.address, chosen.length, gathered.address);
          kernels.gatherBins(placed.byteOffset, rowBytes, rows.address, chosen.length, together.byteOffset);
          const of = listed ? gathered.address : pairs.address;
          const first = (listed ? together : placed).byteOffset + 4 * binBytes;
          const at = (feature: number) => histograms.address + feature * nBins * 16;
          if (binBytes === 1) kernels.addTile(first, rowBytes, width, chosen.length, of, at(0));
          else for (const i of [0, 1]) kernels.addWide(first + i * 2, rowBytes, chosen.length, of, at(i));
          for (let feature = 0; feature < width; feature++) {
            const bins = table.map(([each]) => each[feature]);
            const found = histograms.subarray(2 * nBins * feature, 2 * nBins * (feature + 1));
            expect([...found]).to.deep.equal(naiveHistogram(bins, chosen, pairs, nBins));
          }
        }),
      );
    });
  }

  const sums = fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
    minLength: 1,
    maxLength: 40,
  });

  it('lose what those of a child hold, and nothing behind their end', () => {
    fc.assert(
      fc.property(sums, fc.nat(40), (bins, most) => {
        const n = Math.min(most, bins.length);
        const workspace = new Workspace(2048);
        const [parent, child] = [workspace.f64(2 * bins.length), workspace.f64(2 * bins.length)];
        parent.set(bins.flatMap(([a]) => [a, 2 * a]));
        child.set(bins.flatMap(([, b]) => [b, 3 * b]));
        workspace.kernels.subtractHistogram(parent.address, child.address, n * 16);
        const expected = bins.flatMap(([a, b], i) => (i < n ? [a - b, 2 * a - 3 * b] : [a, 2 * a]));
        expect([...parent]).to.deep.equal(expected);
        expect([...child]).to.deep.equal(bins.flatMap(([, b]) => [b, 3 * b]));
      }),
    );
  });

  it('are cleared as far as they reach', () => {
    fc.assert(
      fc.property(sums, fc.nat(40), (bins, most) => {
        const n = Math.min(most, bins.length);
        const workspace = new Workspace(1024);
        const histogram = workspace.f64(2 * bins.length);
        // None of them is 0.
        histogram.set(bins.flat().map((value) => value + 0.5));
        workspace.kernels.clearHistogram(histogram.address, n * 16);
        expect([...histogram]).to.deep.equal(bins.flat().map((value, i) => (i < 2 * n ? 0 : value + 0.5)));
      }),
    );
  });
});
