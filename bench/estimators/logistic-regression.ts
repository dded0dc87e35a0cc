import { dataOf } from '../../src/estimators/tensor.js';
import { figures } from '../benchmark.js';
import { formatSigned, formatSmall } from '../report/format.js';
import { differencesOf, largestOf } from '../scores.js';
import type { Case, Comparison } from './comparison.js';
import { logisticObjective } from './logistic-objective.js';

/** How much larger than the peer's the objective by row may be. */
const BAR = 1e-6;

export const logisticRegressionComparison: Comparison = {
  title: 'Logistic regression: L2, L-BFGS',
  kind: 'logistic_regression',
  peer: 'scikit-learn',
  question: {
    estimator: 'sklearn.linear_model.LogisticRegression',
    parameters: {},
    attributes: ['coef_', 'intercept_'],
  },
  cases: [20, 100].flatMap((columns) =>
    [2, 10].map((classes): Case => ({ rows: 100_000, columns, classes, bars: { fit: 1 } })),
  ),
  quality: {
    columns: [figures('Objective by row, ours − theirs'), figures('Probabilities apart by at most')],
    compare(problem, { tensors, probabilities }, theirs) {
      const { columns, classes } = problem;
      const [ours, peers] = [
        {
          coef: dataOf(tensors, 'coef', 'F64', [-1, columns]),
          intercept: dataOf(tensors, 'intercept', 'F64', [-1]),
        },
        {
          coef: Float64Array.from(theirs.attributes['coef_']),
          intercept: Float64Array.from(theirs.attributes['intercept_']),
        },
      ].map((model) => logisticObjective(problem, model));
      const apart = largestOf(differencesOf(probabilities, theirs.probabilities, classes));
      return {
        cells: [formatSigned(ours - peers), formatSmall(apart)],
        bar: `objective ≤ +${BAR.toExponential(0)}`,
        holds: ours - peers <= BAR,
      };
    },
  },
};
