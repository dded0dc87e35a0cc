import type { FitChunk } from '../../generated/modelserver/v1/model_server.js';
import { DomainError, invalid } from '../errors.js';
import { featureNamesOf } from '../model/features.js';
import { GrowingRows } from '../model/growing-rows.js';
import type { FitEnvelope, TrainingRows } from '../model/fits.js';
import { Turns } from '../model/turns.js';
import { isAllocationFailure } from '../training/is-allocation-failure.js';
import { type ChunkLayout, requireSameLayout, shapeOfChunk } from './chunk-layout.js';
import { requireCategoricalColumns, requireWeights } from './decode.js';
import { type LabelsBuilder, labelsBuilder } from './labels-builder.js';
import { MatrixBuilder } from './matrix-builder.js';

const MEGABYTE = 1024 * 1024;

export interface TrainingRowsBuilderOptions {
  readonly envelope: Pick<FitEnvelope, 'estimator' | 'featureNames' | 'categoricalFeatures'>;
  /** How many rows come, if the client knows. */
  readonly nSamples: number | undefined;
  /** The most memory that the training may take, in MiB. */
  readonly memoryMb: number;
  /** Gives the memory of a large buffer back. */
  readonly release: (buffer: ArrayBuffer) => void;
  readonly signal: AbortSignal;
}

/** What the first chunk has told, and where all of them go. */
interface Parts {
  readonly layout: ChunkLayout;
  readonly x: MatrixBuilder;
  readonly y: LabelsBuilder;
  readonly sampleWeight?: GrowingRows<Float64Array<ArrayBuffer>>;
}

/**
 * Puts a training set together from the chunks of an upload. What comes is copied
 * once, to where it stays: with the number of rows told, into an array of their
 * size, which then moves to the training's thread.
 *
 * That array is not shared with the thread but handed over, for the training to
 * give it back when it has made something else of it: shared memory goes only when
 * nobody refers to it any more and the garbage collectors of both threads have
 * found that out, after the training's peak.
 */
export class TrainingRowsBuilder {
  readonly #options: TrainingRowsBuilderOptions;
  #parts: Parts | undefined;
  #rows = 0;

  constructor(options: TrainingRowsBuilderOptions) {
    this.#options = options;
  }

  /**
   * Stores the rows of a chunk, which is not needed any more then.
   *
   * @throws INVALID_REQUEST for a chunk whose shape is wrong or unlike that of the
   *   first, and for more rows than were told; NOT_IMPLEMENTED for weights that the
   *   estimator does not take; TRAINING_MEMORY_LIMIT; the signal's reason.
   */
  async append(chunk: FitChunk): Promise<void> {
    const { nSamples } = this.#options;
    const { rows, layout } = shapeOfChunk(chunk, this.#rows);
    const after = this.#rows + rows;
    if (nSamples !== undefined && after > nSamples) {
      throw invalid(
        'start.n_samples',
        `is ${nSamples}, but at least ${after} rows came; set the number, or leave it unset`,
      );
    }
    const turns = new Turns(this.#options.signal);
    await orMemoryLimit(async () => {
      this.#parts = this.#open(layout);
      const { x, y, sampleWeight } = this.#parts;
      this.#requireMemory(this.#parts, after);
      if (chunk.x !== undefined) await x.append(chunk.x, turns);
      if (chunk.y !== undefined) await y.append(chunk.y, turns);
      if (sampleWeight !== undefined) await appendWeights(sampleWeight, chunk.sampleWeight, turns);
    });
    this.#rows = after;
  }

  /**
   * All rows, for the training.
   *
   * @throws INVALID_REQUEST for fewer rows than were told, or than a training
   *   needs; TRAINING_MEMORY_LIMIT; the signal's reason.
   */
  async take(): Promise<TrainingRows> {
    const { nSamples, signal, release } = this.#options;
    const parts = this.#parts;
    if (parts === undefined) throw invalid('chunk', 'none came before the half-close; send the rows in at least one');
    if (nSamples !== undefined && this.#rows !== nSamples) {
      throw invalid(
        'start.n_samples',
        `is ${nSamples}, but ${this.#rows} rows came; set the number, or leave it unset`,
      );
    }
    if (this.#rows < 2) throw invalid('chunk.x', `has ${this.#rows} row in all; a training needs at least 2`);
    const turns = new Turns(signal);
    return orMemoryLimit(async () => ({
      x: await parts.x.take(turns, release),
      y: await parts.y.take(turns, release),
      sampleWeight: await parts.sampleWeight?.take(turns, release),
    }));
  }

  /** Gives back what was stored, for an upload that is not wanted any more; what has moved on is not here. */
  async discard(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    await parts?.x.discard(new Turns(), this.#options.release);
  }

  /** The parts, which the first chunk makes. */
  #open(layout: ChunkLayout): Parts {
    if (this.#parts !== undefined) {
      requireSameLayout(layout, this.#parts.layout);
      return this.#parts;
    }
    const { envelope, nSamples } = this.#options;
    featureNamesOf(layout, envelope.featureNames);
    requireCategoricalColumns(envelope.categoricalFeatures, layout.columns);
    if (layout.weighted) requireWeights('chunk.sample_weight', envelope.estimator);
    // What is told may be wrong: room is made for it only when a training could take it.
    if (nSamples !== undefined) this.#requireMemory(partsOf(layout, 0), nSamples);
    return partsOf(layout, nSamples);
  }

  #requireMemory({ x, y, sampleWeight }: Parts, rows: number): void {
    const { memoryMb } = this.#options;
    const bytes = x.bytesOf(rows) + y.bytesOf(rows) + (sampleWeight?.bytesOf(rows) ?? 0);
    if (bytes <= memoryMb * MEGABYTE) return;
    throw new DomainError(
      'TRAINING_MEMORY_LIMIT',
      `${rows} rows alone take ${Math.ceil(bytes / MEGABYTE)} MB, and TRAINING_MEMORY_MB allows ${memoryMb}; train on fewer rows or features, or raise TRAINING_MEMORY_MB on the server`,
    );
  }
}

function partsOf(layout: ChunkLayout, nSamples: number | undefined): Parts {
  return {
    layout,
    x: new MatrixBuilder(layout, nSamples),
    y: labelsBuilder(layout.labels, nSamples),
    ...(layout.weighted ? { sampleWeight: new GrowingRows(Float64Array, 1, nSamples) } : {}),
  };
}

async function appendWeights(
  to: GrowingRows<Float64Array<ArrayBuffer>>,
  weights: readonly number[],
  turns: Turns,
): Promise<void> {
  for (let i = 0; i < weights.length;) {
    const room = to.room(weights.length - i);
    for (let at = 0; at < room.length; at++) room[at] = weights[i++];
    if (turns.isOver) await turns.next();
  }
}

/** Does what allocates; a machine without the room is like a limit. */
async function orMemoryLimit<T>(allocate: () => Promise<T>): Promise<T> {
  try {
    return await allocate();
  } catch (error) {
    if (!isAllocationFailure(error)) throw error;
    const message = `there is no room for the rows: ${error.message}; train on fewer rows or features`;
    throw new DomainError('TRAINING_MEMORY_LIMIT', message, { cause: error });
  }
}
