import { expect } from 'chai';
import fc from 'fast-check';
import { Workspace } from '../../src/kernels/workspace.js';
import { byDistance, nearestOf } from '../support/naive-neighbours.js';

describe('The kernel of the k nearest', () => {
  const distance = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.double({ min: 0, noNaN: true }));
  const offers = fc
    .array(distance, { minLength: 1, maxLength: 200 })
    .chain((distances) =>
      fc.record({ distances: fc.constant(distances), k: fc.integer({ min: 1, max: distances.length }) }),
    );

  it('keeps what a heap of the rows in their order keeps, and sorts it', () => {
    fc.assert(
      fc.property(offers, ({ distances, k }) => {
        const workspace = new Workspace(2 * Workspace.sizeOf(k, 8));
        const [kept, rows] = [workspace.f64(k).fill(Infinity), workspace.u32(k)];
        const [at, of] = [kept.byteOffset, rows.byteOffset];
        distances.forEach((value, row) => workspace.kernels.offerNeighbour(at, of, k, value, row));
        workspace.kernels.sortNeighbours(at, of, k);
        expect([...kept]).to.deep.equal([...kept].toSorted((a, b) => a - b));
        const found = Array.from(rows, (row, i) => ({ row, distance: kept[i] }));
        const points = distances.map((value) => [value]);
        expect(found.toSorted(byDistance)).to.deep.equal(nearestOf(points, [0], k, 1));
      }),
    );
  });

  it('tells whether a row was nearer', () => {
    const workspace = new Workspace(64);
    const [kept, rows] = [workspace.f64(1).fill(Infinity), workspace.u32(1)];
    const offer = (value: number, row: number) =>
      Boolean(workspace.kernels.offerNeighbour(kept.byteOffset, rows.byteOffset, 1, value, row));
    expect([offer(Infinity, 7), offer(Infinity, 8), offer(2, 5), offer(2, 4), offer(3, 0)]).to.deep.equal([
      true,
      false,
      true,
      false,
      false,
    ]);
    expect([kept[0], rows[0]]).to.deep.equal([2, 5]);
  });
});
