import type { Scaling } from './scaling.js';

/** The coefficients of raw features: coef has the shape n_outputs x n_features. */
interface RawModel {
  readonly coef: Float64Array<ArrayBuffer>;
  readonly intercept: Float64Array<ArrayBuffer>;
}

/** Undoes the scaling of a model (shape: nOutputs x (width + 1), the intercept at the end of each row). */
export function toRawFeatures(parameters: Float64Array, scaling: Scaling, nOutputs: number): RawModel {
  const { unit, centre, inverse } = scaling;
  const nFeatures = unit.length;
  const pitch = parameters.length / nOutputs;
  const coef = new Float64Array(nOutputs * nFeatures);
  const intercept = new Float64Array(nOutputs);
  for (let k = 0; k < nOutputs; k++) {
    intercept[k] = parameters[(k + 1) * pitch - 1];
    for (let j = 0; j < nFeatures; j++) {
      const scaled = parameters[k * pitch + j] * inverse[j];
      coef[k * nFeatures + j] = scaled * unit[j];
      intercept[k] -= scaled * centre[j];
    }
  }
  // The softmax does not change when all intercepts do; theirs sum to 0, as in scikit-learn.
  if (nOutputs > 1) {
    const mean = intercept.reduce((sum, value) => sum + value, 0) / nOutputs;
    for (let k = 0; k < nOutputs; k++) intercept[k] -= mean;
  }
  return { coef, intercept };
}
