import { expect } from 'chai';
import fc from 'fast-check';

import { type EstimatorSpec, TrainingCancelled } from '../../src/estimators/estimator.js';
import { type Tensor, TENSOR_ARRAYS } from '../../src/estimators/tensor.js';
import { readDataSet } from '../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../support/estimation.js';

const iris = (() => {
  const { rows, labels } = readDataSet('iris');
  return trainingSet(
    rows,
    labels.map((label) => ['setosa', 'versicolor', 'virginica'].indexOf(label)),
    7,
  );
})();
const irisRows = readDataSet('iris').rows;

const engines: [name: string, spec: EstimatorSpec][] = [
  ['logistic regression', specOf('logistic_regression', { max_iter: 100 })],
  ['a random forest', specOf('random_forest_classifier', { n_estimators: 10 })],
  ['a random forest without bootstrap', specOf('random_forest_classifier', { n_estimators: 3, bootstrap: false })],
  ['a pruned random forest', specOf('random_forest_classifier', { n_estimators: 10, ccp_alpha: 0.01 })],
  ['a forest of ml-random-forest', specOf('random_forest_classifier', { n_estimators: 10 }, 'mljs')],
  ['boosted trees after LightGBM', specOf('lgbm_classifier', { n_estimators: 5, min_child_samples: 1 })],
  ['boosted trees after XGBoost', specOf('xgb_classifier', { n_estimators: 5, min_child_weight: 0 })],
  ['sampled boosted trees', specOf('xgb_classifier', { n_estimators: 5, subsample: 0.5, colsample_bynode: 0.5 })],
  ['nearest neighbours', specOf('k_neighbors_classifier', { n_neighbors: 2 })],
  ['weighted nearest neighbours', specOf('k_neighbors_classifier', { n_neighbors: 2, weights: 'distance', p: 1 })],
];

function expectDistribution(row: readonly number[]): void {
  expect(
    row.every((p) => p >= 0 && p <= 1),
    String(row),
  ).to.equal(true);
  expect(row.reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-9);
}

for (const [name, spec] of engines) {
  describe(`Training ${name}`, () => {
    it('gives the same tensors for the same arguments', () => {
      expect(fit(spec, iris)).to.deep.equal(fit(spec, iris));
    });

    it('leaves the training rows as they were', () => {
      const [x, y] = [iris.x.slice(), iris.y.slice()];
      fit(spec, iris);
      expect([iris.x, iris.y]).to.deep.equal([x, y]);
    });

    it('reports progress that rises to its end, and ends when it is told to', () => {
      const seen: number[] = [];
      let last = 0;
      fit(spec, iris, { progress: (iteration, iterations) => void (seen.push(iteration), (last = iterations)) });
      // Between iterations it may be asked whether to go on.
      expect(seen).to.deep.equal(seen.toSorted((a, b) => a - b));
      expect([...new Set([0, ...seen])]).to.deep.equal(Array.from({ length: last + 1 }, (_, i) => i));
      const cancel = () => {
        throw new TrainingCancelled();
      };
      expect(() => fit(spec, iris, { progress: cancel })).to.throw(TrainingCancelled);
    });

    it('gives a model that predicts the same from rows in either precision', () => {
      const tensors = fit(spec, iris);
      const single = irisRows.map((row) => row.map(Math.fround));
      expect(predict(spec, tensors, iris, single, Float32Array)).to.deep.equal(predict(spec, tensors, iris, single));
      expect(predict(spec, tensors, iris, irisRows)).to.deep.equal(predict(spec, tensors, iris, irisRows));
    });

    it('separates what is far apart', () => {
      const rows = Array.from({ length: 40 }, (_, i) => [i < 20 ? i / 20 : 10 + i / 20, 5]);
      const y = rows.map((_, i) => (i < 20 ? 1 : 0));
      const probabilities = predict(spec, fit(spec, trainingSet(rows, y)), { nFeatures: 2, nClasses: 2 }, [
        [0.5, 5],
        [11.5, 5],
      ]);
      expect(probabilities.map(argmax)).to.deep.equal([1, 0]);
    });

    it('refuses tensors that are missing, of another type or of another shape', () => {
      const tensors = fit(spec, iris);
      for (const [key, tensor] of Object.entries(tensors)) {
        const { [key]: _, ...missing } = tensors;
        expect(() => predict(spec, missing, iris, []), key).to.throw(RangeError, 'missing');
        const other = tensor.dtype === 'U8' ? 'U16' : 'U8';
        const data = new TENSOR_ARRAYS[other](new ArrayBuffer(2), 0, 1);
        const retyped = { ...tensors, [key]: { dtype: other, shape: tensor.shape, data } as Tensor };
        expect(() => predict(spec, retyped, iris, []), key).to.throw(RangeError);
        const deeper = { ...tensors, [key]: { ...tensor, shape: [1, ...tensor.shape] } };
        expect(() => predict(spec, deeper, iris, []), key).to.throw(RangeError);
      }
    });

    const cases: [what: string, rows: number[][], y: number[]][] = [
      ['two rows', [[1], [2]], [0, 1]],
      ['two equal rows of different classes', [[1], [1]], [0, 1]],
      ['constant features', [[1, 0], [1, 0], [1, 0], [1, 0]], [0, 1, 1, 2]],
      ['a class with one row', [[1, 2], [2, 1], [3, 4], [4, 4], [9, 9]], [0, 0, 0, 0, 1]],
      ['many duplicates', Array.from({ length: 30 }, (_, i) => [i % 2, 3]), Array.from({ length: 30 }, (_, i) => i % 3)],
      ['100 classes', Array.from({ length: 200 }, (_, i) => [i % 100, -i]), Array.from({ length: 200 }, (_, i) => i % 100)],
      ['huge numbers', [[1e308, -1e308], [-1e308, 1e308], [1e307, 1]], [0, 1, 0]],
      ['tiny numbers', [[5e-324, 0], [1e-310, 1e-300], [0, 2e-300]], [0, 1, 0]],
    ]; // prettier-ignore
    for (const [what, rows, y] of cases) {
      it(`works with ${what}`, () => {
        const training = trainingSet(rows, y);
        predict(spec, fit(spec, training), training, rows).forEach(expectDistribution);
      });
    }

    it('works with whatever finite rows', () => {
      const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
      const table = fc
        .integer({ min: 1, max: 4 })
        .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 3 }));
      fc.assert(
        fc.property(table, (rows) => {
          const training = trainingSet(
            rows,
            rows.map((_, i) => i % 3),
          );
          predict(spec, fit(spec, training), training, rows).forEach(expectDistribution);
        }),
        { numRuns: 40 },
      );
    });
  });
}
