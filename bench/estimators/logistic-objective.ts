import type { Problem } from '../data/problem.js';

/** A linear model: one output for two classes, else one a class. */
export interface LinearModel {
  /** Shape: outputs x columns. */
  readonly coef: Float64Array;
  /** Shape: outputs. */
  readonly intercept: Float64Array;
}

/**
 * What scikit-learn's LogisticRegression minimises with an L2 penalty and C = 1,
 * by the number of rows: the mean log loss of the problem's rows, and half the
 * sum of the squared coefficients by rows.
 */
export function logisticObjective({ x, y, columns }: Problem, { coef, intercept }: LinearModel): number {
  const outputs = intercept.length;
  // Of two classes the first one's score is 0.
  const first = outputs === 1 ? 1 : 0;
  const scores = new Float64Array(outputs + first);
  let loss = 0;
  y.forEach((label, row) => {
    for (let k = 0; k < outputs; k++) {
      let score = intercept[k];
      for (let j = 0; j < columns; j++) score += coef[k * columns + j] * x[row * columns + j];
      scores[first + k] = score;
    }
    const largest = Math.max(...scores);
    let sum = 0;
    for (const score of scores) sum += Math.exp(score - largest);
    loss += Math.log(sum) + largest - scores[label];
  });
  const squares = coef.reduce((sum, w) => sum + w * w, 0);
  return (loss + squares / 2) / y.length;
}
