import { expect } from 'chai';
import fc from 'fast-check';
import { Workspace } from '../../src/kernels/workspace.js';

describe('The kernel of the k nearest', () => {
  const distance = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, noNaN: true }));

  it('keeps what a sort keeps, in whatever order rows come', () => {
    const offers = fc.array(distance, { minLength: 1, maxLength: 200 }).chain((distances) =>
      fc.record({
        distances: fc.constant(distances),
        order: fc.shuffledSubarray([...distances.keys()], { minLength: distances.length }),
        k: fc.integer({ min: 1, max: distances.length }),
      }),
    );
    fc.assert(
      fc.property(offers, ({ distances, order, k }) => {
        const workspace = new Workspace(2 * Workspace.sizeOf(k, 8));
        const [kept, rows] = [workspace.f64(k).fill(Infinity), workspace.u32(k).fill(0xffffffff)];
        const [at, of] = [kept.byteOffset, rows.byteOffset];
        for (const row of order) workspace.kernels.offerNeighbour(at, of, k, distances[row], row);
        workspace.kernels.sortNeighbours(at, of, k);
        const expected = [...distances.keys()].toSorted((a, b) => distances[a] - distances[b] || a - b).slice(0, k);
        expect([...rows]).to.deep.equal(expected);
        expect([...kept]).to.deep.equal(expected.map((row) => distances[row]));
      }),
    );
  });

  it('tells whether a row was nearer', () => {
    const workspace = new Workspace(64);
    const [kept, rows] = [workspace.f64(1).fill(Infinity), workspace.u32(1).fill(0xffffffff)];
    const offer = (value: number, row: number) =>
      Boolean(workspace.kernels.offerNeighbour(kept.byteOffset, rows.byteOffset, 1, value, row));
    expect([offer(Infinity, 7), offer(2, 5), offer(2, 6), offer(2, 4), offer(3, 0)]).to.deep.equal([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
