import { expect } from 'chai';

import type { TrainingSet } from '../../../src/estimators/estimator.js';
import { type BoostingReference, nameOfReference, readBoostingReferences } from '../../support/boosting-references.js';
import { readDataSet } from '../../support/csv.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import { lcg } from '../../support/problems.js';

/** Far less than one split elsewhere changes; the namesakes compute in single precision, in part. */
const TOLERANCE = 1e-5;

const random = lcg(7);
/** 6 features from -1 to 1, of which two tell the class, and noise. */
const noisy = Array.from({ length: 400 }, () => Array.from({ length: 6 }, () => random() * 2 - 1));
const places = noisy.map(([a, b]) => a + b * b + random());
const twoClasses = places.map((place) => (place > 0.8 ? 1 : 0));
const cancer = readDataSet('breast_cancer');

interface Data {
  readonly rows: readonly (readonly number[])[];
  readonly y: readonly number[];
}

const DATA = {
  'two classes': { rows: noisy, y: twoClasses },
  'two classes and missing values': {
    rows: noisy.map((row, i) => row.map((value, j) => ((i * row.length + j) % 7 === 0 ? NaN : value))),
    y: twoClasses,
  },
  // Of the third there are few.
  'three classes': { rows: noisy, y: places.map((place, i) => twoClasses[i] + (place > 1.5 ? 1 : 0)) },
  'breast cancer': {
    rows: cancer.rows,
    y: cancer.labels.map((label) => (label === 'malignant' ? 1 : 0)),
  },
} satisfies Record<BoostingReference['data'], Data>;

const WEIGHTS = {
  none: undefined,
  whole: (row: number) => 1 + ((row * 7) % 5),
  real: (row: number) => 0.1 + ((row * 7) % 11) / 8,
} satisfies Record<BoostingReference['weights'], unknown>;

describe('Boosted trees learn what their namesakes learn:', () => {
  for (const reference of readBoostingReferences()) {
    const { kind, hyperparameters, data, weights } = reference;

    it(nameOfReference(reference), () => {
      const { rows, y }: Data = DATA[data];
      const weightOf = WEIGHTS[weights];
      const training: TrainingSet = {
        ...trainingSet(rows, y),
        sampleWeight: weightOf && Float64Array.from(y, (_, row) => weightOf(row)),
      };
      const spec = specOf(kind, { n_estimators: 10, ...hyperparameters });
      const tensors = fit(spec, training);
      const probabilities = predict(spec, tensors, training, rows);

      const asked = probabilities.filter((_, row) => row % 70 === 0);
      expect(asked).to.have.length(reference.probabilities.length);
      asked.forEach((found, i) =>
        found.forEach((p, k) =>
          expect(p, `row ${i * 70}, class ${k}`).to.be.closeTo(reference.probabilities[i][k], TOLERANCE),
        ),
      );
      const logLoss = probabilities.reduce((sum, of, row) => sum - Math.log(of[y[row]]), 0) / rows.length;
      expect(logLoss, 'log loss').to.be.closeTo(reference.logLoss, TOLERANCE);
      if (hasTellingImportances(reference)) {
        const importances = Array.from(tensors.feature_importances.data, Number);
        expect(Array.from(tensors.feature_splits.data, Number)).to.deep.equal(reference.splits);
        importances.forEach((share, feature) =>
          expect(share, `gain of feature ${feature}`).to.be.closeTo(reference.gains[feature], TOLERANCE),
        );
      }
    });
  }
});

/**
 * Whether the splits are all of some gain. Of rows that are all of one class
 * LightGBM splits off some as soon as the rounding lets it gain 1e-15 by that,
 * and XGBoost without a penalty too: such splits count, and bear on no prediction.
 */
function hasTellingImportances({ kind, hyperparameters }: BoostingReference): boolean {
  if (kind === 'xgb_classifier') return hyperparameters.reg_lambda !== 0;
  return hyperparameters.num_leaves === 5 || hyperparameters.max_depth === 3;
}
