import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import type { BinnedFeature } from '../../../../src/estimators/core/boosting/binned-feature.js';
import { tileLayout } from '../../../../src/estimators/core/boosting/tile-layout.js';
import { BinPlacer, TiledRows } from '../../../../src/estimators/core/boosting/tiled-rows.js';

const value = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.float({ noDefaultInfinity: true }),
  fc.double({ noDefaultInfinity: true }),
);
const edges = (most: number) =>
  fc
    .uniqueArray(fc.integer({ min: -500, max: 500 }), { maxLength: most })
    .map((list) => list.map((edge) => edge / 100).toSorted((a, b) => a - b));

/** Rows of some columns, of which some have bins. */
const problem = fc.integer({ min: 1, max: 21 }).chain((nFeatures) =>
  fc.record({
    rows: fc.array(fc.array(value, { minLength: nFeatures, maxLength: nFeatures }), { minLength: 1, maxLength: 20 }),
    columns: fc.subarray([...Array(nFeatures).keys()]),
    cuts: fc.array(edges(12), { minLength: nFeatures, maxLength: nFeatures }),
    wide: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: nFeatures, maxLength: nFeatures }),
    single: fc.boolean(),
  }),
);

describe('The bins of rows in tiles', () => {
  it('are those of each value, at the place of its feature', () => {
    fc.assert(
      fc.property(problem, ({ rows, columns, cuts, wide, single }) => {
        const nRows = rows.length;
        const nFeatures = rows[0].length;
        const many = Array.from({ length: 299 }, (_, i) => i / 30 - 5);
        const features = columns.map((column, i): BinnedFeature => {
          const ofFeature = wide[i] === 0 ? many : cuts[i];
          return { column, edges: ofFeature, hasMissing: true };
        });
        const layout = tileLayout(features);
        features.forEach((_, number) => expect(layout.places[number].binBytes).to.equal(wide[number] === 0 ? 2 : 1));
        const workspace = new Workspace(TiledRows.bytes(nRows, layout) + BinPlacer.bytes(nFeatures, layout));
        const placer = new BinPlacer(workspace, layout, nFeatures, single);
        const tiled = new TiledRows(workspace, nRows, layout);
        placer.place({ x: Float64Array.from(rows.flat()), nRows, nFeatures }, tiled, () => undefined);
        const { buffer } = workspace.u8(0);
        features.forEach((feature, number) => {
          rows.forEach((row, i) => {
            const at = tiled.binAddress(number) + i * layout.rowBytes;
            const [found] = wide[number] === 0 ? new Uint16Array(buffer, at, 1) : new Uint8Array(buffer, at, 1);
            const of = single ? Math.fround(row[feature.column]) : row[feature.column];
            const below = feature.edges.filter((edge) => edge < of).length;
            expect(found).to.equal(Number.isNaN(of) ? feature.edges.length + 1 : below);
          });
        });
      }),
    );
  });

  it('are right beyond one block of rows', () => {
    const nRows = 3_001;
    const nFeatures = 11;
    const x = Float64Array.from({ length: nRows * nFeatures }, (_, i) => (i * 7_919) % 256);
    const columns = [...Array(nFeatures).keys()];
    const halves = Array.from({ length: 255 }, (_, i) => i + 0.5);
    const layout = tileLayout(columns.map((column) => ({ column, edges: halves, hasMissing: false })));
    const workspace = new Workspace(TiledRows.bytes(nRows, layout) + BinPlacer.bytes(nFeatures, layout));
    const placer = new BinPlacer(workspace, layout, nFeatures, false);
    const tiled = new TiledRows(workspace, nRows, layout);
    placer.place({ x, nRows, nFeatures }, tiled, () => undefined);
    for (const column of columns) {
      const { rowBytes } = layout;
      const bins = new Uint8Array(workspace.u8(0).buffer, tiled.binAddress(column), (nRows - 1) * rowBytes + 1);
      for (let row = 0; row < nRows; row++) {
        if (bins[row * rowBytes] !== x[row * nFeatures + column]) expect.fail(`row ${row}, column ${column}`);
      }
    }
  });
});
