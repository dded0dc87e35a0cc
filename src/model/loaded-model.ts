import { setImmediate } from 'node:timers/promises';
import { engineOf } from '../estimators/catalog.js';
import { DomainError, invalid, messageOf } from '../errors.js';
import type { Predictor } from '../estimators/estimator.js';
import { type Matrix, requireFinite } from '../estimators/matrix.js';
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

/** How long a prediction may keep the thread before it lets others have it; a single row is never cut. */
const BLOCK_MS = 2;

/** A model in memory, ready to predict. */
export class LoadedModel {
  readonly #predictor: Predictor;
  readonly #takesMissingValues: boolean;
  /** Bytes of the longest label on the wire. */
  readonly #longestLabel: number;

  /** @throws MODEL_CORRUPT when the tensors are not those of the card's estimator. */
  constructor(
    readonly card: ModelCard,
    tensors: Tensors,
  ) {
    const { kind, values } = card.classes;
    this.#longestLabel = kind === 'string' ? Math.max(...values.map((label) => Buffer.byteLength(label))) : 8;
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

  /**
   * Predicts block by block, and lets others have the thread in between.
   *
   * @param maxBytes the largest answer that can be sent
   * @throws INVALID_REQUEST for rows that the model does not take, or whose answer
   *   is too large; the signal's reason.
   */
  async predict(x: NamedMatrix, maxBytes: number, signal: AbortSignal): Promise<Prediction> {
    const nClasses = this.card.classes.values.length;
    requireAnswer(x.rows, x.rows * Math.max(nClasses * Float64Array.BYTES_PER_ELEMENT, this.#longestLabel), maxBytes);
    requireFinite(x, this.#takesMissingValues);
    const aligned = alignToFeatures(x, this.card.features);
    const probabilities = new Float64Array(aligned.rows * nClasses);
    let size = 1;
    let turnBegan = performance.now();
    for (let from = 0; from < aligned.rows;) {
      const to = Math.min(aligned.rows, from + size);
      const startedAt = performance.now();
      this.#predictor.predictProbabilities(
        rowsOf(aligned, from, to),
        probabilities.subarray(from * nClasses, to * nClasses),
      );
      const endedAt = performance.now();
      size = endedAt - startedAt < BLOCK_MS / 2 ? size * 2 : Math.max(1, Math.floor(size / 2));
      from = to;
      if (endedAt - turnBegan < BLOCK_MS || from === aligned.rows) continue;
      await setImmediate();
      signal.throwIfAborted();
      turnBegan = performance.now();
    }
    return { card: this.card, classIndexes: argmaxRows(probabilities, aligned.rows, nClasses), probabilities };
  }
}

function rowsOf({ columns, data, encoding }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns), encoding };
}

/** An answer that cannot be sent is not computed: it could take all of the memory. */
function requireAnswer(rows: number, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw invalid(
    'x',
    `has ${rows} rows, whose answer would take ${bytes} bytes; MAX_MESSAGE_BYTES allows ${maxBytes}: predict fewer rows at once`,
  );
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
