import { invalid } from '../errors.js';
import type { Engine, TrainingBytes, TrainingSet, TrainingSize } from './estimator.js';
import type { Matrix } from './matrix.js';
import { releaseBuffer } from './release-buffer.js';

/** The most features that an engine is given, each category being one: rows are stored densely. */
export const MAX_ONE_HOT_FEATURES = 4096;
/** The most rows, and the most of their values, that are encoded at a time: few enough for a cache. */
const MAX_BATCH = 256;
const MAX_BATCH_VALUES = 65_536;

/**
 * Gives an engine that takes numbers only a feature of its own for each category,
 * which is 1 in the rows that have it, and else 0; a missing category, and one
 * that the training has not seen, is 0 in all of them. Without categories the
 * engine is what it was. It is for engines that neither watch validation rows
 * nor measure importances.
 */
export function oneHot<H>(engine: Engine<H>): Engine<H> {
  return {
    ...engine,

    trainingBytes(size, hyperparameters) {
      const encoding = OneHotEncoding.of(size);
      if (encoding === undefined) return bytesOf(engine, size, hyperparameters);
      const { width } = encoding;
      const { nSamples, nFeatures, nValidation } = size;
      const before = 8 * (nSamples + nValidation) * nFeatures;
      const encoded = 8 * nSamples * width;
      const inner = bytesOf(engine, { ...size, nFeatures: width, nCategories: undefined }, hyperparameters);
      return {
        // X goes as soon as it is encoded.
        reading: encoded + Math.max(0, inner.reading - before),
        learning: inner.learning,
        predicting: inner.predicting + 8 * batchOf(width) * width,
      };
    },

    fit(training, hyperparameters, monitor) {
      const encoding = OneHotEncoding.of(training);
      if (encoding === undefined) return engine.fit(training, hyperparameters, monitor);
      const x = encoding.encodeAll(training);
      training.releaseX?.();
      const encoded = { nFeatures: encoding.width, nCategories: undefined, x, releaseX: () => releaseBuffer(x.buffer) };
      return engine.fit({ ...training, ...encoded }, hyperparameters, monitor);
    },

    *restore(tensors, shape, hyperparameters) {
      const encoding = OneHotEncoding.of(shape);
      if (encoding === undefined) return yield* engine.restore(tensors, shape, hyperparameters);
      const { nClasses } = shape;
      const { width } = encoding;
      const predictor = yield* engine.restore(tensors, { nFeatures: width, nClasses }, hyperparameters);
      const batch = batchOf(width);
      const data = new Float64Array(batch * width);
      const full: Matrix = { rows: batch, columns: width, data };
      return {
        memoryBytes: predictor.memoryBytes + data.byteLength,
        readsTensors: predictor.readsTensors,
        predictProbabilities({ rows, data: values }, probabilities) {
          for (let first = 0; first < rows; first += batch) {
            const n = Math.min(batch, rows - first);
            encoding.encode(values, first, n, data);
            predictor.predictProbabilities(
              n === batch ? full : { rows: n, columns: width, data: data.subarray(0, n * width) },
              probabilities.subarray(first * nClasses, (first + n) * nClasses),
            );
          }
        },
      };
    },
  };
}

/**
 * Checks that the categories are few enough to be features.
 *
 * @param nCategories shape: nFeatures; 0: a number
 * @param columnOf how messages have the column of a feature: its path in the request, and its name
 * @throws INVALID_REQUEST at the column with the most categories.
 */
export function requireFewFeatures(
  nCategories: Uint32Array,
  columnOf: (feature: number) => { readonly path: string; readonly name: string } | undefined,
): void {
  const { width } = new OneHotEncoding(nCategories);
  if (width <= MAX_ONE_HOT_FEATURES) return;
  const worst = nCategories.indexOf(nCategories.reduce((most, count) => Math.max(most, count), 0));
  const { path = 'x', name = `x${worst}` } = columnOf(worst) ?? {};
  throw invalid(
    path,
    `has ${nCategories[worst]} categories, those of ${JSON.stringify(name)}; here each is a feature, ${width} of at most ${MAX_ONE_HOT_FEATURES} in all: drop the column, or use boosted trees or a forest`,
  );
}

/** Where the features of an engine come from. */
class OneHotEncoding {
  /** How many they are. */
  readonly width: number;
  readonly #nCategories: Uint32Array;
  /** Where those of each column begin. */
  readonly #starts: Uint32Array;

  constructor(nCategories: Uint32Array) {
    this.#nCategories = nCategories;
    this.#starts = new Uint32Array(nCategories.length);
    let width = 0;
    nCategories.forEach((count, column) => {
      this.#starts[column] = width;
      width += Math.max(1, count);
    });
    this.width = width;
  }

  /** Undefined where there are no categories. */
  static of({ nCategories }: Pick<TrainingSet, 'nCategories'>): OneHotEncoding | undefined {
    return nCategories?.some((count) => count > 0) ? new OneHotEncoding(nCategories) : undefined;
  }

  /** Encodes `count` rows of `data` (shape: rows x columns) from `first` on, to the beginning of `encoded` (shape: count x width). */
  encode(data: Matrix['data'], first: number, count: number, encoded: Float64Array): void {
    const { width } = this;
    const nColumns = this.#starts.length;
    encoded.fill(0, 0, count * width);
    for (let row = 0, at = first * nColumns; row < count; row++) {
      for (let column = 0; column < nColumns; column++, at++) {
        const value = data[at];
        const to = row * width + this.#starts[column];
        const nCategories = this.#nCategories[column];
        if (nCategories === 0) encoded[to] = value;
        // Neither NaN nor the number of one that is not known is below.
        else if (value < nCategories) encoded[to + value] = 1;
      }
    }
  }

  encodeAll({ x, nSamples }: Pick<TrainingSet, 'x' | 'nSamples'>): Float64Array<ArrayBuffer> {
    const encoded = new Float64Array(nSamples * this.width);
    this.encode(x, 0, nSamples, encoded);
    return encoded;
  }
}

function batchOf(width: number): number {
  return Math.max(1, Math.min(MAX_BATCH, Math.floor(MAX_BATCH_VALUES / width)));
}

/** What the engine says, or that it works with X alone. */
function bytesOf<H>(engine: Engine<H>, size: TrainingSize, hyperparameters: H): TrainingBytes {
  const x = 8 * (size.nSamples + size.nValidation) * size.nFeatures;
  return engine.trainingBytes?.(size, hyperparameters) ?? { reading: 0, learning: x, predicting: 0 };
}
