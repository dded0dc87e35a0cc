import { Matrix } from 'ml-matrix';
import type { Features } from 'ml-logistic-regression';

/** What happened in a gradient step: its number, from 1, and the mean log loss before it. */
export type OnStep = (step: number, loss: number) => void;

/**
 * The feature matrix that ml-logistic-regression trains on, for any number of
 * classes.
 *
 * The package ascends the likelihood of one sigmoid and meets the features in two
 * products only: F w, whose sigmoids are the predictions, and Fᵀe, the gradient.
 * So this "matrix" has a row for each sample and class, and a column for each
 * class and feature, and answers F w with the log odds of the class among all
 * classes, s_k - log Σ_{j≠k} exp(s_j) for the scores s = W z. Their sigmoids are
 * the softmax, and the package ascends the multinomial likelihood (Hastie,
 * Tibshirani and Friedman, "The Elements of Statistical Learning", section 4.4)
 * instead of one class against the rest. With one output it is the plain matrix.
 */
export class LinearScores implements Features {
  readonly columns: number;
  readonly #scores: Float64Array;
  #step = 0;
  #loss = 0;

  /**
   * @param z shape: n_samples x nInputs, row-major
   * @param y shape: n_samples, the classes; 0 and 1 with one output
   * @param nOutputs the number of classes, or 1 for two classes
   */
  constructor(
    readonly z: Float64Array,
    readonly y: Int32Array,
    readonly nInputs: number,
    readonly nOutputs: number,
    readonly onStep: OnStep,
  ) {
    this.columns = nOutputs * nInputs;
    this.#scores = new Float64Array(y.length * nOutputs);
  }

  /** The targets of the rows: 1 where the row's class is the sample's. */
  targets(): Matrix {
    const targets = new Float64Array(this.#scores.length);
    this.y.forEach((label, i) => {
      if (this.nOutputs === 1) targets[i] = label;
      else targets[i * this.nOutputs + label] = 1;
    });
    return Matrix.columnVector(targets);
  }

  mmul(weights: Matrix): { to1DArray(): Float64Array } {
    const { z, y, nInputs, nOutputs } = this;
    const w = Float64Array.from(weights.to1DArray());
    const scores = this.#scores;
    let loss = 0;
    for (let i = 0; i < y.length; i++) {
      const from = i * nInputs;
      for (let k = 0; k < nOutputs; k++) {
        let score = 0;
        for (let j = 0; j < nInputs; j++) score += w[k * nInputs + j] * z[from + j];
        scores[i * nOutputs + k] = score;
      }
      loss += nOutputs === 1 ? sigmoidLoss(scores[i], y[i]) : toLogOdds(scores, i * nOutputs, nOutputs, y[i]);
    }
    this.#loss = loss / y.length;
    return { to1DArray: () => scores };
  }

  transpose(): { mmul(errors: Matrix): Matrix } {
    return { mmul: (errors) => this.#gradient(errors) };
  }

  #gradient(errors: Matrix): Matrix {
    const { z, y, nInputs, nOutputs } = this;
    const e = errors.to1DArray();
    const gradient = new Float64Array(this.columns);
    for (let i = 0; i < y.length; i++) {
      const from = i * nInputs;
      for (let k = 0; k < nOutputs; k++) {
        const error = e[i * nOutputs + k];
        for (let j = 0; j < nInputs; j++) gradient[k * nInputs + j] += error * z[from + j];
      }
    }
    this.onStep(++this.#step, this.#loss);
    return Matrix.columnVector(gradient);
  }
}

/** The log loss of a label 0 or 1 under the sigmoid of `score`. */
function sigmoidLoss(score: number, label: number): number {
  const against = label === 1 ? -score : score;
  return Math.max(0, against) + Math.log1p(Math.exp(-Math.abs(against)));
}

/** Turns the scores of a sample into log odds in place, and returns the log loss of its label. */
function toLogOdds(scores: Float64Array, from: number, n: number, label: number): number {
  let largest = -Infinity;
  for (let k = from; k < from + n; k++) largest = Math.max(largest, scores[k]);
  let sum = 0;
  for (let k = from; k < from + n; k++) sum += Math.exp(scores[k] - largest);
  const loss = Math.log(sum) - (scores[from + label] - largest);
  for (let k = from; k < from + n; k++) {
    const score = scores[k] - largest;
    // Nothing is left of the others beside a class that is certain: log odds of infinity.
    scores[k] = score - Math.log(Math.max(0, sum - Math.exp(score)));
  }
  return loss;
}
