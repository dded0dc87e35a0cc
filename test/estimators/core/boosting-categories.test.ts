import { expect } from 'chai';

import type { TrainingSet } from '../../../src/estimators/estimator.js';
import {
  type CategoriesReference,
  nameOfReference,
  readCategoriesReferences,
} from '../../support/boosting-references.js';
import { codesByFrequency } from '../../support/categories.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import { lcg } from '../../support/problems.js';

/** Far less than one split elsewhere changes; the namesakes compute in single precision, in part. */
const TOLERANCE = 1e-5;

const N_ROWS = 2_000;
const random = lcg(23);
/** Two numbers, then 3, 14 and up to 300 categories: the more there are, the rarer are most of them. */
const numbers = Array.from({ length: N_ROWS }, () => [random() * 2 - 1, random() * 2 - 1]);
const few = Array.from({ length: N_ROWS }, () => Math.floor(random() * 3));
const some = Array.from({ length: N_ROWS }, () => Math.floor(random() ** 2 * 14));
const many = Array.from({ length: N_ROWS }, () => Math.floor(random() ** 3 * 300));
const ofSome = Array.from({ length: 14 }, () => random());
const ofMany = Array.from({ length: 300 }, () => random() * 2);
const places = numbers.map(
  ([a], i) => a * 0.6 + (few[i] === 1 ? 0.5 : 0) + ofSome[some[i]] + ofMany[many[i]] + random(),
);
const table = numbers.map((pair, i) => [...pair, few[i], some[i], many[i]]);
const gaps = table.map((row, i) => row.map((value, j) => ((i * row.length + j) % 7 === 0 ? NaN : value)));
const twoClasses = places.map((place) => (place > 2.2 ? 1 : 0));

const DATA = {
  'two classes': { ...codesByFrequency(table, [2, 3, 4]), y: twoClasses },
  'two classes and missing values': { ...codesByFrequency(gaps, [2, 3, 4]), y: twoClasses },
  'three classes': {
    ...codesByFrequency(table, [2, 3, 4]),
    y: places.map((place, i) => twoClasses[i] + (place > 3 ? 1 : 0)),
  },
} satisfies Record<CategoriesReference['data'], unknown>;

const weights = Float64Array.from({ length: N_ROWS }, () => 0.1 + random());

/** The first rows, of which one category each is missing, or one that is not among the training's. */
function probesOf(rows: readonly (readonly number[])[], nCategories: Uint32Array): number[][] {
  return rows
    .slice(0, 6)
    .flatMap((row) => [3, 4].flatMap((column) => [NaN, nCategories[column]].map((value) => row.with(column, value))));
}

describe('Boosted trees learn of categories what their namesakes learn:', () => {
  for (const reference of readCategoriesReferences()) {
    const { kind, hyperparameters, data } = reference;

    it(nameOfReference(reference), () => {
      const { rows, nCategories, y } = DATA[data];
      const training: TrainingSet = {
        ...trainingSet(rows, y),
        nCategories,
        sampleWeight: reference.weights === 'real' ? weights : undefined,
      };
      const spec = specOf(kind, { n_estimators: 10, ...hyperparameters });
      const tensors = fit(spec, training);
      const expectRows = (found: number[][], expected: readonly (readonly number[])[], what: string) => {
        expect(found).to.have.length(expected.length);
        found.forEach((of, i) =>
          of.forEach((p, k) => expect(p, `${what} ${i}, class ${k}`).to.be.closeTo(expected[i][k], TOLERANCE)),
        );
      };
      const probabilities = predict(spec, tensors, training, rows);
      const asked = probabilities.filter((_, row) => row % 200 === 0);
      expectRows(asked, reference.probabilities, 'row 200 *');
      const logLoss = probabilities.reduce((sum, of, row) => sum - Math.log(of[y[row]]), 0) / rows.length;
      expect(logLoss, 'log loss').to.be.closeTo(reference.logLoss, TOLERANCE);
      expect(Array.from(tensors.feature_splits.data, Number)).to.deep.equal(reference.splits);
      Array.from(tensors.feature_importances.data, Number).forEach((share, feature) =>
        expect(share, `gain of feature ${feature}`).to.be.closeTo(reference.gains[feature], TOLERANCE),
      );
      expectRows(predict(spec, tensors, training, probesOf(rows, nCategories)), reference.probes, 'probe');
    });
  }
});
