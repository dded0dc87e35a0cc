import { engineOf } from '../estimators/catalog.js';
import { DomainError, invalid, messageOf } from '../errors.js';
import type { Predictor } from '../estimators/estimator.js';
import { type Matrix, requireFinite } from '../estimators/matrix.js';
import { missingRefusals, type MissingRefusals } from '../estimators/missing-values.js';
import type { Tensors } from '../estimators/tensor.js';
import { CategoryEncoder } from './category-encoder.js';
import { readCategories } from './category-tensors.js';
import { alignToFeatures, type NamedMatrix } from './features.js';
import { inTurns } from './in-turns.js';
import type { ModelCard } from './model.js';
import { TURN_MS, Turns } from './turns.js';

/** What any model takes, as measured: an instance of the kernels, and small objects. */
const BASE_BYTES = 16 * 1024;

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
  /** What it keeps in memory beside its card. */
  readonly memoryBytes: number;
  /** Whether it reads the tensors that it was made of, which are to stay as long as it then. */
  readonly readsTensors: boolean;
  readonly #predictor: Predictor;
  readonly #refusals: MissingRefusals;
  /** The names of the features with categories. */
  readonly #categorical: ReadonlySet<string>;
  /** Undefined where all features are numbers. */
  readonly #encoder: CategoryEncoder | undefined;
  /** Bytes of the longest label on the wire. */
  readonly #longestLabel: number;

  private constructor(
    readonly card: ModelCard,
    predictor: Predictor,
    refusals: MissingRefusals,
    encoder: CategoryEncoder | undefined,
  ) {
    const { kind, values } = card.classes;
    this.#longestLabel =
      kind === 'string' ? values.reduce((most, label) => Math.max(most, Buffer.byteLength(label)), 0) : 8;
    this.memoryBytes = BASE_BYTES + predictor.memoryBytes + (encoder?.memoryBytes ?? 0);
    this.readsTensors = predictor.readsTensors ?? false;
    this.#predictor = predictor;
    this.#refusals = refusals;
    const categorical = card.features.filter((feature) => feature.kind === 'categorical');
    this.#categorical = new Set(categorical.map(({ name }) => name));
    this.#encoder = encoder;
  }

  /**
   * Makes a model ready to predict; where it is large, it lets others have the thread in between.
   *
   * @throws MODEL_CORRUPT when the tensors are not those of the card's estimator and features.
   */
  static async of(card: ModelCard, tensors: Tensors): Promise<LoadedModel> {
    try {
      const encoder = await CategoryEncoder.of(await readCategories(tensors, card.features));
      const engine = engineOf(card.estimator);
      const shape = {
        nFeatures: card.features.length,
        nClasses: card.classes.values.length,
        nCategories: encoder?.nCategories,
      };
      const predictor = await inTurns(engine.restore(tensors, shape, card.estimator.hyperparameters), new Turns());
      const refusals = missingRefusals(engine, card.estimator.hyperparameters);
      return new LoadedModel(card, predictor, refusals, encoder);
    } catch (error) {
      throw new DomainError('MODEL_CORRUPT', `the artifact is not usable: ${messageOf(error)}`, { cause: error });
    }
  }

  /**
   * Predicts block by block, and lets others have the thread in between; a single
   * row is never cut.
   *
   * @param x its categories are written over
   * @param maxBytes the largest answer that can be sent
   * @throws INVALID_REQUEST for rows that the model does not take, or whose answer
   *   is too large; the signal's reason.
   */
  async predict(x: NamedMatrix, maxBytes: number, signal: AbortSignal): Promise<Prediction> {
    const nClasses = this.card.classes.values.length;
    requireAnswer(x.rows, x.rows * Math.max(nClasses * Float64Array.BYTES_PER_ELEMENT, this.#longestLabel), maxBytes);
    requireFinite(x, this.#refusals, (column) => this.#isCategorical(x, column));
    const aligned = alignToFeatures(x, this.card.features);
    const probabilities = new Float64Array(aligned.rows * nClasses);
    const turns = new Turns(signal);
    let size = 1;
    for (let from = 0; from < aligned.rows;) {
      const to = Math.min(aligned.rows, from + size);
      const startedAt = performance.now();
      this.#encoder?.encode(aligned, from, to);
      this.#predictor.predictProbabilities(
        rowsOf(aligned, from, to),
        probabilities.subarray(from * nClasses, to * nClasses),
      );
      size = performance.now() - startedAt < TURN_MS / 2 ? size * 2 : Math.max(1, Math.floor(size / 2));
      from = to;
      if (from < aligned.rows && turns.isOver) await turns.next();
    }
    return { card: this.card, classIndexes: argmaxRows(probabilities, aligned.rows, nClasses), probabilities };
  }

  /** Whether a column of a request is of a feature with categories, as far as it is of one. */
  #isCategorical({ columnNames }: NamedMatrix, column: number): boolean {
    const name = columnNames?.[column] ?? this.card.features[column]?.name;
    return name !== undefined && this.#categorical.has(name);
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
