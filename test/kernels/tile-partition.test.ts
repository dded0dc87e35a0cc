import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const NO_BIN = 0xffff_ffff;

for (const [what, binBytes, most] of [
  ['byte bins', 1, 255],
  ['wide bins', 2, 65_535],
] as const) {
  describe(`The partition of rows in tiles of ${what}`, () => {
    it('moves the rows of low bins, and of one other bin if asked, to the front, in their order', () => {
      const bin = fc.oneof(fc.integer({ min: 0, max: most }), fc.constantFrom(0, 1, 127, 128, 254, 255, most));
      fc.assert(
        fc.property(
          fc.array(fc.tuple(bin, fc.boolean()), { maxLength: 150 }),
          bin,
          fc.option(bin, { nil: NO_BIN }),
          fc.constantFrom(4, 8),
          (table, cut, alsoLeft, width) => {
            const n = table.length;
            const workspace = new Workspace(1024 + n * (width * binBytes + 8));
            const tile = binBytes === 1 ? workspace.u8(n * width) : workspace.u16(n * width);
            const lane = width - 2;
            // The other features of the tile would send all rows the other way.
            table.forEach(([of], row) => tile.fill(of <= cut ? most : 0, row * width, (row + 1) * width));
            table.forEach(([of], row) => (tile[row * width + lane] = of));
            // Some of the rows, and in any order.
            const order = table.flatMap(([, isIn], row) => (isIn ? [row] : [])).toReversed();
            const rows = workspace.u32(n);
            const spare = workspace.u32(n);
            rows.fill(77);
            rows.set(order);
            const { kernels } = workspace;
            const nLeft = (binBytes === 1 ? kernels.partitionTile8 : kernels.partitionTile16)(
              rows.address,
              order.length,
              tile.address + lane * binBytes,
              width * binBytes,
              cut,
              alsoLeft,
              spare.address,
            );
            const goesLeft = (row: number) => table[row][0] <= cut || table[row][0] === alsoLeft;
            expect(nLeft).to.equal(order.filter(goesLeft).length);
            const expected = [...order.filter(goesLeft), ...order.filter((row) => !goesLeft(row))];
            expect([...rows]).to.deep.equal([...expected, ...Array<number>(n - order.length).fill(77)]);
          },
        ),
      );
    });

    it('does so beyond one block of rows', () => {
      const n = 2_500;
      const bins = Array.from({ length: n }, (_, row) => (row * 7_919) % (most + 1));
      const workspace = new Workspace(1024 + n * (binBytes + 8));
      const column = binBytes === 1 ? workspace.u8(n) : workspace.u16(n);
      column.set(bins);
      const [rows, spare] = [workspace.u32(n), workspace.u32(n)];
      rows.set([...bins.keys()]);
      const { kernels } = workspace;
      const partition = binBytes === 1 ? kernels.partitionTile8 : kernels.partitionTile16;
      const cut = most >> 1;
      const nLeft = partition(rows.address, n, column.address, binBytes, cut, NO_BIN, spare.address);
      const sides = [true, false].map((left) => [...bins.keys()].filter((row) => bins[row] <= cut === left));
      expect(nLeft).to.equal(sides[0].length);
      expect([...rows]).to.deep.equal(sides.flat());
    });
  });
}
