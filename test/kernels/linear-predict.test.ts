import { expect } from 'chai';
import fc from 'fast-check';
import { Workspace } from '../../src/kernels/workspace.js';

/** Scores and shares of a linear model of `classes` classes, by the kernels. */
function predicted(rows: number[][], coef: number[][], intercept: number[]) {
  const [features, classes] = [rows[0].length, intercept.length];
  const width = classes + (classes % 2);
  const workspace = new Workspace(2 ** 16);
  const x = workspace.f64(rows.length * features);
  const weights = workspace.f64((1 + features) * width);
  const scores = workspace.f64(rows.length * width);
  x.set(rows.flat());
  // What fills up the last vector does not matter.
  weights.fill(7);
  weights.set(intercept);
  for (let j = 0; j < features; j++) weights.set(coef.map((of) => of[j]), (1 + j) * width); // prettier-ignore
  workspace.kernels.linearScores(x.address, rows.length, features, weights.address, width, scores.address);
  const found = rows.map((_, row) => Array.from(scores.subarray(row * width, row * width + classes)));
  workspace.kernels.softmaxRows(scores.address, rows.length, classes, width);
  const shares = rows.map((_, row) => Array.from(scores.subarray(row * classes, (row + 1) * classes)));
  return { scores: found, shares };
}

/** The softmax by its definition, of scores kept finite. */
function softmax(scores: number[]): number[] {
  const known = scores.map((score) => (Number.isNaN(score) ? 0 : score));
  const bounded = known.map((score) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, score)));
  const largest = Math.max(...bounded);
  const weights = bounded.map((score) => Math.exp(score - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Rows, coefficients and intercepts of `value`, in all odd sizes. */
function models(value: fc.Arbitrary<number>) {
  const vector = (length: number) => fc.array(value, { minLength: length, maxLength: length });
  return fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 2, max: 19 })).chain(([features, classes]) =>
    fc.record({
      rows: fc.array(vector(features), { minLength: 1, maxLength: 11 }),
      coef: fc.array(vector(features), { minLength: classes, maxLength: classes }),
      intercept: vector(classes),
    }),
  );
}

describe('The kernels of linear predictions', () => {
  it('add products in the order of the features, to the bit', () => {
    fc.assert(
      fc.property(models(fc.double({ min: -1e6, max: 1e6, noNaN: true })), ({ rows, coef, intercept }) => {
        const { scores } = predicted(rows, coef, intercept);
        rows.forEach((row, i) =>
          intercept.forEach((start, k) => {
            const sum = row.reduce((total, value, j) => total + value * coef[k][j], start);
            expect(scores[i][k] - sum, `row ${i}, class ${k}`).to.equal(0);
          }),
        );
      }),
    );
  });

  for (const [name, value] of Object.entries({
    'moderate scores': fc.double({ min: -5, max: 5, noNaN: true }),
    'scores that differ by any amount': fc.double({ min: -1e3, max: 1e3, noNaN: true }),
    'scores that overflow, and are no numbers': fc.oneof(
      fc.constantFrom(0, 1e200, -1e200, Number.MAX_VALUE, -Number.MAX_VALUE),
      fc.double({ min: -2, max: 2, noNaN: true }),
    ),
  })) {
    it(`turn them into probabilities: ${name}`, () => {
      fc.assert(
        fc.property(models(value), ({ rows, coef, intercept }) => {
          const { scores, shares } = predicted(rows, coef, intercept);
          scores.forEach((of, i) =>
            softmax(of).forEach((share, k) => expect(shares[i][k], `row ${i}, class ${k}`).to.be.closeTo(share, 1e-14)),
          );
        }),
      );
    });
  }

  it('leave nothing to the class that fills up the last vector', () => {
    const { shares } = predicted([[1]], [[0], [0], [0]], [-Infinity, -Number.MAX_VALUE, -Infinity]);
    expect(shares).to.deep.equal([[1 / 3, 1 / 3, 1 / 3]]);
  });
});
