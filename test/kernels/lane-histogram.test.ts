import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

describe('Histograms over four features side by side', () => {
  it('sum up the pairs of some rows by their bins', () => {
    const row = fc.record({
      bins: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 4, maxLength: 4 }),
      pair: fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 9 })),
      isIn: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (given) => {
        const workspace = new Workspace(1 << 14);
        const tile = workspace.u8(4 * given.length);
        given.forEach(({ bins }, i) => tile.set(bins, 4 * i));
        // From the last one on: rows come in any order.
        const inside = [...given.keys()].filter((i) => given[i].isIn).toReversed();
        const rows = workspace.u32(given.length);
        rows.set(inside);
        const pairs = workspace.f32(2 * given.length);
        inside.forEach((i, at) => pairs.set(given[i].pair, 2 * at));
        const histograms = workspace.f64(4 * 16 * 2).fill(1);
        workspace.kernels.addLanes(tile.address, rows.address, inside.length, pairs.address, histograms.address);
        for (let lane = 0; lane < 4; lane++) {
          for (let bin = 0; bin < 16; bin++) {
            const own = inside.filter((i) => given[i].bins[lane] === bin);
            for (const half of [0, 1] as const) {
              const sum = own.reduce((total, i) => total + given[i].pair[half], 1);
              expect(histograms[2 * (16 * lane + bin) + half]).to.equal(sum);
            }
          }
        }
      }),
    );
  });
});
