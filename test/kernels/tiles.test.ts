import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const value = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(NaN, 0, -0, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity),
);
const edge = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.double({ noNaN: true, noDefaultInfinity: true }));

for (const [what, binBytes, mostEdges] of [
  ['byte bins', 1, 255],
  ['wide bins', 2, 1000],
] as const) {
  describe(`The placing of ${what}`, () => {
    it('counts the edges below each value, and knows missing values', () => {
      const edges = fc
        .uniqueArray(edge, { maxLength: mostEdges, comparator: (a, b) => a === b })
        .map((list) => list.toSorted((a, b) => a - b));
      fc.assert(
        fc.property(
          fc.array(value, { minLength: 1, maxLength: 40 }),
          edges,
          fc.integer({ min: 1, max: 5 }),
          fc.constantFrom(4, 8),
          (values, cuts, nFeatures, width) => {
            const n = values.length;
            const column = nFeatures - 1;
            const lane = width - 1;
            const places = 2 ** Math.ceil(Math.log2(cuts.length + 1));
            const workspace = new Workspace(4096 + 8 * (n * nFeatures + places) + 2 * n * width);
            const x = workspace.f64(n * nFeatures);
            values.forEach((of, row) => (x[row * nFeatures + column] = of));
            const placed = workspace.f64(places);
            placed.fill(Infinity);
            placed.set(cuts);
            const tile = binBytes === 1 ? workspace.u8(n * width) : workspace.u16(n * width);
            tile.fill(17);
            const { kernels } = workspace;
            (binBytes === 1 ? kernels.placeBins8 : kernels.placeBins16)(
              x.address + column * 8,
              n,
              nFeatures,
              placed.address,
              places - 1,
              200,
              tile.address + lane * binBytes,
              width * binBytes,
            );
            const binOf = (of: number) => (Number.isNaN(of) ? 200 : cuts.filter((cut) => cut < of).length);
            const expected = values.flatMap((of) => [...Array<number>(width - 1).fill(17), binOf(of)]);
            expect([...tile]).to.deep.equal(expected);
          },
        ),
      );
    });
  });
}

describe('The placing of categories', () => {
  it('gives the first ones bins of their own, and tells missing, rare and unseen ones', () => {
    const category = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 70_000 }), fc.constant(NaN));
    fc.assert(
      fc.property(
        fc.array(category, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 65_534 }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 5 }),
        (values, most, more, apart, nFeatures) => {
          const n = values.length;
          for (const binBytes of [1, 2] as const) {
            const kept = binBytes === 1 ? (most % 254) + 1 : most;
            const all = kept + more;
            const unseen = kept + (apart ? 1 : 0);
            const workspace = new Workspace(4096 + 8 * n * nFeatures + 12 * n);
            const x = workspace.f64(n * nFeatures).fill(3);
            values.forEach((of, row) => (x[row * nFeatures + nFeatures - 1] = of));
            const bins = binBytes === 1 ? workspace.u8(4 * n) : workspace.u16(4 * n);
            bins.fill(17);
            const { kernels } = workspace;
            (binBytes === 1 ? kernels.placeCategories8 : kernels.placeCategories16)(
              x.address + (nFeatures - 1) * 8,
              n,
              nFeatures,
              kept,
              all,
              unseen,
              bins.address + 2 * binBytes,
              4 * binBytes,
            );
            const binOf = (of: number) => (of < kept ? of : of >= all ? unseen : kept);
            expect([...bins]).to.deep.equal(values.flatMap((of) => [17, 17, binOf(of), 17]));
          }
        },
      ),
    );
  });
});
