import type { ModelShape, Predictor } from './estimator.js';
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
    predictProbabilities({ rows, columns, data }, probabilities) {
      for (let row = 0; row < rows; row++) {
        const from = row * columns;
        const to = row * nClasses;
        for (let k = 0; k < nOutputs; k++) {
          let score = intercept[k];
          for (let j = 0; j < nFeatures; j++) score += coef[k * nFeatures + j] * data[from + j];
          probabilities[to + k] = bounded(score);
        }
        if (nOutputs === 1) sigmoid(probabilities, to);
        else softmax(probabilities, to, nClasses);
      }
    },
  };
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
