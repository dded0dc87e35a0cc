import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { streamOf } from './split-mix.js';

const size = fc.integer({ min: 0, max: 200 });
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('The sampling of rows and features', () => {
  it('draws each row with its share of chances, and keeps both sides in order', () => {
    const share = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 5e-324));
    fc.assert(
      fc.property(size, share, seed, seed, (n, of, first, stream) => {
        const workspace = new Workspace(1024 + 2 * Workspace.sizeOf(n, 4));
        const random = workspace.f64(1);
        const [drawn, rest] = [workspace.u32(n), workspace.u32(n)];
        workspace.kernels.seedRandom(random.address, first, stream);
        const nDrawn = workspace.kernels.drawShare(random.address, n, of, drawn.address, rest.address);
        const next = streamOf(first, stream);
        const isDrawn = Array.from({ length: n }, () => Number(next() >> 11n) / 2 ** 53 < of);
        expect([...drawn.subarray(0, nDrawn)]).to.deep.equal(isDrawn.flatMap((is, row) => (is ? [row] : [])));
        expect([...rest.subarray(0, n - nDrawn)]).to.deep.equal(isDrawn.flatMap((is, row) => (is ? [] : [row])));
      }),
    );
  });

  it('draws items without replacement, as a shuffle that ends early', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 9999 })), fc.nat(), seed, (items, some, stream) => {
        const n = items.length;
        const count = n === 0 ? 0 : some % (n + 1);
        const workspace = new Workspace(1024 + Workspace.sizeOf(n, 4));
        const random = workspace.f64(1);
        const placed = workspace.u32(n);
        placed.set(items);
        workspace.kernels.seedRandom(random.address, 3, stream);
        workspace.kernels.drawItems(random.address, placed.address, n, count);
        const next = streamOf(3, stream);
        const left = items.slice();
        for (let i = 0; i < count; i++) {
          const at = i + Number(((next() >> 32n) * BigInt(n - i)) >> 32n);
          [left[i], left[at]] = [left[at], left[i]];
        }
        expect([...placed]).to.deep.equal(left);
      }),
    );
  });

  it('lists all rows', () => {
    const workspace = new Workspace(1024);
    const rows = workspace.u32(8);
    for (const n of [0, 1, 7]) {
      rows.fill(99);
      workspace.kernels.listRows(n, rows.address);
      expect([...rows]).to.deep.equal(Array.from({ length: 8 }, (_, row) => (row < n ? row : 99)));
    }
  });
});
