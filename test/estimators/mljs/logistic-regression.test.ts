import { expect } from 'chai';

import { resolveEstimator } from '../../../src/estimators/catalog.js';
import { largestEigenvalue } from '../../../src/estimators/mljs/largest-eigenvalue.js';
import { tensor } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, predict, trainingSet } from '../../support/estimation.js';

const KIND = 'logistic_regression';
const specOf = (kind: typeof KIND, given: Record<string, unknown> = {}) => resolveEstimator(kind, 'mljs', given);
const converged = specOf(KIND, { max_iter: 20_000 });

/** Not separable: the likelihood has a maximum. */
const overlapping = {
  rows: [[1], [2], [3], [4], [5], [6], [7], [8]],
  binary: [0, 0, 1, 0, 1, 0, 1, 1],
  three: [0, 1, 2, 0, 1, 2, 1, 2],
};

/** The sums of (probability - 1[y = c]) and of that times x, which are 0 at the maximum of the likelihood. */
function gradient(rows: number[][], y: number[], probabilities: number[][]): number[] {
  return probabilities[0].flatMap((_, c) => {
    const errors = probabilities.map((row, i) => row[c] - (y[i] === c ? 1 : 0));
    const sum = (terms: number[]) => terms.reduce((total, term) => total + term, 0);
    return [sum(errors), ...rows[0].map((_value, j) => sum(errors.map((error, i) => error * rows[i][j])))];
  });
}

describe('Logistic regression by ml-logistic-regression', () => {
  for (const [name, y] of [
    ['two classes', overlapping.binary],
    ['three classes', overlapping.three],
  ] as const) {
    it(`reaches the maximum of the likelihood with ${name}`, () => {
      const training = trainingSet(overlapping.rows, y);
      const probabilities = predict(converged, fit(converged, training), training, overlapping.rows);
      for (const slope of gradient(overlapping.rows, y, probabilities)) expect(slope).to.be.closeTo(0, 1e-6);
    });
  }

  it('has one row of coefficients for two classes, as scikit-learn, and one a class for more', () => {
    const two = fit(specOf(KIND), trainingSet(overlapping.rows, overlapping.binary));
    expect([two.coef.shape, two.intercept.shape]).to.deep.equal([[1, 1], [1]]);
    const three = fit(specOf(KIND), trainingSet(overlapping.rows, overlapping.three));
    expect([three.coef.shape, three.intercept.shape]).to.deep.equal([[3, 1], [3]]);
  });

  it('does not depend on the units of the features', () => {
    const { rows } = readDataSet('wine');
    const y = readDataSet('wine').labels.map(Number);
    const other = rows.map((row) => row.map((value, j) => 1000 * j + value * 10 ** (j - 6)));
    const spec = specOf(KIND);
    const [a, b] = [rows, other].map((x) => predict(spec, fit(spec, trainingSet(x, y)), trainingSet(x, y), x));
    a.forEach((row, i) => row.forEach((p, c) => expect(p).to.be.closeTo(b[i][c], 1e-6)));
  });

  it('loses nothing to features far from 0', () => {
    const far = overlapping.rows.map(([value]) => [1e6 + value / 1000]);
    const probabilities = [overlapping.rows, far].map((x) => {
      const training = trainingSet(x, overlapping.binary);
      return predict(converged, fit(converged, training), training, x);
    });
    probabilities[0].forEach(([p], i) => expect(p).to.be.closeTo(probabilities[1][i][0], 1e-6));
  });

  it('has no intercept when it is told so', () => {
    const spec = specOf(KIND, { fit_intercept: false, max_iter: 20_000 });
    const training = trainingSet(overlapping.rows, overlapping.binary);
    const tensors = fit(spec, training);
    expect(tensors.intercept.data).to.deep.equal(Float64Array.of(0));
    const probabilities = predict(spec, tensors, training, [...overlapping.rows, [0]]);
    expect(probabilities.pop()).to.deep.equal([0.5, 0.5]);
    expect(gradient(overlapping.rows, overlapping.binary, probabilities)[1]).to.be.closeTo(0, 1e-6);
  });

  it('gives features that do not vary no coefficient', () => {
    // The mean of ten equal numbers need not be that number.
    const rows = [...overlapping.rows, [1], [8]].map(([value]) => [0.1, value]);
    const tensors = fit(specOf(KIND), trainingSet(rows, [...overlapping.three, 0, 2]));
    expect([0, 2, 4].map((i) => tensors.coef.data[i])).to.deep.equal([0, 0, 0]);
  });

  it('takes exactly max_iter steps, each of which lowers the loss', () => {
    const training = trainingSet(overlapping.rows, overlapping.three);
    const losses: number[] = [];
    fit(specOf(KIND, { max_iter: 30 }), training, {
      progress(iteration, iterations, trainLoss = NaN) {
        expect([iteration, iterations]).to.deep.equal([losses.length + 1, 30]);
        losses.push(trainLoss);
      },
    });
    expect(losses).to.have.length(30);
    expect(losses[0]).to.be.closeTo(Math.log(3), 1e-12);
    losses.slice(1).forEach((loss, i) => expect(loss).to.be.below(losses[i]));
  });

  it('reports the mean log loss', () => {
    for (const y of [overlapping.binary, overlapping.three]) {
      const training = trainingSet(overlapping.rows, y);
      let last = NaN;
      fit(converged, training, { progress: (_iteration, _iterations, trainLoss = NaN) => void (last = trainLoss) });
      const probabilities = predict(converged, fit(converged, training), training, overlapping.rows);
      const losses = probabilities.map((row, i) => -Math.log(row[y[i]]));
      expect(last).to.be.closeTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 1e-9);
    }
  });

  it('stays certain, and finite, far outside the training rows', () => {
    const training = trainingSet(overlapping.rows, overlapping.three);
    const tensors = fit(specOf(KIND), training);
    const far = predict(specOf(KIND), tensors, training, [[-1e308], [1e308]]);
    expect(far.map(argmax)).to.deep.equal([0, 2]);
    for (const row of far) expect(row.reduce((sum, p) => sum + p, 0)).to.equal(1);
    const withCoef = (nFeatures: number, coef: number[]) => {
      const nOutputs = coef.length / nFeatures;
      return {
        coef: tensor('F64', [nOutputs, nFeatures], Float64Array.from(coef)),
        intercept: tensor('F64', [nOutputs], new Float64Array(nOutputs)),
      };
    };
    const opposed = withCoef(2, [1e9, 1e9]);
    expect(predict(specOf(KIND), opposed, { nFeatures: 2, nClasses: 2 }, [[1e308, -1e308]])).to.deep.equal([
      [0.5, 0.5],
    ]);
    const steep = withCoef(1, [1e9, -1e9, 1e9]);
    expect(predict(specOf(KIND), steep, { nFeatures: 1, nClasses: 3 }, [[1e308]])).to.deep.equal([[0.5, 0, 0.5]]);
  });

  it('refuses coefficients that are not finite', () => {
    const shape = { nFeatures: 1, nClasses: 2 };
    for (const [coef, intercept] of [
      [NaN, 0],
      [0, Infinity],
    ]) {
      const tensors = {
        coef: tensor('F64', [1, 1], Float64Array.of(coef)),
        intercept: tensor('F64', [1], Float64Array.of(intercept)),
      };
      expect(() => predict(specOf(KIND), tensors, shape, [])).to.throw(RangeError, 'finite');
    }
  });
});

describe('The largest eigenvalue', () => {
  it('is that of ZᵀZ', () => {
    expect(largestEigenvalue(Float64Array.of(2, 0, 0, 3), 2)).to.be.closeTo(9, 1e-9);
    // The eigenvalues of [[5, 4], [4, 5]] are 9 and 1.
    expect(largestEigenvalue(Float64Array.of(1, 2, 2, 1), 2)).to.be.closeTo(9, 1e-9);
    expect(largestEigenvalue(new Float64Array(6), 3)).to.equal(0);
  });
});
