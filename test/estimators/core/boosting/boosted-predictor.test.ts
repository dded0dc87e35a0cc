import { expect } from 'chai';
import fc from 'fast-check';

import { boostedPredictor } from '../../../../src/estimators/core/boosting/boosted-predictor.js';
import {
  boostedTreesOf,
  type DrawnCategories,
  type DrawnSplit,
  type DrawnTree,
  drawnTrees,
  leafOf,
} from './drawn-tree.js';
import { runThrough } from '../../../../src/estimators/in-parts.js';

const N_FEATURES = 3;
const EXTREMES = [0, -0, 5e-324, -5e-324, 1e-35, Number.MAX_VALUE, -Number.MAX_VALUE];

const tree = drawnTrees(
  fc.record({
    feature: fc.integer({ min: 0, max: N_FEATURES - 1 }),
    threshold: fc.constantFrom(-1, 0.5, 1, Infinity, ...EXTREMES),
    missingLeft: fc.boolean(),
  }),
);
const cell = fc.oneof(
  fc.constantFrom(-1, -0.5, 0.5, 0.7, 1, 2, NaN, ...EXTREMES),
  fc.double({ noDefaultInfinity: true }),
);
const row = fc.array(cell, { minLength: N_FEATURES, maxLength: N_FEATURES });
/** Rows one at a time are walked in another way than many. */
const rows = fc.oneof(
  row.map((alone) => [alone]),
  fc.array(row, { minLength: 2, maxLength: 40 }),
);

function predict(
  trees: DrawnTree[],
  baseScore: number[],
  given: number[][],
  single = false,
  categories?: DrawnCategories,
): number[][] {
  const nClasses = Math.max(2, baseScore.length);
  // All features but the first one are of categories, if there are any.
  const nCategories =
    categories && Uint32Array.from([0, 1, 2], (feature) => (feature > 0 ? categories.nCategories(feature) : 0));
  const shape = { nFeatures: N_FEATURES, nClasses, nCategories };
  const predictor = runThrough(
    boostedPredictor(boostedTreesOf(trees, baseScore), shape, single, categories?.unseenLeft ?? false),
  );
  const probabilities = new Float64Array(given.length * nClasses).fill(NaN);
  const data = Float64Array.from(given.flat());
  predictor.predictProbabilities({ rows: given.length, columns: N_FEATURES, data }, probabilities);
  return given.map((_, i) => [...probabilities.subarray(i * nClasses, (i + 1) * nClasses)]);
}

/** The sums of leaves, an output after the other, as probabilities. */
function naive(trees: DrawnTree[], baseScore: number[], of: number[], categories?: DrawnCategories): number[] {
  const scores = baseScore.map((base, output) =>
    trees.reduce((sum, each, t) => sum + (t % baseScore.length === output ? leafOf(each, of, categories) : 0), base),
  );
  const exponentials = (scores.length === 1 ? [0, ...scores] : scores).map(Math.exp);
  const total = exponentials.reduce((sum, value) => sum + value);
  return exponentials.map((value) => value / total);
}

function expectRows(found: number[][], expected: number[][]): void {
  found.forEach((of, i) => of.forEach((p, k) => expect(p).to.be.closeTo(expected[i][k], 1e-12)));
}

describe('The walk of rows through boosted trees', () => {
  for (const [what, baseScore] of [
    ['two classes', [0.25]],
    ['more classes', [0.5, -0.25, 0, 1]],
  ] as const) {
    it(`sums up the leaves that each row reaches: ${what}`, () => {
      const trees = fc
        .array(tree, { maxLength: 20 })
        .map((some) => some.slice(0, some.length - (some.length % baseScore.length)));
      fc.assert(
        fc.property(trees, rows, (some, given) => {
          expectRows(
            predict(some, [...baseScore], given),
            given.map((of) => naive(some, [...baseScore], of)),
          );
        }),
        { numRuns: 300, interruptAfterTimeLimit: 15_000 },
      );
    });
  }

  it('rounds values to single precision first, where the training did', () => {
    const single = fc.oneof(fc.constantFrom(0.1, 1 / 3, 1e-46, 1 + 1e-12, 2 ** 24 + 1, 1e300, -1e300), cell);
    const near = drawnTrees(
      fc.record({
        feature: fc.constant(0),
        threshold: fc.constantFrom(0, 1, Math.fround(0.1), Math.fround(1 / 3), 2 ** 24, Infinity),
        missingLeft: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(near, { maxLength: 9 }),
        fc.array(single, { minLength: 1, maxLength: 9 }),
        (some, values) => {
          const given = values.map((value) => [value, 0, 0]);
          expectRows(
            predict(some, [0], given, true),
            given.map((of) => naive(some, [0], of.map(Math.fround))),
          );
        },
      ),
    );
  });

  it('goes on beyond one batch, and leaves no trace of it', () => {
    const split = (feature: number, threshold: number, missingLeft: boolean): DrawnTree => ({
      feature,
      threshold,
      missingLeft,
      left: { leaf: -1 },
      right: { leaf: 0.5 },
    });
    const trees = [split(0, 3, true), split(1, 0, false), split(2, 7, true)];
    const given = Array.from({ length: 5_003 }, (_, i) => [i % 5 === 4 ? NaN : i % 5, (i % 3) - 1, (i * 7) % 17]);
    expectRows(
      predict(trees, [0.25], given),
      given.map((of) => naive(trees, [0.25], of)),
    );
    expectRows(
      predict([...trees, trees[0]], [0, 1], given),
      given.map((of) => naive([...trees, trees[0]], [0, 1], of)),
    );
  });

  it('goes down trees that are deep on one side only', () => {
    const chain = (depth: number): DrawnTree =>
      depth === 0
        ? { leaf: 9 }
        : {
            feature: 0,
            threshold: depth,
            missingLeft: depth % 2 === 0,
            left: { leaf: depth / 64 },
            right: chain(depth - 1),
          };
    const trees = [chain(200)];
    const given = [[250], [100.5], [NaN], [-1], [200], [1], [0.5], [201], [199.5]].map(([of]) => [of, 0, 0]);
    expectRows(
      predict(trees, [0], given),
      given.map((of) => naive(trees, [0], of)),
    );
    for (const alone of given) expectRows(predict(trees, [0], [alone]), [naive(trees, [0], alone)]);
  });

  it('parts categories by the sets of splits, missing and unseen ones as these say', () => {
    const nCategories = 70;
    const category = fc.oneof(fc.integer({ min: 0, max: nCategories }), fc.constantFrom(0, 30, 31, 32, 63, 64, 69));
    const split: fc.Arbitrary<DrawnSplit> = fc.oneof(
      fc.record({ feature: fc.constant(0), threshold: fc.constantFrom(-1, 0.5, Infinity), missingLeft: fc.boolean() }),
      fc.record({
        feature: fc.constantFrom(1, 2),
        threshold: fc.constant(NaN),
        missingLeft: fc.boolean(),
        listed: fc.array(
          category.filter((of) => of < nCategories),
          { minLength: 1, maxLength: 40 },
        ),
        listedLeft: fc.boolean(),
      }),
    );
    const mixed = fc.tuple(cell, fc.oneof(category, fc.constant(NaN)), fc.oneof(category, fc.constant(NaN)));
    const many = fc.oneof(
      mixed.map((alone) => [alone]),
      fc.array(mixed, { minLength: 2, maxLength: 40 }),
    );
    fc.assert(
      fc.property(
        fc.array(drawnTrees(split), { maxLength: 20 }),
        many,
        fc.boolean(),
        fc.boolean(),
        (some, given, unseenLeft, single) => {
          const categories = { nCategories: () => nCategories, unseenLeft };
          const rounded = ([value, ...rest]: number[]) => [single ? Math.fround(value) : value, ...rest];
          expectRows(
            predict(some, [0.25], given, single, categories),
            given.map((of) => naive(some, [0.25], rounded(of), categories)),
          );
        },
      ),
      { numRuns: 300, interruptAfterTimeLimit: 15_000 },
    );
  });
});
