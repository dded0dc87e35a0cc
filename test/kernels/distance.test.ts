import { expect } from 'chai';
import fc from 'fast-check';
import { Workspace } from '../../src/kernels/workspace.js';
import { distanceOf } from '../support/naive-neighbours.js';

describe('The kernels of distance', () => {
  it('sum feature by feature, to the bit', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    const rows = fc
      .integer({ min: 1, max: 40 })
      .chain((n) => fc.tuple(...[0, 1].map(() => fc.array(value, { minLength: n, maxLength: n }))));
    fc.assert(
      fc.property(rows, ([first, second]) => {
        const n = first.length;
        const workspace = new Workspace(2 * Workspace.sizeOf(n, 8));
        const [a, b] = [workspace.f64(n), workspace.f64(n)];
        a.set(first);
        b.set(second);
        expect(workspace.kernels.squaredDistance(a.address, b.address, n)).to.equal(distanceOf(a, b, 2));
      }),
    );
  });
});
