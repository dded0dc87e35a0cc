import { expect } from 'chai';
import fc from 'fast-check';

import { Workspace } from '../../src/kernels/workspace.js';

/** Of single precision, whose unit at 1 is 2^-23. */
const TOLERANCE = 2 ** -21;

const score = fc.oneof(
  fc.double({ min: -20, max: 20, noNaN: true }),
  fc.constantFrom(0, -0, 1e-30, 79, -79, 88, -88, 1e4, -1e4, 3e38, -3e38),
);
const weight = fc.oneof(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom(0, 1, 1e-6, 1e6));
const rule = fc.constantFrom(
  { factor: 2, least: 1e-16 },
  { factor: 1.5, least: 0 },
  { factor: 100 / 99, least: 0 },
  { factor: 2, least: 0.1 },
);

interface Row {
  readonly scores: number[];
  readonly label: number;
  readonly weight: number;
}

/** Rows of so many classes, filled up to a multiple of 4 by rows of weight 0, as their owner does. */
function rowsOf(nClasses: number, nOutputs: number): fc.Arbitrary<Row[]> {
  const row = fc.record({
    scores: fc.array(score, { minLength: nOutputs, maxLength: nOutputs }),
    label: fc.integer({ min: 0, max: nClasses - 1 }),
    weight,
  });
  return fc.array(row, { minLength: 1, maxLength: 30 }).map((rows) => {
    const none = (): Row => ({ scores: Array<number>(nOutputs).fill(0), label: 0, weight: 0 });
    return [...rows, ...Array.from({ length: (4 - (rows.length % 4)) % 4 }, none)];
  });
}

function placed(rows: readonly Row[], nOutputs: number) {
  const n = rows.length;
  const workspace = new Workspace(4096 + n * (8 * nOutputs + 16));
  const scores = workspace.f32(n * nOutputs);
  rows.forEach((row, i) => row.scores.forEach((value, k) => (scores[k * n + i] = value)));
  const labels = workspace.i32(n);
  labels.set(rows.map(({ label }) => label));
  const weights = workspace.f32(n);
  weights.set(rows.map((row) => row.weight));
  const probabilities = workspace.f32(n * nOutputs);
  return { workspace, scores, labels, weights, probabilities, pairs: workspace.f32(2 * n) };
}

/** Checks a row's pair, from the definitions. */
function expectPair(
  [gradient, hessian]: Iterable<number>,
  row: Row,
  p: number,
  isOwn: boolean,
  factor: number,
  least: number,
) {
  expect(gradient, 'gradient').to.be.closeTo(row.weight * (p - (isOwn ? 1 : 0)), TOLERANCE * row.weight);
  expect(hessian, 'hessian').to.be.closeTo(row.weight * Math.max(factor * p * (1 - p), least), TOLERANCE * row.weight);
}

function naiveSoftmax(scores: readonly number[]): number[] {
  const largest = Math.max(...scores);
  const exponentials = scores.map((value) => Math.exp(value - largest));
  const total = exponentials.reduce((sum, value) => sum + value);
  return exponentials.map((value) => value / total);
}

describe('The gradients of the log loss', () => {
  it('of two classes are p - y and p (1 - p), times the weight', () => {
    fc.assert(
      fc.property(rowsOf(2, 1), rule, (rows, { least }) => {
        const { workspace, scores, labels, weights, pairs } = placed(rows, 1);
        workspace.kernels.sigmoidGradients(
          scores.address,
          labels.address,
          weights.address,
          rows.length,
          least,
          pairs.address,
        );
        rows.forEach((row, i) => {
          const p = 1 / (1 + Math.exp(-row.scores[0]));
          expectPair(pairs.subarray(2 * i, 2 * i + 2), row, p, row.label === 1, 1, least);
        });
      }),
    );
  });

  it('of more classes are p - (y is it) and the factor times p (1 - p), p being the softmax of all scores', () => {
    const problem = fc.integer({ min: 2, max: 12 }).chain((nClasses) => rowsOf(nClasses, nClasses));
    fc.assert(
      fc.property(problem, rule, (rows, { factor, least }) => {
        const nClasses = rows[0].scores.length;
        const { workspace, scores, labels, weights, probabilities, pairs } = placed(rows, nClasses);
        const { kernels } = workspace;
        kernels.softmaxProbabilities(scores.address, rows.length, nClasses, probabilities.address);
        const expected = rows.map((row) => naiveSoftmax(row.scores));
        for (let k = 0; k < nClasses; k++) {
          const own = probabilities.subarray(k * rows.length, (k + 1) * rows.length);
          own.forEach((p, i) => expect(p).to.be.closeTo(expected[i][k], TOLERANCE));
          kernels.classGradients(
            own.byteOffset,
            k,
            labels.address,
            weights.address,
            rows.length,
            factor,
            least,
            pairs.address,
          );
          rows.forEach((row, i) => {
            expectPair(pairs.subarray(2 * i, 2 * i + 2), row, expected[i][k], row.label === k, factor, least);
          });
        }
      }),
    );
  });

  it('keep a hessian above 0 where the floor is, even when a score says that it is certain', () => {
    const rows = [1e4, -1e4, 40, -40].map((value): Row => ({ scores: [value], label: 0, weight: 2 }));
    const { workspace, scores, labels, weights, pairs } = placed(rows, 1);
    const { kernels } = workspace;
    kernels.sigmoidGradients(scores.address, labels.address, weights.address, 4, 1e-16, pairs.address);
    for (let i = 0; i < 4; i++) expect(pairs[2 * i + 1]).to.be.above(0);
  });
});
