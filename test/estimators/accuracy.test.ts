import { expect } from 'chai';

import { catalog } from '../../src/estimators/catalog.js';
import { ENGINE_NAMES, type EstimatorKind, type EstimatorSpec } from '../../src/estimators/estimator.js';
import { encodeLabels } from '../../src/estimators/labels.js';
import { readDataSet } from '../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../support/estimation.js';
import { stratifiedFolds } from '../support/folds.js';

const FOLDS = 5;
const MARGIN = 0.02;

/**
 * What scikit-learn 1.9.1, LightGBM 4.7.0 and XGBoost 3.2.0 reach on the same folds, by
 * test/data/reference_accuracy.py; the forest's figure is the mean of ten seeds.
 */
const REFERENCE = {
  iris: {
    logistic_regression: 0.96,
    random_forest_classifier: 0.9413,
    k_neighbors_classifier: 0.96,
    lgbm_classifier: 0.9467,
    xgb_classifier: 0.9267,
  },
  wine: {
    logistic_regression: 0.9438,
    random_forest_classifier: 0.9792,
    k_neighbors_classifier: 0.6854,
    lgbm_classifier: 0.9663,
    xgb_classifier: 0.9607,
  },
  breast_cancer: {
    logistic_regression: 0.9525,
    random_forest_classifier: 0.9617,
    k_neighbors_classifier: 0.9332,
    lgbm_classifier: 0.9631,
    xgb_classifier: 0.9631,
  },
  digits: {
    logistic_regression: 0.9633,
    random_forest_classifier: 0.9494,
    k_neighbors_classifier: 0.9872,
    lgbm_classifier: 0.9388,
    xgb_classifier: 0.9471,
  },
} as const;

const OF_TREES = ['random_forest_classifier', 'lgbm_classifier', 'xgb_classifier'];

/** The share of all rows that the model of the other folds labels correctly. */
function heldOutAccuracy(name: keyof typeof REFERENCE, spec: EstimatorSpec): number {
  const { rows, labels } = readDataSet(name);
  const { indexes, classes } = encodeLabels({ kind: 'string', values: labels });
  const folds = stratifiedFolds(indexes, FOLDS);
  let right = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const y = Array.from(indexes);
    const training = trainingSet(
      rows.filter((_, i) => folds[i] !== fold),
      y.filter((_, i) => folds[i] !== fold),
    );
    expect(training.nClasses).to.equal(classes.values.length);
    const held = y.filter((_, i) => folds[i] === fold);
    const probabilities = predict(
      spec,
      fit(spec, training),
      training,
      rows.filter((_, i) => folds[i] === fold),
    );
    right += probabilities.filter((row, i) => argmax(row) === held[i]).length;
  }
  return right / rows.length;
}

describe('Held-out accuracy on real data, with default hyperparameters', function () {
  this.timeout(120_000);

  for (const name of Object.keys(REFERENCE) as (keyof typeof REFERENCE)[]) {
    for (const [kind, reference] of Object.entries(REFERENCE[name])) {
      // A tenth of the trees, on both sides, keeps the largest set quick.
      const given = name === 'digits' && OF_TREES.includes(kind) ? { n_estimators: 10 } : {};
      for (const engine of ENGINE_NAMES.filter((each) => catalog[kind as EstimatorKind].engines[each])) {
        it(`is at most ${MARGIN} below the Python class's for ${kind} (${engine}) on ${name}`, () => {
          const accuracy = heldOutAccuracy(name, specOf(kind as EstimatorKind, given, engine));
          expect(accuracy, `accuracy against ${reference}`).to.be.at.least(reference - MARGIN);
        });
      }
    }
  }
});
