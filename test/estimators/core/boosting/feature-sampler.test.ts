import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import { FeatureSampler } from '../../../../src/estimators/core/boosting/feature-sampler.js';
import type { GrowthRules } from '../../../../src/estimators/core/boosting/growth-rules.js';

const featureCount = (share: number, n: number) => Math.max(1, Math.floor(share * n));

function samplerOf(nFeatures: number, shares: readonly [byTree: number, byLevel: number, byNode: number], seed = 0) {
  const [byTree, byLevel, byNode] = shares;
  const workspace = new Workspace(FeatureSampler.bytes(nFeatures) + 64);
  const random = workspace.f64(1).address;
  workspace.kernels.seedRandom(random, seed, 0);
  return new FeatureSampler(workspace, nFeatures, { byTree, byLevel, byNode, featureCount } as GrowthRules, random);
}

const share = fc.constantFrom(0.01, 0.3, 0.5, 0.9, 1);

describe('The features of trees, levels and nodes', () => {
  it('are drawn from each other, as many as their shares say, rising', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, fc.tuple(share, share, share), fc.nat(), (n, shares, seed) => {
        const sampler = samplerOf(n, shares, seed);
        const all = [...Array(n).keys()];
        const count = (of: number, from: number) => (of === 1 ? from : featureCount(of, from));
        for (let tree = 0; tree < 3; tree++) {
          const ofTree = [...sampler.startTree()];
          const nodes = [0, 1, 1, 2, 1, 2].map((depth) => [...sampler.forNode(depth)]);
          const expected = count(shares[0], n);
          expect(ofTree).to.have.length(expected);
          expect(all).to.include.members(ofTree);
          for (const list of [ofTree, ...nodes])
            expect(list).to.deep.equal([...new Set(list)].toSorted((a, b) => a - b));
          for (const list of nodes) {
            expect(list).to.have.length(count(shares[2], count(shares[1], expected)));
            expect(ofTree).to.include.members(list);
          }
          // All nodes of a level draw from the features of that level.
          const ofLevel = new Set([...nodes[1], ...nodes[2], ...nodes[4]]);
          expect(ofLevel.size).to.be.at.most(count(shares[1], expected));
        }
      }),
    );
  });

  it('are the same array as before where nothing is drawn', () => {
    const sampler = samplerOf(7, [1, 1, 1]);
    const all = sampler.startTree();
    expect([...all]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
    expect(sampler.startTree()).to.equal(all);
    expect(sampler.forNode(3)).to.equal(all);
  });

  it('are drawn anew for each tree, each level and each node, all as likely as others', () => {
    const n = 12;
    for (const shares of [
      [0.5, 1, 1],
      [1, 0.5, 1],
      [1, 1, 0.5],
    ] as const) {
      // prettier-ignore
      const sampler = samplerOf(n, shares, 5);
      const drawn = Array<number>(n).fill(0);
      const lists = new Set<string>();
      for (let tree = 0; tree < 600; tree++) {
        sampler.startTree();
        const list = [...sampler.forNode(0)];
        lists.add(list.join());
        for (const feature of list) drawn[feature]++;
      }
      expect(lists.size).to.be.above(300);
      for (const times of drawn) expect(times).to.be.closeTo(300, 6 * Math.sqrt(150));
    }
    const byLevel = samplerOf(n, [1, 0.5, 1], 6);
    byLevel.startTree();
    const [first, second, again] = [0, 1, 0].map((depth) => byLevel.forNode(depth).join());
    expect(second).not.to.equal(first);
    expect(again).to.equal(first);
  });
});
