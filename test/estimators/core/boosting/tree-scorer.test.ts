import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import type { BinnedFeature } from '../../../../src/estimators/core/boosting/binned-feature.js';
import { type GradientNode, LEAF } from '../../../../src/estimators/core/boosting/gradient-tree.js';
import { tileLayout } from '../../../../src/estimators/core/boosting/tile-layout.js';
import { BinPlacer, TiledRows } from '../../../../src/estimators/core/boosting/tiled-rows.js';
import { TreeScorer } from '../../../../src/estimators/core/boosting/tree-scorer.js';
import { type DrawnSplit, type DrawnTree, drawnTrees, leafOf } from './drawn-tree.js';

const N_FEATURES = 10;

/** The last ones are. */
function isOfCategories(column: number): boolean {
  return column >= 6;
}

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
  const { feature, threshold: cut, missingLeft, listed: bins, listedLeft: goLeft } = tree;
  const listed = bins && { bins: Uint32Array.from(bins), goLeft };
  Object.assign(node, { feature, cut, missingLeft, listed, left, right });
  return nodes;
}

for (const [what, binsOfColumn] of [
  ['byte bins', () => 9],
  ['wide bins', () => 301],
  ['bins of both kinds', (column: number) => (column % 3 === 1 ? 301 : 9)],
] as const) {
  describe(`The scores of rows in ${what}`, () => {
    const bin = fc.integer({ min: 0, max: 300 });
    const split: fc.Arbitrary<DrawnSplit> = fc
      .record({ feature: fc.nat(N_FEATURES - 1), threshold: bin, missingLeft: fc.boolean() })
      .chain((cut) => {
        const nCategories = binsOfColumn(cut.feature);
        if (!isOfCategories(cut.feature)) return fc.constant({ ...cut, threshold: cut.threshold % nCategories });
        const listed = fc.array(fc.nat(nCategories - 1), { minLength: 1, maxLength: 20 });
        return fc.record({ listed, listedLeft: fc.boolean() }).map((list) => ({ ...cut, threshold: NaN, ...list }));
      });
    const tree = drawnTrees(split);
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
          fc.boolean(),
          (table, drawn, all, apart) => {
            // One category more, which the training has not seen.
            const sizeOf = (column: number) => binsOfColumn(column) + (isOfCategories(column) ? 1 : 0);
            const rows = table.map(([of]) => of.map((value, column) => value % sizeOf(column)));
            const features = rows[0].map((_, column): BinnedFeature => {
              const kept = binsOfColumn(column);
              if (!isOfCategories(column)) return { column, edges: [...Array(kept - 1).keys()], hasMissing: true };
              return { column, edges: [], hasMissing: true, categories: { kept, all: kept, unseenApart: apart } };
            });
            const layout = tileLayout(features);
            const nodes = grown(drawn);
            const n = rows.length;
            const workspace = new Workspace(
              TiledRows.bytes(n, layout) +
                BinPlacer.bytes(N_FEATURES, layout) +
                TreeScorer.bytes(n, layout) +
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
            const scorer = new TreeScorer(workspace, layout, tiled);
            if (all) scorer.add(nodes, 0, n, scores.address);
            else scorer.add(nodes, some.address, chosen.length, scores.address);
            const isUnseen = (value: number, column: number) =>
              isOfCategories(column) && value === binsOfColumn(column);
            // It goes left, or is as one that is missing.
            const categories = { nCategories: binsOfColumn, unseenLeft: true };
            const reached = (of: readonly number[]) =>
              leafOf(
                drawn,
                of.map((value, column) => (isUnseen(value, column) && !apart ? NaN : value)),
                categories,
              );
            const expected = rows.map((of, i) => i / 4 + (all || chosen.includes(i) ? reached(of) : 0));
            expect([...scores]).to.deep.equal(expected);
          },
        ),
      );
    });
  });
}

describe('The scores of rows', () => {
  it('are right beyond one block of rows', () => {
    const n = 20_000;
    const features: BinnedFeature[] = [{ column: 0, edges: [...Array(300).keys()], hasMissing: false }];
    const layout = tileLayout(features);
    const tree: DrawnTree = {
      feature: 0,
      threshold: 100,
      missingLeft: false,
      left: { leaf: 1 },
      right: { feature: 0, threshold: 200, missingLeft: false, left: { leaf: 2 }, right: { leaf: 3 } },
    };
    const workspace = new Workspace(
      TiledRows.bytes(n, layout) +
        BinPlacer.bytes(1, layout) +
        TreeScorer.bytes(n, layout) +
        2 * Workspace.sizeOf(n, 4),
    );
    const tiled = new TiledRows(workspace, n, layout);
    const x = Float64Array.from({ length: n }, (_, i) => (i * 7) % 301);
    new BinPlacer(workspace, layout, 1, false).place({ x, nRows: n, nFeatures: 1 }, tiled, () => undefined);
    const scorer = new TreeScorer(workspace, layout, tiled);
    const scores = workspace.f32(n);
    scorer.add(grown(tree), 0, n, scores.address);
    expect([...scores]).to.deep.equal(Array.from(x, (value) => leafOf(tree, [value])));
    // Every other row, once more.
    const some = workspace.u32(n);
    some.set(Array.from({ length: n / 2 }, (_, i) => 2 * i));
    scorer.add(grown(tree), some.address, n / 2, scores.address);
    expect([...scores]).to.deep.equal(Array.from(x, (value, i) => leafOf(tree, [value]) * (i % 2 === 0 ? 2 : 1)));
  });
});
