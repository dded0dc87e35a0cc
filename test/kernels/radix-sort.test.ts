import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 5e-324, -5e-324, Infinity, -Infinity),
);

describe('The sort of numbers', () => {
  it('puts them in order, and counts how often each occurs', () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 300 }), (values) => {
        const n = values.length;
        const workspace = new Workspace(2 * Workspace.sizeOf(n, 8) + Workspace.sizeOf(n, 4));
        const [sorted, spare, counts] = [workspace.f64(n), workspace.f64(n), workspace.u32(n)];
        sorted.set(values);
        workspace.kernels.sortNumbers(sorted.address, n, spare.address);
        const expected = values.toSorted((a, b) => a - b);
        expect([...sorted].map((value) => value + 0)).to.deep.equal(expected.map((value) => value + 0));

        const nDistinct = workspace.kernels.countDistinct(sorted.address, n, counts.address);
        const distinct = [...new Set(expected.map((value) => value + 0))];
        expect([...sorted.subarray(0, nDistinct)].map((value) => value + 0)).to.deep.equal(distinct);
        expect([...counts.subarray(0, nDistinct)]).to.deep.equal(
          distinct.map((value) => values.filter((other) => other === value).length),
        );
      }),
    );
  });
});
