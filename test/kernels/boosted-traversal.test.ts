import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { type DrawnTree, drawnTrees, leafOf } from '../estimators/core/boosting/drawn-tree.js';

const N_FEATURES = 3;
const LANES = 8;
const NODE_BYTES = 16;
const PLACE_BYTES = 64;

/** Missing values go to the first child, which here is the left one. */
const tree = drawnTrees(
  fc.record({
    feature: fc.nat(N_FEATURES - 1),
    threshold: fc.constantFrom(-2, -1, 0, 1, 2, Infinity),
    missingLeft: fc.constant(true),
  }),
);
const row = fc.array(fc.constantFrom(-3, -2, -1, -0, 0, 0.5, 1, 2, 3, Infinity, -Infinity, NaN), {
  minLength: N_FEATURES,
  maxLength: N_FEATURES,
});
const blocks = fc
  .integer({ min: 1, max: 3 })
  .chain((nBlocks) => fc.array(row, { minLength: nBlocks * LANES, maxLength: nBlocks * LANES }));

function countNodes(of: DrawnTree): number {
  return 'leaf' in of ? 1 : 1 + countNodes(of.left) + countNodes(of.right);
}

/** Trees, rows in blocks and outputs, as the kernels take them. */
function placed(trees: readonly DrawnTree[], rows: readonly (readonly number[])[], nOutputs: number) {
  const nNodes = trees.reduce((sum, each) => sum + countNodes(each), 0);
  const nPlaces = N_FEATURES + 1;
  const workspace = new Workspace(1024 + nNodes * (NODE_BYTES + 4) + rows.length * (nPlaces + nOutputs) * 8);

  const numbers = workspace.f64(2 * nNodes);
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, 4 * nNodes);
  let next = 0;
  const write = (of: DrawnTree, at: number): void => {
    if ('leaf' in of) {
      numbers[2 * at] = of.leaf;
      words.set([N_FEATURES * PLACE_BYTES, at * NODE_BYTES], 4 * at + 2);
      return;
    }
    const first = next;
    next += 2;
    numbers[2 * at] = of.threshold;
    words.set([of.feature * PLACE_BYTES, first * NODE_BYTES], 4 * at + 2);
    write(of.left, first);
    write(of.right, first + 1);
  };
  const roots = workspace.u32(trees.length);
  trees.forEach((each, t) => {
    const root = next++;
    roots[t] = root * NODE_BYTES;
    write(each, root);
  });

  const x = workspace.f64(rows.length * nPlaces).fill(NaN);
  rows.forEach((values, i) => {
    const lane = i % LANES;
    values.forEach((value, place) => (x[(i - lane) * nPlaces + place * LANES + lane] = value));
  });
  const outputs = workspace.f64(rows.length * nOutputs);
  outputs.forEach((_, i) => (outputs[i] = i / 4));
  return { workspace, nodes: numbers.byteOffset, roots: roots.address, x: x.byteOffset, nPlaces, outputs };
}

/** What the outputs become of `n` rows; of all others, what they were. */
function naive(trees: readonly DrawnTree[], rows: readonly (readonly number[])[], nOutputs: number, n: number) {
  return rows.flatMap((of, i) =>
    Array.from({ length: nOutputs }, (_, output) => {
      const before = (i * nOutputs + output) / 4;
      if (i >= n) return before;
      return trees.reduce((sum, each, t) => sum + (t % nOutputs === output ? leafOf(each, of) : 0), before);
    }),
  );
}

describe('The walk of blocks of rows through boosted trees', () => {
  // As many as the walk of one row takes at a time, and more, and fewer.
  const trees = fc.array(tree, { maxLength: 20 });
  const nOutputs = fc.integer({ min: 1, max: 4 });

  it('adds the leaves that each row reaches to its outputs, which trees take in turn', () => {
    fc.assert(
      fc.property(trees, blocks, nOutputs, (some, rows, n) => {
        const { workspace, nodes, roots, x, nPlaces, outputs } = placed(some, rows, n);
        workspace.kernels.walkBoostedBatch(
          x,
          rows.length / LANES,
          nPlaces * PLACE_BYTES,
          nodes,
          roots,
          some.length,
          n,
          outputs.address,
        );
        expect([...outputs]).to.deep.equal(naive(some, rows, n, rows.length));
      }),
    );
  });

  it('adds the leaves that the first row of a block reaches, if that is all that is asked', () => {
    fc.assert(
      fc.property(trees, blocks, nOutputs, (some, rows, n) => {
        const { workspace, nodes, roots, x, outputs } = placed(some, rows, n);
        workspace.kernels.walkBoostedRow(x, nodes, roots, some.length, n, outputs.address);
        expect([...outputs]).to.deep.equal(naive(some, rows, n, 1));
      }),
    );
  });
});
