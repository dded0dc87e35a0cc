import { expect } from 'chai';

import type { TrainingSet } from '../../../src/estimators/estimator.js';
import { trainingSet } from '../../support/estimation.js';
import { dataSet, fitted } from '../../support/linear-training.js';

const iris = dataSet('iris');
const pair = trainingSet(
  Array.from({ length: 100 }, (_, i) => Array.from(iris.x.subarray((50 + i) * 4, (51 + i) * 4))),
  Array.from({ length: 100 }, (_, i) => iris.y[50 + i] - 1),
);
const weighted = { ...iris, sampleWeight: Float64Array.from({ length: 150 }, (_, i) => 1 + (i % 3)) };

/** Coefficients and the intercept of each output, by test/data/reference_logistic.py with scikit-learn 1.9.1. */
const REFERENCE: [name: string, training: TrainingSet, given: Record<string, unknown>, outputs: number[][]][] = [
  ['two classes, l2', pair, {}, [[-0.39443, -0.51328, 2.93075, 2.41703, -14.43076]]],
  ['two classes, none', pair, { penalty: 'none' }, [[-2.46522, -6.68089, 9.42939, 18.28614, -42.6378]]],
  ['two classes, l1', pair, { penalty: 'l1' }, [[-0.71224, 0, 4.15498, 4.00659, -22.52253]]],
  [
    'three classes, l2',
    iris,
    {},
    [
      [-0.42351, 0.96735, -2.51715, -1.07934, 9.84957],
      [0.53446, -0.32159, -0.20639, -0.9443, 2.23721],
      [-0.11095, -0.64576, 2.72354, 2.02364, -12.08677],
    ],
  ],
  [
    'three classes, l2, c = 0.01',
    iris,
    { c: 0.01 },
    [
      [-0.13683, 0.09607, -0.43484, -0.17832, 2.1926],
      [-0.001, -0.1024, 0.08666, -0.0034, 0.21854],
      [0.13782, 0.00633, 0.34818, 0.18172, -2.41114],
    ],
  ],
  [
    'three classes, l2, no intercept',
    iris,
    { fit_intercept: false },
    [
      [0.77441, 1.74693, -2.34856, -1.11245, 0],
      [0.62339, -0.09419, -0.04478, -1.02176, 0],
      [-1.39781, -1.65273, 2.39334, 2.13422, 0],
    ],
  ],
  [
    'three classes, l2, weights',
    weighted,
    {},
    [
      [-0.44816, 1.24093, -2.9967, -1.35575, 11.29795],
      [0.82693, -0.22361, -0.40341, -1.10802, 1.76652],
      [-0.37877, -1.01732, 3.40011, 2.46377, -13.06447],
    ],
  ],
  [
    'three classes, l1, c = 0.1',
    iris,
    { penalty: 'l1', c: 0.1 },
    [
      [0, 0, -1.76793, 0, 6.23456],
      [0, 0, 0, 0, 1.22678],
      [0, 0, 1.78513, 0, -7.46134],
    ],
  ],
  [
    'three classes, elasticnet',
    iris,
    { penalty: 'elasticnet', l1_ratio: 0.5 },
    [
      [0, 0.74696, -2.87907, -0.6999, 11.12635],
      [0.57343, 0, 0, -0.73485, 2.57287],
      [-0.01205, -0.39315, 3.22518, 2.43474, -13.69922],
    ],
  ],
];

describe('Logistic regression of the core on iris', () => {
  for (const [name, training, given, outputs] of REFERENCE) {
    it(`has scikit-learn’s coefficients: ${name}`, () => {
      const { coef, intercept, converged } = fitted(training, given);
      expect(converged).to.equal(true);
      outputs.forEach((expected, k) => {
        const found = [...coef.slice(k * 4, k * 4 + 4), intercept[k]];
        found.forEach((value, j) => expect(value, `${k}, ${j}`).to.be.closeTo(expected[j], 1e-3));
      });
    });
  }
});
