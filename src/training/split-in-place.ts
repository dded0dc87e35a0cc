import type { TrainingSet } from '../estimators/estimator.js';
import type { Split } from './stratified-split.js';

/** A training set in two parts. */
export interface Parts {
  readonly training: TrainingSet;
  readonly validation: TrainingSet;
}

/**
 * Takes the validation rows out of a training set and moves the others together
 * in its own X, so that no row is held twice: what was given is used up.
 */
export function splitInPlace(whole: TrainingSet, { training, validation }: Split): Parts {
  const { x, nFeatures } = whole;
  const heldOut = new Float64Array(validation.length * nFeatures);
  // Number by number: a view a row would be megabytes of garbage.
  validation.forEach((row, i) => {
    for (let j = 0; j < nFeatures; j++) heldOut[i * nFeatures + j] = x[row * nFeatures + j];
  });
  // No row moves back, so none is written over before it has moved.
  training.forEach((row, i) => x.copyWithin(i * nFeatures, row * nFeatures, (row + 1) * nFeatures));
  return {
    training: {
      ...rowsOf(whole, training),
      x: x.subarray(0, training.length * nFeatures),
      nHeldOut: validation.length,
    },
    validation: { ...rowsOf(whole, validation), x: heldOut, releaseX: undefined },
  };
}

/** All of the rows at `rows` but X. */
function rowsOf(set: TrainingSet, rows: Int32Array): TrainingSet {
  const { y, sampleWeight } = set;
  return {
    ...set,
    nSamples: rows.length,
    y: rows.map((row) => y[row]),
    sampleWeight: sampleWeight && Float64Array.from(rows, (row) => sampleWeight[row]),
  };
}
