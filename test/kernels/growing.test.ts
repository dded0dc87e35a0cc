import { expect } from 'chai';
import fc from 'fast-check';

import type { GrowthLimits } from '../../src/estimators/core/growth-limits.js';
import { TreeGrower } from '../../src/estimators/core/tree-grower.js';
import { Workspace } from '../../src/kernels/workspace.js';
import { bestGain, type BinnedRows, classWeights, gainOf, sum, walkTree, weightedImpurity } from './naive-splits.js';

const NO_LIMIT = 0xffff_ffff;
const unlimited: GrowthLimits = {
  entropy: false,
  maxFeatures: 1,
  maxDepth: NO_LIMIT,
  maxLeaves: 0,
  minSplit: 2,
  minLeaf: 1,
  minWeightFraction: 0,
  minDecrease: 0,
};

/** Grows a tree; a split's threshold is encoded as low + high / 1000. */
function grow(
  data: BinnedRows,
  limits: Partial<GrowthLimits> = {},
  seed = 1,
  { budget = 1e6, pause = (): unknown => undefined } = {},
) {
  const nFeatures = data.bins.length;
  const nRows = data.y.length;
  const all = { ...unlimited, maxFeatures: nFeatures, ...limits };
  const size = { nRows, nFeatures, nClasses: data.nClasses, limits: all };
  const workspace = new Workspace(TreeGrower.bytes(size) + Workspace.sizeOf(nRows * nFeatures, 1));
  const columns = workspace.u8(nRows * nFeatures);
  columns.set(data.bins.flat());
  const features = { columns, threshold: (_: number, low: number, high: number) => low + high / 1000 };
  const grower = new TreeGrower(workspace, size, features, Int32Array.from(data.y), budget);
  grower.weights.set(data.weights);
  workspace.kernels.seedRandom(grower.random, seed, 0);
  return grower.grow(pause);
}

type Tree = ReturnType<typeof grow>;

const cutOf = (tree: Tree) => (node: number) => {
  const low = Math.floor(tree.threshold(node));
  return { low, high: Math.round((tree.threshold(node) - low) * 1000) };
};

/** Random tables: few and many rows, bins and classes, weights of 0 and above. */
const tables = fc
  .record({
    nRows: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 200, max: 700 })),
    nFeatures: fc.integer({ min: 1, max: 4 }),
    nClasses: fc.oneof(fc.constant(2), fc.integer({ min: 1, max: 6 })),
    nBins: fc.constantFrom(1, 2, 5, 255),
    missing: fc.constantFrom(0, 0, 0.3, 1),
    heavy: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ nRows, nFeatures, nClasses, nBins, missing, heavy, seed }): BinnedRows => {
    let state = seed;
    const next = () => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
      return ((state ^ (state >>> 12)) >>> 0) / 2 ** 32;
    };
    const rows = Array.from({ length: nRows });
    const cell = () => (next() < missing ? 255 : Math.floor(next() * nBins));
    const bins = Array.from({ length: nFeatures }, () => rows.map(cell));
    const y = rows.map((_, row) => Math.floor((next() < 0.5 ? next() : bins[0][row] / 256) * nClasses));
    const weights = rows.map(() => Math.floor(next() * 4) * (heavy ? 40_000 : 1));
    if (sum(weights) === 0) weights[0] = 1;
    return { bins, y, weights, nClasses };
  });

const close = (value: number, expected: number, scale: number) => {
  expect(value).to.be.closeTo(expected, 1e-9 * Math.max(1, scale));
};

function expectLeaf(tree: Tree, data: BinnedRows, node: number, rows: number[]): void {
  const expected = classWeights(data, rows);
  const present = expected.flatMap((weight, label) => (weight > 0 ? [[label, weight]] : []));
  const entries = Array.from({ length: tree.nEntries(node) }, (_, i) => [
    tree.entryClass(tree.next(node) + i),
    tree.entryWeight(tree.next(node) + i),
  ]);
  if (entries.length === 0) expect([tree.next(node)]).to.deep.equal(present.map(([label]) => label));
  else expect(entries).to.deep.equal(present);
}

describe('A tree that grows', () => {
  for (const entropy of [false, true]) {
    for (const maxLeaves of [0, 9]) {
      const how = `${entropy ? 'entropy' : 'gini'}, ${maxLeaves > 0 ? 'best node first' : 'depth first'}`;
      it(`finds the best of all splits at every node (${how})`, () => {
        fc.assert(
          fc.property(
            tables,
            fc.constantFrom(1, 1, 4),
            fc.constantFrom(0, 0, 0.05),
            (data, minLeaf, minWeightFraction) => {
              const total = sum(data.weights);
              const rules = { entropy, minLeaf, minWeight: minWeightFraction * total };
              const tree = grow(data, { entropy, maxLeaves, minLeaf, minWeightFraction });
              const gains = data.bins.map(() => 0);
              let nLeaves = 0;
              const open: number[] = [];
              walkTree(tree, data, cutOf(tree), {
                atSplit(node, rows, sides) {
                  const { low, high } = cutOf(tree)(node);
                  const bins = rows.map((row) => data.bins[tree.feature(node)][row]);
                  expect(bins).to.include(low);
                  const next = Math.min(...bins.filter((bin) => bin > low));
                  expect(high).to.equal(next);
                  const gain = gainOf(data, sides, entropy);
                  close(gain, bestGain(data, rows, rules), total);
                  gains[tree.feature(node)] += gain;
                  if (!bins.includes(255)) {
                    expect(tree.missingLeft(node)).to.equal(sides[0].length > sides[1].length ? 1 : 0);
                  }
                },
                atLeaf(node, rows) {
                  nLeaves++;
                  expectLeaf(tree, data, node, rows);
                  const pure = classWeights(data, rows).filter((weight) => weight > 0).length === 1;
                  const small = rows.length < 2 * minLeaf || sum(classWeights(data, rows)) < 2 * rules.minWeight;
                  if (!pure && !small && bestGain(data, rows, rules) > -Infinity) open.push(node);
                },
              });
              tree.importances.forEach((gain, feature) => close(gain, gains[feature], total));
              if (maxLeaves === 0 || nLeaves < maxLeaves) expect(open).to.deep.equal([]);
              else expect(nLeaves).to.equal(maxLeaves);
            },
          ),
          { numRuns: 60 },
        );
      });
    }
  }

  for (const nClasses of [2, 3]) {
    it(`does so in subtrees that look at columns of their own (${nClasses} classes)`, () => {
      // So many features that the columns of all rows are larger than those of a subtree may be.
      const nFeatures = 400;
      const rows = Array.from({ length: 1000 }, (_, i) => i);
      const cells = (factor: number) => rows.map((i) => (Math.imul(i, factor) >>> 7) % 256);
      const varied = new Map([0, 170, 399].map((feature) => [feature, cells(2_654_435_761 + 12_345_678 * feature)]));
      const constant = rows.map(() => 3);
      const bins = Array.from({ length: nFeatures }, (_, feature) => varied.get(feature) ?? constant);
      const y = rows.map((i) => (bins[0][i] + bins[170][i] + (i % 50)) % nClasses);
      const data = { bins, y, weights: rows.map((i) => 1 + (i % 2)), nClasses };
      const rules = { entropy: false, minLeaf: 1, minWeight: 0 };
      const sizes: number[] = [];
      const tree = grow(data);
      walkTree(tree, data, cutOf(tree), {
        atSplit(_, ofNode, sides) {
          sizes.push(ofNode.length);
          close(gainOf(data, sides, false), bestGain({ ...data, bins: [...varied.values()] }, ofNode, rules), 1500);
        },
        atLeaf: (node, ofNode) => expectLeaf(tree, data, node, ofNode),
      });
      const roots = sizes.filter((size) => size > 409);
      expect(roots.length).to.be.above(1);
      expect(sizes.filter((size) => size <= 409 && size >= 128).length).to.be.above(1);
    });
  }

  it('splits the node of the largest gain first when its leaves are limited', () => {
    fc.assert(
      fc.property(tables, (data) => {
        const impurityWith = (maxLeaves: number) => {
          const tree = grow(data, { maxLeaves });
          const left = { impurity: 0, gains: [] as number[] };
          walkTree(tree, data, cutOf(tree), {
            atSplit: () => undefined,
            atLeaf: (_, rows) => {
              left.impurity += weightedImpurity(data, rows, false);
              left.gains.push(Math.max(0, bestGain(data, rows, { entropy: false, minLeaf: 1, minWeight: 0 })));
            },
          });
          return left;
        };
        // From one number of leaves to the next, the impurity falls by the largest gain of the leaves.
        for (let maxLeaves = 2; maxLeaves < 6; maxLeaves++) {
          const [before, after] = [impurityWith(maxLeaves), impurityWith(maxLeaves + 1)];
          const total = sum(data.weights);
          if (before.gains.length < maxLeaves) break;
          const atMost = Math.max(...before.gains);
          expect(before.impurity - after.impurity).to.be.at.most(atMost + 1e-9 * total);
          // Equal gains may differ in what comes after, but not in the step itself.
          close(before.impurity - after.impurity, atMost, total);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('stays within its depth, its rows a split and its decrease of impurity', () => {
    fc.assert(
      fc.property(
        tables,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 9 }),
        fc.constantFrom(0, 0.01, 0.2),
        (data, maxDepth, minSplit, minDecrease) => {
          const tree = grow(data, { maxDepth, minSplit, minDecrease });
          walkTree(tree, data, cutOf(tree), {
            atSplit(_, rows, sides, depth) {
              expect(depth).to.be.below(maxDepth);
              expect(rows.length).to.be.at.least(minSplit);
              expect(gainOf(data, sides, false) / sum(data.weights)).to.be.at.least(minDecrease - 1e-9);
            },
            atLeaf: () => undefined,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('draws its features anew at each node, and goes on beyond them while they are constant', () => {
    // The last of eight features alone is not constant.
    const line = Array.from({ length: 40 }, (_, i) => i);
    const constant = line.map(() => 3);
    const y = line.map((i) => i % 2);
    const data = { y, weights: line.map(() => 1), nClasses: 2 };
    const alone = grow({ ...data, bins: [...Array.from({ length: 7 }, () => constant), line] }, { maxFeatures: 2 });
    expect(alone.importances[7]).to.be.closeTo(20, 1e-9);
    // Of equal features, each is drawn about as often.
    const used = [0, 0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      used[grow({ ...data, bins: [line, line, line, line] }, { maxFeatures: 1, maxDepth: 1 }, seed).feature(0)]++;
    }
    for (const times of used) expect(times).to.be.within(100 - 55, 100 + 55);
  });

  it('comes back from a small budget, and grows the same tree', () => {
    const line = Array.from({ length: 300 }, (_, i) => i % 250);
    const data = { bins: [line], y: line.map((i) => (i * 7) % 3), weights: line.map(() => 1), nClasses: 3 };
    const thresholds = (tree: Tree) => Array.from({ length: 100 }, (_, node) => tree.threshold(node));
    const whole = thresholds(grow(data));
    let pauses = 0;
    const pause = () => pauses++;
    expect(thresholds(grow(data, {}, 1, { budget: 1, pause }))).to.deep.equal(whole);
    expect(pauses).to.be.above(100);
  });
});
