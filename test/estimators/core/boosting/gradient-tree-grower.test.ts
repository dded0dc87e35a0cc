import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../../../src/kernels/workspace.js';
import { type BinnedFeature, binsOf } from '../../../../src/estimators/core/boosting/binned-feature.js';
import { type GradientTree, LEAF } from '../../../../src/estimators/core/boosting/gradient-tree.js';
import { GradientTreeGrower } from '../../../../src/estimators/core/boosting/gradient-tree-grower.js';
import type { GrowthRules } from '../../../../src/estimators/core/boosting/growth-rules.js';
import { tileLayout } from '../../../../src/estimators/core/boosting/tile-layout.js';
import { BinPlacer, TiledRows } from '../../../../src/estimators/core/boosting/tiled-rows.js';
import { type NaiveRows, requireGreedyTree, type SeenTree } from './naive-growth.js';

/** Sums of numbers in single precision are all but exact in double precision. */
const PRECISION = 1e-9;

/** To look for the smallest table that fails could take forever. */
const PATIENCE_MS = 15_000;

const anyRules: GrowthRules = {
  bestFirst: true,
  tiesByFeature: false,
  inheritsSplittable: false,
  maxLeaves: Infinity,
  maxDepth: Infinity,
  minSamples: 0,
  minHessian: 0,
  extraHessian: 0,
  single: false,
  minGain: 0,
  fromAbove: false,
  lambda: 0,
  alpha: 0,
  maxStep: 0,
  learningRate: 1,
  categories: { like: 'LightGBM', mostSingled: 4, most: 32, smooth: 10, l2: 10, minPerGroup: 100 },
  byTree: 1,
  byLevel: 1,
  byNode: 1,
  featureCount: (share, n) => Math.max(1, Math.floor(share * n)),
};

/** Rows of bins, or NaN, with gradient and hessian. */
interface Problem {
  readonly rows: readonly (readonly number[])[];
  readonly nBins: number;
  readonly pairs: readonly (readonly [gradient: number, hessian: number])[];
  /** The rows that the tree is grown on. */
  readonly bag: readonly number[];
}

function place({ rows, nBins, bag }: Problem, rules: GrowthRules) {
  const nRows = rows.length;
  const nFeatures = rows[0].length;
  const edges = Array.from({ length: nBins - 1 }, (_, i) => i);
  const features = rows[0]
    .map((_, column): BinnedFeature => {
      return { column, edges, hasMissing: rows.some((row) => Number.isNaN(row[column])) };
    })
    .filter((feature) => binsOf(feature) > 1);
  const layout = tileLayout(features);
  const workspace = new Workspace(
    64 +
      TiledRows.bytes(nRows, layout) +
      BinPlacer.bytes(nFeatures, layout) +
      GradientTreeGrower.bytes(nRows, layout, rules) +
      2 * Workspace.sizeOf(nRows, 4) +
      Workspace.sizeOf(2 * nRows, 4),
  );
  const random = workspace.f64(1).address;
  workspace.kernels.seedRandom(random, 0, 0);
  const tiled = new TiledRows(workspace, nRows, layout);
  const nothing = () => undefined;
  new BinPlacer(workspace, layout, nFeatures, false).place(
    { x: Float64Array.from(rows.flat()), nRows, nFeatures },
    tiled,
    nothing,
  );
  const grower = new GradientTreeGrower(workspace, layout, tiled, rules, random, nothing);
  const placed = workspace.f32(2 * nRows);
  const scores = workspace.f32(nRows);
  const grow = (pairs: Problem['pairs']): { tree: GradientTree; naive: NaiveRows } => {
    placed.set(pairs.flat());
    grower.rows.set(bag);
    const tree = grower.grow(placed.address, bag.length);
    const naive: NaiveRows = {
      bins: features.map(({ column }) => rows.map((row) => (Number.isNaN(row[column]) ? nBins : row[column]))),
      missingBin: features.map(({ hasMissing }) => (hasMissing ? nBins : undefined)),
      gradients: Array.from(placed).filter((_, i) => i % 2 === 0),
      hessians: Array.from(placed).filter((_, i) => i % 2 === 1),
    };
    return { tree, naive };
  };
  return { grower, grow, scores };
}

/** The tree as rows see it, from a node down. */
function seen(tree: GradientTree, data: NaiveRows, number = 0): SeenTree {
  const { feature, cut, missingLeft, left, right, value } = tree[number];
  if (feature === LEAF) return { value };
  const bins = data.bins[feature];
  const goesLeft = (row: number) => bins[row] <= cut || (missingLeft && bins[row] === data.missingBin[feature]);
  return { feature, goesLeft, left: seen(tree, data, left), right: seen(tree, data, right) };
}

/** The rows that reach each leaf. */
function rowsOfLeaves(tree: SeenTree, rows: readonly number[]): { value: number; rows: number[] }[] {
  if (!('feature' in tree)) return [{ value: tree.value, rows: rows.toSorted((a, b) => a - b) }];
  return [
    ...rowsOfLeaves(tree.left, rows.filter(tree.goesLeft)),
    ...rowsOfLeaves(
      tree.right,
      rows.filter((row) => !tree.goesLeft(row)),
    ),
  ];
}

function check(problem: Problem, rules: GrowthRules): void {
  const { grower, grow, scores } = place(problem, rules);
  // Trees grow one after the other; the second one finds what the first has left behind.
  for (const pairs of [problem.pairs.toReversed(), problem.pairs]) {
    const { tree, naive } = grow(pairs);
    const asSeen = seen(tree, naive);
    requireGreedyTree(asSeen, naive, problem.bag, { ...rules, precision: PRECISION });

    const leaves = tree
      .filter(({ feature }) => feature === LEAF)
      .map(({ value, begin, count }) => ({
        value,
        rows: [...grower.rows.subarray(begin, begin + count)].toSorted((a, b) => a - b),
      }));
    expect(leaves).to.have.deep.members(rowsOfLeaves(asSeen, problem.bag));

    scores.fill(0.5);
    grower.addLeaves(tree, scores.address);
    const added = Array.from(scores, () => 0.5);
    for (const { value, rows } of leaves) for (const row of rows) added[row] = Math.fround(0.5 + Math.fround(value));
    expect([...scores]).to.deep.equal(added);
  }
}

/** Random tables, with ties, missing values, and columns that are empty or constant. */
function problems(nBins: number): fc.Arbitrary<Problem> {
  const bin = fc.integer({ min: 0, max: nBins - 1 });
  return fc.integer({ min: 1, max: 10 }).chain((nFeatures) => {
    const column = fc.constantFrom(
      bin,
      fc.oneof(bin, fc.constant(NaN)),
      fc.constantFrom(0, nBins - 1),
      fc.constant(NaN),
      fc.constant(1),
    );
    return fc.array(column, { minLength: nFeatures, maxLength: nFeatures }).chain((columns) => {
      const gradient = fc.integer({ min: -512, max: 512 }).map((n) => n / 512);
      const hessian = fc.integer({ min: 1, max: 512 }).map((n) => n / 512);
      const row = fc.record({
        bins: fc.tuple(...columns),
        pair: fc.tuple(gradient, hessian),
        isIn: fc.integer({ min: 0, max: 4 }),
      });
      return fc
        .record({ rows: fc.array(row, { minLength: 1, maxLength: 50 }), bagged: fc.boolean() })
        .map(({ rows, bagged }): Problem => {
          const bag = rows.flatMap(({ isIn }, i) => (!bagged || isIn > 0 ? [i] : []));
          return {
            rows: rows.map(({ bins }) => bins),
            nBins,
            pairs: rows.map(({ pair }) => pair),
            bag: bag.length === 0 ? [0] : bag,
          };
        });
    });
  });
}

const penalties = {
  lambda: fc.constantFrom(0, 0.1, 1, 30),
  alpha: fc.constantFrom(0, 0, 0.3, 2),
  minGain: fc.constantFrom(0, 1e-6, 0.2, 1),
  learningRate: fc.constantFrom(1, 0.1),
};
const leafWise = fc.record({
  ...penalties,
  maxLeaves: fc.constantFrom(2, 3, 5, 31, 1000),
  maxDepth: fc.constantFrom(1, 2, 4, Infinity),
  minSamples: fc.constantFrom(0, 1, 2, 5),
  minHessian: fc.constantFrom(0, 1e-3, 1, 3),
});
const unboundedCount = {
  minSamples: fc.constant(0),
  minHessian: fc.constantFrom(0, 1, 3),
  maxStep: fc.constantFrom(0, 0, 0.2),
};
const depthWise = fc.record({
  ...penalties,
  ...unboundedCount,
  maxLeaves: fc.constantFrom(Infinity, Infinity, 2, 5),
  maxDepth: fc.constantFrom(1, 3, 6, Infinity),
});
const lossGuided = fc.record({
  ...penalties,
  ...unboundedCount,
  maxLeaves: fc.constantFrom(2, 6, Infinity),
  maxDepth: fc.constantFrom(2, Infinity),
});

for (const [what, nBins] of [
  ['byte bins', 12],
  ['wide bins', 270],
] as const) {
  describe(`Trees grown on gradients, in ${what}`, () => {
    for (const [how, given, fixed] of [
      ['leaf by leaf, as LightGBM', leafWise, { bestFirst: true, fromAbove: true }],
      ['level by level, as XGBoost', depthWise, { bestFirst: false }],
      ['by the loss, as XGBoost', lossGuided, { bestFirst: true }],
    ] as const) {
      it(`split and step as every split tried tells: ${how}`, () => {
        const rules = given as fc.Arbitrary<Partial<GrowthRules>>;
        fc.assert(
          fc.property(problems(nBins), rules, (problem, of) => check(problem, { ...anyRules, ...of, ...fixed })),
          { numRuns: 150, interruptAfterTimeLimit: PATIENCE_MS },
        );
      });
    }
  });
}

describe('Trees grown on gradients', () => {
  it('are the same when there is no room for the histograms of all nodes', () => {
    // Histograms of 60 000 bins are so large that there are few, and a tree that halves its rows has many open nodes.
    const nBins = 60_000;
    const bitsOf = (row: number) => Array.from({ length: 12 }, (_, bit) => (row >> (bit % 7)) & 1);
    const rows = Array.from({ length: 128 }, (_, row) => bitsOf(row).map((bit) => bit * (nBins - 1)));
    const pairs = rows.map(
      (_, row) => [bitsOf(row).reduce((sum, bit, i) => sum + (bit - 0.5) * 2 ** -i, 0), 1] as const,
    );
    check({ rows, nBins, pairs, bag: [...rows.keys()] }, { ...anyRules, maxLeaves: 120 });
  });

  it('are a single leaf of one row, and of no features that could be looked at', () => {
    check({ rows: [[3, NaN]], nBins: 5, pairs: [[0.5, 0.25]], bag: [0] }, anyRules);
    const { grow } = place({ rows: [[0], [0]], nBins: 1, pairs: [], bag: [0, 1] }, anyRules);
    const { tree } = grow([[1, 0.5], [0.5, 0.25]]); // prettier-ignore
    expect(tree.map(({ value, count }) => [value, count])).to.deep.equal([[-2, 2]]);
  });
});
