import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import type { RowSampling } from '../../../../src/estimators/core/boosting/boosting-plan.js';
import { RowBag } from '../../../../src/estimators/core/boosting/row-bag.js';

function bagOf(nRows: number, sampling: RowSampling, seed: number) {
  const workspace = new Workspace(RowBag.bytes(nRows, sampling) + 64);
  const random = workspace.f64(1).address;
  const bag = new RowBag(workspace, nRows, sampling, random);
  const { buffer } = workspace.u8(0);
  return {
    /** Draws as boosting does, which begins a new stream with each iteration, and returns both sides. */
    draw: (iteration: number, tree: number): { rows: number[]; rest: number[] } => {
      if (tree === 0) workspace.kernels.seedRandom(random, seed, iteration);
      bag.draw(iteration, tree);
      const rows = new Uint32Array(nRows).fill(nRows);
      const count = bag.copyTo(rows);
      const { address, count: others } = bag.rest;
      return { rows: [...rows.subarray(0, count)], rest: [...new Uint32Array(buffer, address, others)] };
    },
  };
}

const size = fc.integer({ min: 1, max: 80 });
const seed = fc.nat();

describe('The rows of a tree', () => {
  it('are all of them where none are drawn, and their list is left alone', () => {
    const { draw } = bagOf(5, { share: 1, every: 'tree' }, 0);
    expect(draw(0, 0)).to.deep.equal({ rows: Array(5).fill(5), rest: [] });
  });

  it('and the others are all rows, each once, and at least one is drawn', () => {
    const share = fc.constantFrom(1e-9, 0.01, 0.3, 0.9, 0.999);
    fc.assert(
      fc.property(size, share, seed, (n, of, first) => {
        const { draw } = bagOf(n, { share: of, every: 'tree' }, first);
        for (let iteration = 0; iteration < 4; iteration++) {
          const { rows, rest } = draw(iteration, 0);
          expect(rows.length).to.be.at.least(1);
          expect([...rows, ...rest].toSorted((a, b) => a - b)).to.deep.equal([...Array(n).keys()]);
        }
      }),
    );
  });

  it('are as many as their share says, and each is as likely as another', () => {
    const n = 200;
    const drawn = Array<number>(n).fill(0);
    const { draw } = bagOf(n, { share: 0.25, every: 'tree' }, 11);
    for (let iteration = 0; iteration < 400; iteration++) for (const row of draw(iteration, 0).rows) drawn[row]++;
    // Six standard deviations.
    for (const times of drawn) expect(times).to.be.closeTo(100, 6 * Math.sqrt(75));
    expect(drawn.reduce((a, b) => a + b)).to.be.closeTo(20_000, 6 * Math.sqrt(15_000));
  });

  it('are drawn again for each tree, or stay for so many iterations', () => {
    const { draw } = bagOf(60, { share: 0.5, every: 'tree' }, 1);
    const trees = [draw(0, 0), draw(0, 1), draw(1, 0)].map(({ rows }) => rows.join());
    expect(new Set(trees).size).to.equal(3);

    const every = bagOf(60, { share: 0.5, every: 2 }, 1);
    const bags = [0, 1, 2, 3].flatMap((iteration) => [0, 1].map((tree) => every.draw(iteration, tree).rows.join()));
    expect(new Set(bags.slice(0, 4)).size).to.equal(1);
    expect(new Set(bags.slice(4)).size).to.equal(1);
    expect(bags[4]).not.to.equal(bags[0]);
  });
});
