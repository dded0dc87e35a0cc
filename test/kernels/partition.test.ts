import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

describe('The partition of rows', () => {
  it('moves the rows of low bins, and the missing ones if asked, to the front with their samples, in their order', () => {
    const bin = fc.oneof(fc.integer({ min: 0, max: 254 }), fc.constant(255));
    fc.assert(
      fc.property(
        fc.array(bin, { maxLength: 70 }),
        fc.integer({ min: 0, max: 254 }),
        fc.boolean(),
        (bins, low, left) => {
          const n = bins.length;
          const bytes = 2 * Workspace.sizeOf(n, 4) + 2 * Workspace.sizeOf(n, 8) + Workspace.sizeOf(n, 1);
          const workspace = new Workspace(bytes);
          const column = workspace.u8(n);
          const rows = workspace.u32(n);
          const spareRows = workspace.u32(n);
          const samples = workspace.f64(n);
          const spareSamples = workspace.f64(n);
          column.set(bins);
          // Rows come in any order.
          const order = bins.map((_, i) => n - 1 - i);
          rows.set(order);
          const sampleOf = (row: number) => 0.5 + row;
          samples.set(order.map(sampleOf));
          const goesLeft = (row: number) => bins[row] <= low || (left && bins[row] === 255);
          const nLeft = workspace.kernels.partitionRows(
            rows.address,
            samples.address,
            n,
            column.address,
            low,
            left ? 255 : 256,
            spareRows.address,
            spareSamples.address,
          );
          expect(nLeft).to.equal(order.filter(goesLeft).length);
          const moved = [...order.filter(goesLeft), ...order.filter((row) => !goesLeft(row))];
          expect([...rows]).to.deep.equal(moved);
          expect([...samples]).to.deep.equal(moved.map(sampleOf));
        },
      ),
    );
  });
});
