import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

describe('The scores of the rows of a leaf', () => {
  it('get what it adds', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (isIn) => {
        const workspace = new Workspace(1024);
        const scores = workspace.f32(40);
        const rows = workspace.u32(40);
        scores.set(isIn.map((_, i) => i));
        const chosen = isIn.flatMap((is, i) => (is ? [i] : [])).toReversed();
        rows.set(chosen);
        workspace.kernels.addToScores(scores.address, rows.address, chosen.length, 0.5);
        expect([...scores.subarray(0, isIn.length)]).to.deep.equal(isIn.map((is, i) => (is ? i + 0.5 : i)));
      }),
    );
  });
});
