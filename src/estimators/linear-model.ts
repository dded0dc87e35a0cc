import type { ModelShape, Predictor } from './estimator.js';
import type { Matrix } from './matrix.js';
import { dataOf, tensor, type Tensors } from './tensor.js';

/** The rows of `coef`: one for two classes, else one a class. */
export function outputsOf(nClasses: number): number {
  return nClasses === 2 ? 1 : nClasses;
}

/** The tensors of a linear model on the raw features; `coef` has the shape n_outputs x n_features. */
export function linearTensors(coef: Float64Array<ArrayBuffer>, intercept: Float64Array<ArrayBuffer>): Tensors {
  const nOutputs = intercept.length;
  return {
    coef: tensor('F64', [nOutputs, coef.length / nOutputs], coef),
    intercept: tensor('F64', [nOutputs], intercept),
  };
}

/**
 * The sigmoid (two classes) or softmax (more) of the scores X coefᵀ + intercept.
 *
 * @throws RangeError when the tensors are not those of a linear model.
 */
export function linearPredictor(tensors: Tensors, { nFeatures, nClasses }: ModelShape): Predictor {
  const nOutputs = outputsOf(nClasses);
  const coef = dataOf(tensors, 'coef', 'F64', [nOutputs, nFeatures]);
  const intercept = dataOf(tensors, 'intercept', 'F64', [nOutputs]);
  if (!coef.every(Number.isFinite) || !intercept.every(Number.isFinite)) {
    throw new RangeError('the coefficients are not all finite');
  }
  return {
    predictProbabilities(x, probabilities) {
      if (nOutputs === 1) binaryScores(x, coef, intercept[0], probabilities);
      else scores(x, coef, intercept, probabilities);
      for (let at = 0; at < x.rows * nClasses; at += nClasses) {
        if (nOutputs === 1) sigmoid(probabilities, at);
        else softmax(probabilities, at, nClasses);
      }
    },
  };
}

// A sum waits for each of its additions, so four are made side by side; each has
// the order that it would have alone.

/** Writes the score of each row in the first of its two places. */
function binaryScores({ rows, columns, data }: Matrix, coef: Float64Array, intercept: number, to: Float64Array): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const [a, b, c, d] = [row * columns, (row + 1) * columns, (row + 2) * columns, (row + 3) * columns];
    let [s, t, u, v] = [intercept, intercept, intercept, intercept];
    for (let j = 0; j < columns; j++) {
      const w = coef[j];
      s += w * data[a + j];
      t += w * data[b + j];
      u += w * data[c + j];
      v += w * data[d + j];
    }
    to[2 * row] = bounded(s);
    to[2 * row + 2] = bounded(t);
    to[2 * row + 4] = bounded(u);
    to[2 * row + 6] = bounded(v);
  }
  for (; row < rows; row++) to[2 * row] = bounded(scoreOf(data, row * columns, coef, 0, columns, intercept));
}

/** Writes the score of each row and output. */
function scores({ rows, columns, data }: Matrix, coef: Float64Array, intercept: Float64Array, to: Float64Array): void {
  const nOutputs = intercept.length;
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    const at = row * nOutputs;
    let k = 0;
    for (; k + 4 <= nOutputs; k += 4) {
      const [a, b, c, d] = [k * columns, (k + 1) * columns, (k + 2) * columns, (k + 3) * columns];
      let [s, t, u, v] = [intercept[k], intercept[k + 1], intercept[k + 2], intercept[k + 3]];
      for (let j = 0; j < columns; j++) {
        const value = data[from + j];
        s += coef[a + j] * value;
        t += coef[b + j] * value;
        u += coef[c + j] * value;
        v += coef[d + j] * value;
      }
      to[at + k] = bounded(s);
      to[at + k + 1] = bounded(t);
      to[at + k + 2] = bounded(u);
      to[at + k + 3] = bounded(v);
    }
    for (; k < nOutputs; k++) to[at + k] = bounded(scoreOf(data, from, coef, k * columns, columns, intercept[k]));
  }
}

function scoreOf(
  data: Matrix['data'],
  from: number,
  coef: Float64Array,
  coefFrom: number,
  columns: number,
  intercept: number,
): number {
  let score = intercept;
  for (let j = 0; j < columns; j++) score += coef[coefFrom + j] * data[from + j];
  return score;
}

/** Products of very large numbers overflow, and their sum may have no value: no evidence then. */
function bounded(score: number): number {
  if (Number.isNaN(score)) return 0;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, score));
}

function sigmoid(probabilities: Float64Array, at: number): void {
  const score = probabilities[at];
  // Of the two forms, the one whose exponential cannot overflow.
  const less = Math.exp(-Math.abs(score));
  const likely = 1 / (1 + less);
  const unlikely = less / (1 + less);
  probabilities[at] = score >= 0 ? unlikely : likely;
  probabilities[at + 1] = score >= 0 ? likely : unlikely;
}

function softmax(probabilities: Float64Array, from: number, n: number): void {
  let largest = -Infinity;
  for (let k = from; k < from + n; k++) largest = Math.max(largest, probabilities[k]);
  let sum = 0;
  for (let k = from; k < from + n; k++) sum += probabilities[k] = Math.exp(probabilities[k] - largest);
  for (let k = from; k < from + n; k++) probabilities[k] /= sum;
}
