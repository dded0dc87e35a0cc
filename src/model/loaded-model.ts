import { engineOf } from '../estimators/catalog.js';
import { DomainError, invalid, messageOf } from '../errors.js';
import type { Predictor } from '../estimators/estimator.js';
import { type Matrix, requireFinite } from '../estimators/matrix.js';
import { missingRefusals, type MissingRefusals } from '../estimators/missing-values.js';
import type { Tensors } from '../estimators/tensor.js';
import { BlockSize } from './block-size.js';
import { CategoryEncoder } from './category-encoder.js';
import { readCategories } from './category-tensors.js';
import { alignToFeatures, type AlignedMatrix, moveColumns, type NamedMatrix } from './features.js';
import { inTurns } from './in-turns.js';
import type { ModelCard } from './model.js';
import { TURN_MS, Turns } from './turns.js';

/** What any model takes, as measured: an instance of the kernels, and small objects. */
const BASE_BYTES = 16 * 1024;
/** The values that are checked between two looks at the clock. */
const CHECKED_VALUES = 65_536;

/** The answer to a predict. */
export interface Prediction {
  readonly card: ModelCard;
  /** The index of the most probable class of each row (shape: rows). */
  readonly classIndexes: Int32Array;
  /** Shape: rows x n_classes, row-major; each row sums to 1. */
  readonly probabilities: Float64Array<ArrayBuffer>;
}

/** Smaller ones, in bytes, are soon gone, and need no room taken for them beforehand. */
const LARGE_ANSWER = 65_536;

/** Whoever waits for a prediction. */
export interface Caller {
  /** Aborts when nobody waits any more; may be made when it is first asked for. */
  readonly signal: AbortSignal;
  /**
   * Takes room for so many bytes that are about to be made for it; absent: there is
   * room for all.
   *
   * @throws where there is none.
   */
  need?(bytes: number): void;
}

/** A model in memory, ready to predict. */
export class LoadedModel {
  /** What it keeps in memory beside its card. */
  readonly memoryBytes: number;
  /** Whether it reads the tensors that it was made of, which are to stay as long as it then. */
  readonly readsTensors: boolean;
  #predictor: Predictor;
  readonly #refusals: MissingRefusals;
  /** The names of the features with categories. */
  readonly #categorical: ReadonlySet<string>;
  /** Undefined where all features are numbers. */
  #encoder: CategoryEncoder | undefined;
  /** Bytes of the longest label on the wire. */
  readonly #longestLabel: number;
  readonly #blocks = new BlockSize();
  #users = 0;
  /** Those who wait until nobody uses it. */
  #drains: (() => void)[] = [];

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
   * Predicts at once what takes little time. Many rows are predicted block by
   * block, and others have the thread in between; a single row is never cut.
   *
   * @param x its columns are put in order and its categories replaced, where they lie
   * @param maxBytes the largest answer that can be sent
   * @param caller whose signal is looked at when the rows are many
   * @throws INVALID_REQUEST for rows that the model does not take, or whose answer
   *   is too large; the signal's reason.
   */
  predict(x: NamedMatrix, maxBytes: number, caller: Caller): Prediction | Promise<Prediction> {
    const { card } = this;
    const { rows } = x;
    const nClasses = card.classes.values.length;
    const answerBytes = rows * Math.max(nClasses * Float64Array.BYTES_PER_ELEMENT, this.#longestLabel);
    requireAnswer(rows, answerBytes, maxBytes);
    if (answerBytes >= LARGE_ANSWER) caller.need?.(answerBytes);
    let aligned: AlignedMatrix;
    try {
      aligned = this.#align(x);
    } catch (error) {
      return this.#refuse(x, error, caller.signal);
    }
    const prediction = {
      card,
      classIndexes: new Int32Array(rows),
      probabilities: new Float64Array(rows * nClasses),
    };
    if (!this.#blocks.isAmple(rows)) return this.#predictInTurns(x, aligned, prediction, caller.signal);
    this.#predictRows(x, aligned, prediction, 0, rows);
    return prediction;
  }

  /** Keeps the model in use until `release`, so that nobody takes its memory away. */
  hold(): void {
    this.#users++;
  }

  release(): void {
    this.#users--;
    if (this.#users > 0) return;
    for (const resolve of this.#drains.splice(0)) resolve();
  }

  /** Comes back when nobody uses the model; predictions in turns do so too. */
  async drained(): Promise<void> {
    if (this.#users > 0) await new Promise<void>((resolve) => this.#drains.push(resolve));
  }

  /**
   * Lets go of all that it predicts with, whoever still refers to the model, which
   * nobody may use any more; returns that, to be collected.
   */
  close(): object {
    const predictor = this.#predictor;
    this.#predictor = closed;
    this.#encoder = undefined;
    return predictor;
  }

  #align(x: NamedMatrix): AlignedMatrix {
    // The most frequent case, which needs no look at each feature.
    if (x.columnNames === undefined && this.#encoder === undefined && x.columns === this.card.features.length) return x;
    return alignToFeatures(x, this.card.features);
  }

  /** Refuses columns that are not the model's, for `reason`; but first numbers that no model takes. */
  async #refuse(x: NamedMatrix, reason: unknown, signal: AbortSignal): Promise<never> {
    const turns = new Turns(signal);
    const size = Math.ceil(CHECKED_VALUES / x.columns);
    for (let from = 0; from < x.rows; from += size) {
      if (turns.isOver) await turns.next();
      this.#requireFinite(x, from, Math.min(x.rows, from + size));
    }
    throw reason;
  }

  async #predictInTurns(
    x: NamedMatrix,
    aligned: AlignedMatrix,
    prediction: Prediction,
    signal: AbortSignal,
  ): Promise<Prediction> {
    this.hold();
    try {
      const turns = new Turns(signal);
      for (let from = 0; from < x.rows;) {
        // A block that was soon over leaves time for another one.
        if (from === 0 || turns.elapsedMs > TURN_MS / 4) await turns.next();
        const to = Math.min(x.rows, from + this.#blocks.after(turns.elapsedMs));
        const began = performance.now();
        this.#predictRows(x, aligned, prediction, from, to);
        this.#blocks.learn(to - from, performance.now() - began);
        from = to;
      }
      return prediction;
    } finally {
      this.release();
    }
  }

  /** Predicts the rows `from` to `to`. */
  #predictRows(
    x: NamedMatrix,
    aligned: AlignedMatrix,
    { classIndexes, probabilities }: Prediction,
    from: number,
    to: number,
  ): void {
    this.#requireFinite(x, from, to);
    moveColumns(aligned, from, to);
    this.#encoder?.encode(aligned, from, to);
    const nClasses = this.card.classes.values.length;
    if (to - from === x.rows) this.#predictor.predictProbabilities(aligned, probabilities);
    else {
      this.#predictor.predictProbabilities(
        rowsOf(aligned, from, to),
        probabilities.subarray(from * nClasses, to * nClasses),
      );
    }
    argmaxRows(probabilities, nClasses, classIndexes, from, to);
  }

  #requireFinite(x: NamedMatrix, from: number, to: number): void {
    requireFinite(x, this.#refusals, (column) => this.#isCategorical(x, column), from, to);
  }

  /** Whether a column of a request is of a feature with categories, as far as it is of one. */
  #isCategorical({ columnNames }: NamedMatrix, column: number): boolean {
    const name = columnNames?.[column] ?? this.card.features[column]?.name;
    return name !== undefined && this.#categorical.has(name);
  }
}

const closed: Predictor = {
  memoryBytes: 0,
  predictProbabilities() {
    throw new Error('the model was closed while it was in use');
  },
};

function rowsOf({ columns, data, encoding }: Matrix, from: number, to: number): Matrix {
  return { rows: to - from, columns, data: data.subarray(from * columns, to * columns), encoding };
}

/** An answer that cannot be sent is not computed: it could take all of the memory. */
function requireAnswer(rows: number, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw answerTooLarge(`has ${rows} rows, whose labels or probabilities would take ${bytes} bytes`, maxBytes);
}

/** @param fault what of `x` makes the answer too large to be sent */
export function answerTooLarge(fault: string, maxBytes: number): DomainError {
  return invalid('x', `${fault}; MAX_MESSAGE_BYTES allows ${maxBytes}: predict fewer rows at once`);
}

/** Writes the first index of each row's largest value, for the rows `from` to `to`. */
function argmaxRows(values: Float64Array, columns: number, indexes: Int32Array, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const start = row * columns;
    let best = 0;
    for (let column = 1; column < columns; column++) {
      if (values[start + column] > values[start + best]) best = column;
    }
    indexes[row] = best;
  }
}
