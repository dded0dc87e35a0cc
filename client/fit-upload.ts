import type { FitStart, FitChunk } from '../generated/modelserver/v1/model_server.js';
import { encodeEnvelope, type FitRequest } from './fit-request.js';
import { InputError } from './input-error.js';
import { sliceLabels } from './labels.js';
import { sliceMatrix } from './matrix.js';
import type { RowSlices } from './row-slices.js';

/**
 * The most bytes of rows in one message. gRPC collects a message whole before the
 * server has it, so it must not be large; and what is sent in one costs a call, not a stream.
 */
export const CHUNK_BYTES = 2 ** 20;

/** Some rows of a training set, with all that belongs to them. */
export interface FitPart {
  readonly chunk: FitChunk;
  /** The row behind its last one. */
  readonly end: number;
}

/**
 * A training set that goes to the server in parts. It holds on to the caller's
 * rows, and makes each part when its turn comes.
 */
export class FitUpload {
  /** n_samples. */
  readonly rows: number;
  readonly start: FitStart;
  readonly #x: ReturnType<typeof sliceMatrix>;
  readonly #y: ReturnType<typeof sliceLabels>;
  /** Of no rows where there are no weights. */
  readonly #weights: RowSlices<number[]>;

  /** @throws InputError for what cannot be sent, and for x, y and weights of different lengths. */
  constructor(request: FitRequest) {
    const envelope = encodeEnvelope(request);
    this.#x = sliceMatrix(request.x);
    this.#y = sliceLabels(request.y);
    this.#weights = sliceWeights(request.sampleWeight ?? []);
    this.rows = this.#x.rows;
    requireLength('y', this.#y.rows, 'labels', this.rows);
    if (this.#weights.rows > 0) requireLength('sampleWeight', this.#weights.rows, 'weights', this.rows);
    this.start = { ...envelope, nSamples: this.rows };
  }

  /** Whether one message holds all of it. */
  get isSmall(): boolean {
    return this.#endOf(0) >= this.rows;
  }

  /** The rows in parts of CHUNK_BYTES, or of one row where that is more. */
  *parts(): Generator<FitPart, void, undefined> {
    for (let start = 0; start < this.rows;) {
      const end = this.#endOf(start);
      yield {
        end,
        chunk: {
          x: this.#x.slice(start, end),
          y: this.#y.slice(start, end),
          sampleWeight: this.#weights.rows > 0 ? this.#weights.slice(start, end) : [],
        },
      };
      start = end;
    }
  }

  #endOf(start: number): number {
    const all = [this.#x, this.#y, this.#weights];
    const bytesPerRow = all.reduce((sum, part) => sum + part.bytesPerRow, 0);
    const extras = all.flatMap(({ extraBytes }) => extraBytes ?? []);
    if (extras.length === 0) {
      return Math.min(this.rows, start + Math.max(1, Math.floor(CHUNK_BYTES / bytesPerRow)));
    }
    let end = start;
    let bytes = 0;
    do {
      bytes += bytesPerRow;
      for (const extraBytes of extras) bytes += extraBytes(end);
      if (bytes > CHUNK_BYTES && end > start) break;
      end++;
    } while (end < this.rows);
    return end;
  }
}

function sliceWeights(weights: NonNullable<FitRequest['sampleWeight']>): RowSlices<number[]> {
  return {
    rows: weights.length,
    bytesPerRow: weights.length === 0 ? 0 : 8,
    slice: (start, end) => Array.from(weights.slice(start, end)),
  };
}

function requireLength(field: string, length: number, unit: string, rows: number): void {
  if (length !== rows) throw new InputError(field, `has ${length} ${unit}, but x has ${rows} rows`);
}
