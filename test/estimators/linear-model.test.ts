import { expect } from 'chai';
import { linearPredictor, linearTensors } from '../../src/estimators/linear-model.js';
import { lcg } from '../support/problems.js';
import { runThrough } from '../../src/estimators/in-parts.js';

/** A model with random coefficients, and rows to ask about. */
function problem(nFeatures: number, nClasses: number, rows: number) {
  const random = lcg(nFeatures + nClasses);
  const numbers = (length: number) => Float64Array.from({ length }, () => 4 * random() - 2);
  const nOutputs = nClasses === 2 ? 1 : nClasses;
  const [coef, intercept] = [numbers(nOutputs * nFeatures), numbers(nOutputs)];
  const predictor = runThrough(linearPredictor(linearTensors(coef, intercept), { nFeatures, nClasses }));
  const data = numbers(rows * nFeatures);
  const ask = (values: Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>): number[] => {
    const count = values.length / nFeatures;
    const probabilities = new Float64Array(count * nClasses).fill(NaN);
    predictor.predictProbabilities({ rows: count, columns: nFeatures, data: values }, probabilities);
    return Array.from(probabilities);
  };
  /** Class probabilities by their definition. */
  const expected = (row: number): number[] => {
    const values = Array.from(data.subarray(row * nFeatures, (row + 1) * nFeatures));
    const scores = Array.from(intercept, (start, k) =>
      values.reduce((sum, value, j) => sum + value * coef[k * nFeatures + j], start),
    );
    const exponentials = (nOutputs === 1 ? [0, scores[0]] : scores).map(Math.exp);
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    return exponentials.map((value) => value / total);
  };
  return { data, ask, expected };
}

describe('A linear model', () => {
  for (const [nFeatures, nClasses] of [
    [3, 2],
    [40, 3],
    [100, 10],
    [1, 7],
  ]) {
    // prettier-ignore
    const rows = 523;
    const { data, ask, expected } = problem(nFeatures, nClasses, rows);

    it(`answers with the softmax of its scores, ${nFeatures} features and ${nClasses} classes`, () => {
      const answers = ask(data);
      for (let row = 0; row < rows; row++)
        expected(row).forEach((share, k) => expect(answers[row * nClasses + k]).to.be.closeTo(share, 1e-12));
    });

    it(`answers a row alike alone and among others, ${nFeatures} features and ${nClasses} classes`, () => {
      const alone = Array.from({ length: rows }, (_, row) => ask(data.slice(row * nFeatures, (row + 1) * nFeatures)));
      expect(ask(data)).to.deep.equal(alone.flat());
      expect(ask(new Float64Array())).to.deep.equal([]);
    });

    it(`answers numbers in single precision as in double, ${nFeatures} features and ${nClasses} classes`, () => {
      const single = Float32Array.from(data);
      expect(ask(single)).to.deep.equal(ask(Float64Array.from(single)));
    });
  }

  it('is undecided where scores overflow both ways', () => {
    const coef = Float64Array.of(1e300, -1e300);
    const predictor = runThrough(
      linearPredictor(linearTensors(coef, Float64Array.of(0)), { nFeatures: 2, nClasses: 2 }),
    );
    const probabilities = new Float64Array(4);
    predictor.predictProbabilities({ rows: 2, columns: 2, data: Float64Array.of(1e300, 1e300, 1e300, 1) }, probabilities); // prettier-ignore
    expect([...probabilities]).to.deep.equal([0.5, 0.5, 0, 1]);
  });

  it('is refused when its coefficients are not finite', () => {
    const restored = (coef: number, intercept: number) => () =>
      runThrough(
        linearPredictor(linearTensors(Float64Array.of(coef), Float64Array.of(intercept)), {
          nFeatures: 1,
          nClasses: 2,
        }),
      );
    expect(restored(1, 2)).not.to.throw();
    expect(restored(NaN, 2)).to.throw(RangeError, 'finite');
    expect(restored(1, Infinity)).to.throw(RangeError, 'finite');
  });
});
