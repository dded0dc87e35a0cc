import { Workspace } from '../kernels/workspace.js';
import type { ModelShape, Predictor } from './estimator.js';
import { allFit, forParts, type InParts } from './in-parts.js';
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

/** The most values of rows that are answered together, so that they stay in a cache. */
const BATCH_VALUES = 8192;
const MAX_BATCH = 256;
/** How many coefficients are placed at a time: each comes from another place. */
const PLACED = 4096;

/**
 * The softmax of the scores X coefᵀ + intercept; of two classes the first one's
 * score is 0, which makes it the sigmoid.
 *
 * @throws RangeError when the tensors are not those of a linear model.
 */
export function* linearPredictor(tensors: Tensors, { nFeatures, nClasses }: ModelShape): InParts<Predictor> {
  const nOutputs = outputsOf(nClasses);
  const coef = dataOf(tensors, 'coef', 'F64', [nOutputs, nFeatures]);
  const intercept = dataOf(tensors, 'intercept', 'F64', [nOutputs]);
  if (!(yield* allFit(coef, Number.isFinite)) || !intercept.every(Number.isFinite)) {
    throw new RangeError('the coefficients are not all finite');
  }
  const width = Math.ceil(nClasses / 2) * 2;
  const batch = Math.max(4, Math.min(MAX_BATCH, Math.floor(BATCH_VALUES / Math.max(nFeatures, width))));
  const lengths = [(1 + nFeatures) * width, batch * nFeatures, batch * width];
  const workspace = new Workspace(lengths.reduce((sum, length) => sum + Workspace.sizeOf(length, 8), 0));
  const [weights, points, shares] = lengths.map((length) => workspace.f64(length));
  yield* placeWeights(weights, coef, intercept, nClasses);
  const { kernels } = workspace;
  const full = shares.subarray(0, batch * nClasses);

  return {
    memoryBytes: workspace.byteLength,
    predictProbabilities({ rows, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        points.set(n * nFeatures === data.length ? data : data.subarray(first * nFeatures, (first + n) * nFeatures));
        kernels.linearScores(points.address, n, nFeatures, weights.address, width, shares.address);
        kernels.softmaxRows(shares.address, n, nClasses, width);
        probabilities.set(n === batch ? full : shares.subarray(0, n * nClasses), first * nClasses);
      }
    },
  };
}

/**
 * Places the coefficients of each output as the kernel wants them. It is apart from the
 * predictor, since V8 keeps alive together what the closures of one function refer to.
 *
 * @param weights shape: (1 + n_features) x width, the intercepts first; 0
 */
function* placeWeights(
  weights: Float64Array,
  coef: Float64Array,
  intercept: Float64Array,
  nClasses: number,
): InParts<void> {
  const nOutputs = intercept.length;
  const nFeatures = coef.length / nOutputs;
  const width = weights.length / (1 + nFeatures);
  const firstColumn = nClasses - nOutputs;
  weights.set(intercept, firstColumn);
  const place = (from: number, to: number) => {
    for (let at = from; at < to; at++) {
      const j = Math.floor(at / nOutputs);
      const k = at - j * nOutputs;
      weights[(1 + j) * width + firstColumn + k] = coef[k * nFeatures + j];
    }
  };
  yield* forParts(coef.length, place, PLACED);
}
