import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';
import { type DrawnTree, drawnTrees, leafOf } from '../estimators/core/boosting/drawn-tree.js';

const NODE_WORDS = 8;
const WIDTH = 4;
const NO_BIN = 0xffff_ffff;

/** The nodes of a tree, the root first; missing values are in the bin `missing`. */
function nodesOf(tree: DrawnTree, binsAt: (feature: number) => number, rowBytes: number, missing: number) {
  const nodes: { words: number[]; value: number }[] = [];
  const write = (of: DrawnTree): number => {
    const number = nodes.length;
    const node = { words: [0, 0, 0, 0, number, 0], value: 0 };
    nodes.push(node);
    if ('leaf' in of) {
      node.value = of.leaf;
      return number;
    }
    const alsoLeft = of.missingLeft ? missing : NO_BIN;
    node.words = [binsAt(of.feature), rowBytes, of.threshold, alsoLeft, write(of.left), write(of.right)];
    return number;
  };
  write(tree);
  return nodes;
}

for (const [what, binBytes, missing] of [
  ['byte bins', 1, 255],
  ['wide bins', 2, 65_535],
] as const) {
  describe(`The walk of rows through a tree by their ${what}`, () => {
    const bin = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constantFrom(127, 128, missing - 1));
    const split = fc.record({ feature: fc.nat(WIDTH - 1), threshold: bin, missingLeft: fc.boolean() });
    const row = fc.array(fc.oneof({ arbitrary: bin, weight: 4 }, fc.constant(NaN)), {
      minLength: WIDTH,
      maxLength: WIDTH,
    });

    it('adds the leaves that they reach to their scores: of the first rows, and of those listed', () => {
      fc.assert(
        fc.property(
          drawnTrees(split),
          fc.array(fc.tuple(row, fc.boolean()), { minLength: 1, maxLength: 30 }),
          fc.boolean(),
          fc.nat(30),
          (tree, table, listed, most) => {
            const n = table.length;
            const rowBytes = WIDTH * binBytes;
            const tileBytes = n * rowBytes;
            const nNodes = nodesOf(tree, () => 0, 0, 0).length;
            const workspace = new Workspace(1024 + tileBytes + n * 8 + nNodes * NODE_WORDS * 4);
            const tile = binBytes === 1 ? workspace.u8(n * WIDTH) : workspace.u16(n * WIDTH);
            tile.set(table.flatMap(([bins]) => bins.map((of) => (Number.isNaN(of) ? missing : of))));
            const words = workspace.u32(nNodes * NODE_WORDS);
            const values = new Float32Array(words.buffer, words.byteOffset, words.length);
            const binsAt = (feature: number) => tile.address + feature * binBytes;
            nodesOf(tree, binsAt, rowBytes, missing).forEach((node, number) => {
              words.set(node.words, number * NODE_WORDS);
              values[number * NODE_WORDS + 6] = node.value;
            });
            const scores = workspace.f32(n);
            scores.set(table.map((_, i) => i / 4));
            const chosen = table.flatMap(([, isIn], i) => ((listed ? isIn : i < most) ? [i] : [])).toReversed();
            const rows = workspace.u32(n);
            rows.set(chosen);

            const { addWalked8, addWalked16 } = workspace.kernels;
            const walk = binBytes === 1 ? addWalked8 : addWalked16;
            walk(words.address, listed ? rows.address : 0, chosen.length, scores.address);
            const expected = table.map(([of], i) => i / 4 + (chosen.includes(i) ? leafOf(tree, of) : 0));
            expect([...scores]).to.deep.equal(expected);
          },
        ),
      );
    });
  });
}

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
