import { engineOf } from '../estimators/catalog.js';
import { DomainError, messageOf } from '../errors.js';
import type { Predictor } from '../estimators/estimator.js';
import { requireFinite } from '../estimators/matrix.js';
import type { Tensors } from '../estimators/tensor.js';
import { alignToFeatures, type NamedMatrix } from './features.js';
import type { ModelCard } from './model.js';

/** The answer to a predict. */
export interface Prediction {
  readonly card: ModelCard;
  /** The index of the most probable class of each row (shape: rows). */
  readonly classIndexes: Int32Array;
  /** Shape: rows x n_classes, row-major; each row sums to 1. */
  readonly probabilities: Float64Array<ArrayBuffer>;
}

/** A model in memory, ready to predict. */
export class LoadedModel {
  readonly #predictor: Predictor;
  readonly #takesMissingValues: boolean;

  /** @throws MODEL_CORRUPT when the tensors are not those of the card's estimator. */
  constructor(
    readonly card: ModelCard,
    tensors: Tensors,
  ) {
    try {
      const engine = engineOf(card.estimator);
      this.#takesMissingValues = engine.takesMissingValues;
      this.#predictor = engine.restore(
        tensors,
        { nFeatures: card.features.length, nClasses: card.classes.values.length },
        card.estimator.hyperparameters,
      );
    } catch (error) {
      throw new DomainError('MODEL_CORRUPT', `the artifact is not usable: ${messageOf(error)}`, { cause: error });
    }
  }

  /** @throws INVALID_REQUEST for rows that the model does not take. */
  predict(x: NamedMatrix): Prediction {
    requireFinite(x, this.#takesMissingValues);
    const aligned = alignToFeatures(x, this.card.features);
    const nClasses = this.card.classes.values.length;
    const probabilities = new Float64Array(aligned.rows * nClasses);
    this.#predictor.predictProbabilities(aligned, probabilities);
    return { card: this.card, classIndexes: argmaxRows(probabilities, aligned.rows, nClasses), probabilities };
  }
}

/** The first index of each row's largest value. */
function argmaxRows(values: Float64Array, rows: number, columns: number): Int32Array {
  const indexes = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let best = 0;
    for (let column = 1; column < columns; column++) {
      if (values[start + column] > values[start + best]) best = column;
    }
    indexes[row] = best;
  }
  return indexes;
}
