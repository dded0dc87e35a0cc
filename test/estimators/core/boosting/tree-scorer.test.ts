import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import type { BinnedFeature } from '../../../../src/estimators/core/boosting/binned-feature.js';
import { type GradientNode, LEAF } from '../../../../src/estimators/core/boosting/gradient-tree.js';
import { tileLayout } from '../../../../src/estimators/core/boosting/tile-layout.js';
import { BinPlacer, TiledRows } from '../../../../src/estimators/core/boosting/tiled-rows.js';
import { TreeScorer } from '../../../../src/estimators/core/boosting/tree-scorer.js';
import { type DrawnTree, drawnTrees, leafOf } from './drawn-tree.js';

const N_FEATURES = 10;

/** A tree's nodes as they grow, its thresholds being numbers of bins. */
function grown(tree: DrawnTree, nodes: GradientNode[] = []): GradientNode[] {
  const node: GradientNode = {
    feature: LEAF,
    cut: 0,
    missingLeft: false,
    gain: 0,
    left: 0,
    right: 0,
    value: 0,
    begin: 0,
    count: 0,
  };
  nodes.push(node);
  if ('leaf' in tree) return Object.assign(node, { value: tree.leaf }) && nodes;
  const left = nodes.length;
  grown(tree.left, nodes);
  const right = nodes.length;
  grown(tree.right, nodes);
  const { feature, threshold: cut, missingLeft } = tree;
  Object.assign(node, { feature, cut, missingLeft, left, right });
  return nodes;
}

for (const [what, nBins] of [
  ['byte bins', 9],
  ['wide bins', 301],
] as const) {
  describe(`The scores of rows in ${what}`, () => {
    const bin = fc.integer({ min: 0, max: nBins - 1 });
    const tree = drawnTrees(fc.record({ feature: fc.nat(N_FEATURES - 1), threshold: bin, missingLeft: fc.boolean() }));
    const row = fc.array(fc.oneof({ arbitrary: bin, weight: 4 }, fc.constant(NaN)), {
      minLength: N_FEATURES,
      maxLength: N_FEATURES,
    });

    it('get the leaves that the rows reach by their bins: of all rows, and of some', () => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(row, fc.boolean()), { minLength: 1, maxLength: 30 }),
          tree,
          fc.boolean(),
          (table, drawn, all) => {
            const rows = table.map(([of]) => of);
            const edges = Array.from({ length: nBins - 1 }, (_, i) => i);
            const features = rows[0].map((_, column): BinnedFeature => ({ column, edges, hasMissing: true }));
            const layout = tileLayout(features);
            const nodes = grown(drawn);
            const n = rows.length;
            const workspace = new Workspace(
              TiledRows.bytes(n, layout) +
                BinPlacer.bytes(N_FEATURES, layout) +
                TreeScorer.bytes(nodes.length) +
                2 * Workspace.sizeOf(n, 4),
            );
            const tiled = new TiledRows(workspace, n, layout);
            const x = Float64Array.from(rows.flat());
            new BinPlacer(workspace, layout, N_FEATURES, false).place(
              { x, nRows: n, nFeatures: N_FEATURES },
              tiled,
              () => undefined,
            );
            const scores = workspace.f32(n);
            scores.set(rows.map((_, i) => i / 4));
            const some = workspace.u32(n);
            const chosen = table.flatMap(([, isIn], i) => (isIn ? [i] : []));
            some.set(chosen);
            const scorer = new TreeScorer(workspace, layout, tiled, nodes.length);
            if (all) scorer.add(nodes, 0, n, scores.address);
            else scorer.add(nodes, some.address, chosen.length, scores.address);
            const expected = rows.map((of, i) => i / 4 + (all || chosen.includes(i) ? leafOf(drawn, of) : 0));
            expect([...scores]).to.deep.equal(expected);
          },
        ),
      );
    });
  });
}
