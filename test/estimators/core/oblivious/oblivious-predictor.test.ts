import { expect } from 'chai';
import fc from 'fast-check';

import { obliviousPredictor } from '../../../../src/estimators/core/oblivious/oblivious-predictor.js';
import { readObliviousTrees } from '../../../../src/estimators/core/oblivious/oblivious-trees.js';
import { tensor, type Tensors } from '../../../../src/estimators/tensor.js';
import { lcg } from '../../../support/problems.js';
import { runThrough } from '../../../../src/estimators/in-parts.js';

interface Split {
  readonly kind: 0 | 1;
  readonly column: number;
  readonly border: number;
}

interface Tree {
  readonly splits: readonly Split[];
  /** Shape: n_leaves x n_outputs. */
  readonly values: readonly number[];
}

const N_FEATURES = 4;
/** The third one is a category. */
const CATEGORY = 2;

function tensorsOf(trees: readonly Tree[], nOutputs: number, missingAbove: readonly number[]): Tensors {
  const splits = trees.flatMap((tree) => tree.splits);
  const values = trees.flatMap((tree) => tree.values);
  return {
    tree_depth: tensor(
      'U8',
      [trees.length],
      Uint8Array.from(trees, (tree) => tree.splits.length),
    ),
    split_kind: tensor(
      'U8',
      [splits.length],
      Uint8Array.from(splits, ({ kind }) => kind),
    ),
    split_feature: tensor(
      'U32',
      [splits.length],
      Uint32Array.from(splits, ({ column }) => column),
    ),
    split_border: tensor(
      'F32',
      [splits.length],
      Float32Array.from(splits, ({ border }) => border),
    ),
    leaf_value: tensor('F64', [values.length / nOutputs, nOutputs], Float64Array.from(values)),
    missing_above: tensor('U8', [N_FEATURES], Uint8Array.from(missingAbove)),
    feature_importances: tensor('F64', [N_FEATURES], new Float64Array(N_FEATURES)),
    feature_splits: tensor('U32', [N_FEATURES], new Uint32Array(N_FEATURES)),
    n_iter: tensor('I32', [1], Int32Array.of(trees.length)),
  };
}

/** Shape: n_outputs. */
function naiveScores(
  trees: readonly Tree[],
  row: readonly number[],
  nOutputs: number,
  missingAbove: readonly number[],
): number[] {
  // prettier-ignore
  const scores = Array<number>(nOutputs).fill(0);
  for (const { splits, values } of trees) {
    const leaf = splits.reduce((sum, { kind, column, border }, level) => {
      const value = Math.fround(row[column]);
      const isMissing = Number.isNaN(value);
      const isAbove = kind === 1 ? value === border : isMissing ? missingAbove[column] === 1 : value > border;
      return sum + (isAbove ? 2 ** level : 0);
    }, 0);
    for (let output = 0; output < nOutputs; output++) scores[output] += values[leaf * nOutputs + output];
  }
  return scores;
}

function naiveProbabilities(scores: readonly number[]): number[] {
  const all = scores.length === 1 ? [0, scores[0]] : scores;
  const exponentials = all.map((score) => Math.exp(score - Math.max(...all)));
  const total = exponentials.reduce((sum, value) => sum + value);
  return exponentials.map((value) => value / total);
}

describe('The predictor of oblivious trees', () => {
  const split: fc.Arbitrary<Split> = fc.oneof(
    fc.record({
      kind: fc.constant(0 as const),
      column: fc.constantFrom(0, 1, 3),
      // Of the last column there are so many that they do not fit a byte.
      border: fc.integer({ min: -400, max: 400 }).map((value) => value / 8),
    }),
    fc.record({
      kind: fc.constant(1 as const),
      column: fc.constant(CATEGORY),
      border: fc.integer({ min: 0, max: 300 }),
    }),
  );
  const problem = fc.record({
    nClasses: fc.constantFrom(2, 3, 5),
    depths: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 40 }),
    seed: fc.nat(),
    missingAbove: fc.constantFrom([0, 0, 0, 0], [1, 0, 0, 1]),
    pool: fc.array(split, { minLength: 1, maxLength: 600 }),
    nRows: fc.constantFrom(1, 2, 15, 16, 17, 150),
  });

  it('adds up the leaves that the naive walk reaches, row by row and in batches', () => {
    fc.assert(
      fc.property(problem, ({ nClasses, depths, seed, missingAbove, pool, nRows }) => {
        const random = lcg(seed);
        const nOutputs = nClasses === 2 ? 1 : nClasses;
        const trees: Tree[] = depths.map((depth) => ({
          splits: Array.from({ length: depth }, () => pool[Math.floor(random() * pool.length)]),
          values: Array.from({ length: 2 ** depth * nOutputs }, () => random() - 0.5),
        }));
        const rows = Array.from({ length: nRows }, () => {
          const number = () => (random() < 0.1 ? NaN : random() < 0.3 ? Math.floor(random() * 100 - 50) / 8 : random() * 100 - 50); // prettier-ignore
          return [number(), number(), random() < 0.1 ? NaN : Math.floor(random() * 302), number()];
        });
        const shape = { nFeatures: N_FEATURES, nClasses };
        const predictor = runThrough(
          obliviousPredictor(runThrough(readObliviousTrees(tensorsOf(trees, nOutputs, missingAbove), shape)), shape),
        );
        for (const Numbers of [Float64Array, Float32Array]) {
          const probabilities = new Float64Array(nRows * nClasses).fill(NaN);
          const data = new Numbers(rows.flat());
          predictor.predictProbabilities({ rows: nRows, columns: N_FEATURES, data }, probabilities);
          rows.forEach((row, i) => {
            const expected = naiveProbabilities(naiveScores(trees, row, nOutputs, missingAbove));
            expected.forEach((p, k) => expect(probabilities[i * nClasses + k]).to.be.closeTo(p, 1e-9));
          });
          const [first] = rows;
          const alone = new Float64Array(nClasses);
          predictor.predictProbabilities({ rows: 1, columns: N_FEATURES, data: new Numbers(first) }, alone);
          expect([...alone]).to.deep.equal([...probabilities.subarray(0, nClasses)]);
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it('answers more rows than it takes at a time', () => {
    const trees: Tree[] = [{ splits: [{ kind: 0, column: 0, border: 0.5 }], values: [-1, 1] }];
    const shape = { nFeatures: N_FEATURES, nClasses: 2 };
    const predictor = runThrough(
      obliviousPredictor(runThrough(readObliviousTrees(tensorsOf(trees, 1, [0, 0, 0, 0]), shape)), shape),
    );
    const rows = 5_000;
    const data = Float64Array.from({ length: rows * N_FEATURES }, (_, i) => (Math.floor(i / N_FEATURES) % 3 === 0 ? 1 : 0)); // prettier-ignore
    const probabilities = new Float64Array(rows * 2);
    predictor.predictProbabilities({ rows, columns: N_FEATURES, data }, probabilities);
    for (let row = 0; row < rows; row++) expect(probabilities[2 * row + 1] > 0.5).to.equal(row % 3 === 0);
  });

  const good = tensorsOf(
    [
      { splits: [{ kind: 0, column: 3, border: 1.5 }], values: [0.5, -0.5] },
      { splits: [], values: [0.25] },
    ],
    1,
    [0, 0, 0, 1],
  );
  for (const [what, change] of [
    ['a tree that is too deep', { tree_depth: tensor('U8', [2], Uint8Array.of(17, 0)) }],
    ['trees of other depths', { tree_depth: tensor('U8', [2], Uint8Array.of(1, 1)) }],
    ['a split of no feature', { split_feature: tensor('U32', [1], Uint32Array.of(N_FEATURES)) }],
    ['a split of no kind', { split_kind: tensor('U8', [1], Uint8Array.of(3)) }],
    ['a split by a statistic that is not there', { split_kind: tensor('U8', [1], Uint8Array.of(2)) }],
    ['a category that is no whole number', { split_kind: tensor('U8', [1], Uint8Array.of(1)) }],
    ['a border that is no number', { split_border: tensor('F32', [1], Float32Array.of(NaN)) }],
    ['a value that is infinite', { leaf_value: tensor('F64', [3, 1], Float64Array.of(1, Infinity, 0)) }],
    ['leaves that are too few', { leaf_value: tensor('F64', [2, 1], Float64Array.of(1, 0)) }],
    ['another flag of missing values', { missing_above: tensor('U8', [4], Uint8Array.of(0, 0, 2, 0)) }],
    ['no importances', { feature_importances: tensor('F64', [3], new Float64Array(3)) }],
    ['no number of iterations', { n_iter: tensor('I32', [0], new Int32Array(0)) }],
  ] as const) {
    it(`refuses ${what}`, () => {
      const shape = { nFeatures: N_FEATURES, nClasses: 2 };
      expect(() => runThrough(readObliviousTrees(good, shape))).not.to.throw();
      expect(() => runThrough(readObliviousTrees({ ...good, ...change }, shape))).to.throw(RangeError);
    });
  }
});
