import type { TrainingSet } from '../../estimator.js';

/** The training set without the rows that weigh nothing: they leave no trace. */
export function rowsWithWeight(training: TrainingSet): TrainingSet {
  const { x, y, nFeatures, sampleWeight } = training;
  if (sampleWeight === undefined || sampleWeight.every((weight) => weight > 0)) return training;
  const rows = Uint32Array.from(sampleWeight.keys()).filter((row) => sampleWeight[row] > 0);
  const kept = new Float64Array(rows.length * nFeatures);
  rows.forEach((row, i) => kept.set(x.subarray(row * nFeatures, (row + 1) * nFeatures), i * nFeatures));
  training.releaseX?.();
  return {
    ...training,
    releaseX: undefined,
    nSamples: rows.length,
    x: kept,
    y: Int32Array.from(rows, (row) => y[row]),
    sampleWeight: Float64Array.from(rows, (row) => sampleWeight[row]),
  };
}
