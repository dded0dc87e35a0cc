import type { PredictResponse } from '../generated/modelserver/v1/model_server.js';
import { decodeLabels, type Labels } from './labels.js';
import { decodeMatrix, type DenseMatrix } from './matrix.js';

/** What a model says about rows. */
export interface Prediction {
  /** The most probable class of each row (shape: n_samples), strings or integers as in the Fit. */
  readonly labels: Labels;
  /** Class probabilities (shape: n_samples x n_classes, in the order of the model's classes), if asked for. */
  readonly probabilities?: DenseMatrix<Float64Array>;
  /** The generation of the model that answered. */
  readonly generation: number;
}

/** The friendly form of a message. */
export function decodePrediction({ labels, probabilities, generation }: PredictResponse): Prediction {
  return {
    labels: decodeLabels(labels) ?? [],
    probabilities: probabilities === undefined ? undefined : decodeMatrix(probabilities),
    generation,
  };
}
