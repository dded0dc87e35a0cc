import { expect } from 'chai';

import type { CatBoostHyperparameters } from '../../../src/estimators/cat-boost-classifier.js';
import { catBoostPlan } from '../../../src/estimators/core/cat-boost.js';
import { obliviousBoost } from '../../../src/estimators/core/oblivious/oblivious-boost.js';
import type { TrainingSet } from '../../../src/estimators/estimator.js';
import type { Tensors } from '../../../src/estimators/tensor.js';
import {
  type CatBoostReference,
  type CategoryReference,
  readCatBoostReferences,
  readCategoryReferences,
} from '../../support/catboost-references.js';
import { codesByFrequency } from '../../support/categories.js';
import { readDataSet } from '../../support/csv.js';
import { fit, predict, silent, specOf, trainingSet } from '../../support/estimation.js';
import { lcg } from '../../support/problems.js';

/** Far less than one split elsewhere changes; we compute in single precision, in part. */
const TOLERANCE = 1e-5;

const random = lcg(7);
/** 6 features from -1 to 1, of which two tell the class, and noise. */
const noisy = Array.from({ length: 401 }, () => Array.from({ length: 6 }, () => random() * 2 - 1));
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
  // From so many on, more steps are taken in leaves.
  'twenty columns': {
    rows: noisy.map((row) => [
      ...row,
      ...row.toReversed().map((value, j) => value * (j + 1)),
      ...row.slice(0, 3).map((value, j) => value * row[j + 3]),
      ...row.slice(0, 5).map((value, j) => value + row[j + 1]),
    ]),
    y: twoClasses,
  },
  'breast cancer': {
    rows: cancer.rows,
    y: cancer.labels.map((label) => (label === 'malignant' ? 1 : 0)),
  },
} satisfies Record<CatBoostReference['data'], Data>;

const WEIGHTS = {
  none: undefined,
  whole: (row: number) => 1 + ((row * 7) % 5),
  real: (row: number) => 0.1 + ((row * 7) % 11) / 8,
} satisfies Record<CatBoostReference['weights'], unknown>;

describe('Oblivious trees without chance learn what CatBoost’s learn:', () => {
  for (const reference of readCatBoostReferences()) {
    const { hyperparameters, data, weights } = reference;

    it(nameOf(reference), () => {
      const { rows, y }: Data = DATA[data];
      const weightOf = WEIGHTS[weights];
      const training: TrainingSet = {
        ...trainingSet(rows, y),
        sampleWeight: weightOf && Float64Array.from(y, (_, row) => weightOf(row)),
      };
      const given = { iterations: 10, random_strength: 0, bootstrap_type: 'no', ...hyperparameters };
      const spec = specOf('cat_boost_classifier', given);
      const tensors = fit(spec, training);
      expectLearned(reference, tensors, predict(spec, tensors, training, rows), y);
    });
  }
});

describe('Oblivious trees over categories, in the order of time, learn what CatBoost’s learn:', () => {
  const city = noisy.map((row) => Math.floor((row[2] + 1) * 6));
  const colour = city.map((of, row) => (row * row + 3 * of) % 5);
  const coin = city.map((_, row) => (row * 13) % 2);
  const { rows, nCategories } = codesByFrequency(
    noisy.map((row, i) => [...row.slice(0, 3), city[i], colour[i], coin[i]]),
    [3, 4, 5],
  );
  const wish = places.map((place, i) => {
    const bonus = colour[i] === city[i] % 5 ? 0.5 : 0;
    return place + 0.4 * Math.sin(city[i] * 3) + bonus - 0.3 * coin[i];
  });
  const labels = {
    'categories of two classes': wish.map((of) => (of > 0.9 ? 1 : 0)),
    'categories of three classes': wish.map((of) => (of > 0.6 ? 1 : 0) + (of > 1.4 ? 1 : 0)),
  };

  for (const reference of readCategoryReferences()) {
    const { hyperparameters, complexity, data, weights } = reference;

    it(`complexity ${complexity} · ${nameOf(reference)}`, () => {
      const y = labels[data];
      const weightOf = WEIGHTS[weights];
      const training: TrainingSet = {
        ...trainingSet(rows, y),
        nCategories,
        sampleWeight: weightOf && Float64Array.from(y, (_, row) => weightOf(row)),
      };
      const given = { iterations: 10, random_strength: 0, bootstrap_type: 'no', ...hyperparameters };
      const spec = specOf('cat_boost_classifier', given);
      const plan = catBoostPlan(spec.hyperparameters as CatBoostHyperparameters, training, false);
      const tensors = obliviousBoost(training, { ...plan, complexity, inOrder: true }, silent);
      expectLearned(reference, tensors, predict(spec, tensors, training, rows), y);
    });
  }
});

function expectLearned(
  reference: CatBoostReference | CategoryReference,
  tensors: Tensors,
  probabilities: readonly (readonly number[])[],
  y: readonly number[],
): void {
  const asked = probabilities.filter((_, row) => row % 70 === 0);
  expect(asked).to.have.length(reference.probabilities.length);
  asked.forEach((found, i) =>
    found.forEach((p, k) =>
      expect(p, `row ${i * 70}, class ${k}`).to.be.closeTo(reference.probabilities[i][k], TOLERANCE),
    ),
  );
  const logLoss = probabilities.reduce((sum, of, row) => sum - Math.log(of[y[row]]), 0) / y.length;
  expect(logLoss, 'log loss').to.be.closeTo(reference.logLoss, TOLERANCE);
  Array.from(tensors.feature_importances.data, Number).forEach((share, feature) =>
    expect(share, `importance of feature ${feature}`).to.be.closeTo(reference.importances[feature], 10 * TOLERANCE),
  );
}

function nameOf({ hyperparameters, data, weights }: CatBoostReference | CategoryReference): string {
  const settings = Object.entries(hyperparameters).map(([name, value]) => `${name} ${String(value)}`);
  return [...settings, data, ...(weights === 'none' ? [] : [`${weights} weights`])].join(' · ');
}
