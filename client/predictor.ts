import { status } from '@grpc/grpc-js';
import { OutputEncoding } from '../generated/modelserver/v1/model_server.js';
import { type CallOptions, deadlineOf } from './call-options.js';
import { CallAbortedError, ModelServerError } from './errors.js';
import { InputError } from './input-error.js';
import { encodeMatrix, type MatrixInput } from './matrix.js';
import { PendingPrediction } from './pending-prediction.js';
import { PREDICT_STREAM, type PredictConnection, PredictPipeline } from './predict-pipeline.js';
import type { Prediction } from './prediction.js';

/** The options of ModelServerClient.predictor. */
export interface PredictorOptions extends Pick<CallOptions, 'metadata'> {
  /** The most messages that are on their way at once; further ones wait in a queue. Default 64. */
  readonly maxOutstanding?: number;
}

/** The options of Predictor.predict. */
export interface PredictorCallOptions extends Pick<CallOptions, 'timeoutMs' | 'deadline' | 'signal'> {
  /** Whether the answer holds class probabilities. Default false. */
  readonly probabilities?: boolean;
}

const DEFAULT_MAX_OUTSTANDING = 64;

/**
 * Predictions of one model over one stream, for many small requests: call
 * `predict` as often as you like, without waiting for the answers before.
 *
 *     const predictor = client.predictor('iris');
 *     const predictions = await Promise.all(rows.map((row) => predictor.predict([row])));
 *
 * Each message stands for itself: one that the server refuses rejects alone. When
 * the connection is lost, or the server has no room and says when to try again,
 * what was on its way is sent again, by the client's RetryPolicy. The stream opens
 * with the first message and ends when it has been idle for a moment, so a
 * predictor that nobody uses costs nothing.
 */
export class Predictor {
  readonly #pipeline: PredictPipeline;
  readonly #defaultTimeoutMs: number;
  #closed = false;

  /** For ModelServerClient.predictor. */
  constructor(
    /** The name of a loaded model. */
    readonly name: string,
    connection: PredictConnection,
    { maxOutstanding = DEFAULT_MAX_OUTSTANDING }: PredictorOptions,
    defaultTimeoutMs: number,
  ) {
    if (!Number.isInteger(maxOutstanding) || maxOutstanding < 1) {
      throw new InputError('maxOutstanding', `is ${maxOutstanding}; must be a whole number from 1`);
    }
    this.#pipeline = new PredictPipeline(connection, maxOutstanding);
    this.#defaultTimeoutMs = defaultTimeoutMs;
  }

  /**
   * Predicts the labels, and on demand the class probabilities, of rows (shape:
   * n_samples x the model's n_features_in), as ModelServerClient.predict does.
   * Packed numbers are read until the promise has settled, so leave them alone
   * till then. An abort or a timeout rejects at once; the answer that may still
   * come is dropped.
   */
  predict(x: MatrixInput, options: PredictorCallOptions = {}): Promise<Prediction> {
    const { probabilities = false, signal } = options;
    try {
      if (this.#closed) {
        throw new ModelServerError(PREDICT_STREAM, {
          code: status.FAILED_PRECONDITION,
          details: 'the predictor is closed',
        });
      }
      if (signal?.aborted) throw new CallAbortedError(PREDICT_STREAM, signal);
      const pending = new PendingPrediction(
        {
          name: this.name,
          // Nobody reads these in a trace, so numbers are packed, be they ever so few.
          x: encodeMatrix(x, 'x', 0),
          includeProbabilities: probabilities,
          outputEncoding: OutputEncoding.OUTPUT_ENCODING_RAW,
        },
        deadlineOf(options, this.#defaultTimeoutMs),
      );
      this.#pipeline.add(pending, signal);
      return pending.promise;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Ends the stream when what is outstanding has been answered; new predictions fail. */
  close(): void {
    this.#closed = true;
    this.#pipeline.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes, and waits until all that was outstanding has been answered or has failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.#pipeline.whenEmpty();
  }
}
