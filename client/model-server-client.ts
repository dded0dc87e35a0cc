import { Client, status } from '@grpc/grpc-js';
import { HealthService } from '../generated/grpc/health/v1/health.js';
import { ModelServerService as Service, OutputEncoding } from '../generated/modelserver/v1/model_server.js';
import { type CallOptions, deadlineOf, metadataOf } from './call-options.js';
import { type ModelServerClientOptions, type ResolvedClientOptions, resolveClientOptions } from './client-options.js';
import { CallAbortedError, ModelServerError } from './errors.js';
import { prepareFit } from './fit-call.js';
import type { FitProgress } from './fit-progress.js';
import type { FitRequest } from './fit-request.js';
import { decodeHealth, type Health } from './health.js';
import { bytesOf, encodeMatrix, type MatrixInput } from './matrix.js';
import { decodeModel, type Model } from './model.js';
import type { PredictConnection } from './predict-pipeline.js';
import { decodePrediction, type Prediction } from './prediction.js';
import { Predictor, type PredictorOptions } from './predictor.js';
import { type RetryKind, withRetries } from './retry.js';
import { decodeStatus, type ServerStatus } from './server-status.js';
import { sleep } from './sleep.js';
import { type Attempt, methodName, unaryCall, type UnaryMethod } from './unary-call.js';

/** Asks for predictions. */
export interface PredictRequest {
  /** The name of a loaded model. */
  readonly name: string;
  /** The rows (shape: n_samples x the model's n_features_in). */
  readonly x: MatrixInput;
  /** Whether the answer holds class probabilities. Default false. */
  readonly probabilities?: boolean;
}

/** The options of fit. */
export interface FitOptions extends CallOptions {
  /**
   * Hears how far the fit is, at most some ten times a second: first of the upload,
   * then of the training. What it throws ends the fit.
   */
  readonly onProgress?: (progress: FitProgress) => void;
}

/** The options of remove and removeAll. */
export interface RemoveOptions extends CallOptions {
  /** Whether loaded models are unloaded first. Default false: FAILED_PRECONDITION, MODEL_LOADED. */
  readonly force?: boolean;
}

/** The options of listModels. */
export interface ListModelsOptions extends CallOptions {
  /** The most models of a page, up to 1000. Default 100. */
  readonly pageSize?: number;
  /** The `nextPageToken` of the page before. */
  readonly pageToken?: string;
}

/** A page of models, in the order of their names. */
export interface ModelPage {
  readonly models: readonly Model[];
  /** Asks for the next page; undefined on the last. */
  readonly nextPageToken?: string;
}

const READY_POLL_MS = 100;

/**
 * A client of one ModelServer; one instance serves any number of calls at once.
 *
 * Calls reject with a ModelServerError, or with an InputError where the
 * arguments cannot be sent. Reads (predict, getModel, listModels, getStatus) and
 * a fit with a `requestId` are repeated after UNAVAILABLE, and every call for
 * whose bytes the server had no room (INFLIGHT_BYTES_LIMIT_REACHED: it has
 * changed nothing), by `options.retry` and within the deadline; all others are made once.
 */
export class ModelServerClient {
  readonly #client: Client;
  #closed = false;
  /** Those that have a stream. */
  readonly #predictors = new Set<Predictor>();
  readonly #options: ResolvedClientOptions;

  /**
   * Connects with the first call.
   *
   * @param address `host:port`, or any other target of gRPC, for example `dns:///models.internal:50051`.
   */
  constructor(
    readonly address: string,
    options: ModelServerClientOptions = {},
  ) {
    this.#options = resolveClientOptions(options);
    const { credentials, channelOptions } = this.#options;
    this.#client = new Client(address, credentials, channelOptions);
  }

  /**
   * Trains a model and stores it; `load` then makes it ready for `predict`. An
   * abort or a deadline ends the training and leaves nothing behind.
   *
   * A training set of more than about 1 MiB is sent in parts, while the caller's
   * rows stay where they are: leave packed numbers alone until the promise settles.
   */
  async fit(request: FitRequest, { onProgress, ...options }: FitOptions = {}): Promise<Model> {
    const retry = request.requestId ? 'identified-fit' : 'never';
    const attempt = prepareFit(this.#client, request, onProgress);
    return decodeModel(await this.#attempts(methodName(Service.fit), options, retry, attempt, Infinity));
  }

  /** Predicts the labels, and on demand the class probabilities, of rows. */
  async predict({ name, x, probabilities = false }: PredictRequest, options: CallOptions = {}): Promise<Prediction> {
    const request = {
      name,
      x: encodeMatrix(x),
      includeProbabilities: probabilities,
      // What comes back is unpacked here, so it may as well be small on the wire.
      outputEncoding: OutputEncoding.OUTPUT_ENCODING_RAW,
    };
    return decodePrediction(await this.#call(Service.predict, request, options, 'read'));
  }

  /**
   * Predictions of one model over one stream, for many small requests: several
   * times as many a second as `predict` makes, which opens a stream for each.
   */
  predictor(name: string, options: PredictorOptions = {}): Predictor {
    const { path, responseDeserialize } = Service.predictStream;
    const metadata = metadataOf(options);
    const connection: PredictConnection = {
      retry: this.#options.retry,
      open: () => {
        this.#requireOpen(methodName({ path }));
        return this.#client.makeBidiStreamRequest(path, bytesOf, responseDeserialize, metadata.clone(), {});
      },
      onActive: (isActive) => {
        if (isActive) this.#predictors.add(predictor);
        else this.#predictors.delete(predictor);
      },
    };
    const predictor = new Predictor(name, connection, options, this.#options.timeoutMs);
    return predictor;
  }

  /** Brings a stored model into memory. */
  async load(name: string, options: CallOptions = {}): Promise<Model> {
    const { model } = await this.#call(Service.load, { name }, options, 'never');
    return decodeModel(model);
  }

  /** Takes a model out of memory; it stays on disk. */
  async unload(name: string, options: CallOptions = {}): Promise<void> {
    await this.#call(Service.unload, { name }, options, 'never');
  }

  /** Deletes a stored model from disk. */
  async remove(name: string, { force = false, ...options }: RemoveOptions = {}): Promise<void> {
    await this.#call(Service.remove, { name, force }, options, 'never');
  }

  /** Deletes every stored model, or none; answers how many. */
  async removeAll({ force = false, ...options }: RemoveOptions = {}): Promise<number> {
    const { removed } = await this.#call(Service.removeAll, { force }, options, 'never');
    return removed;
  }

  /** Describes one model, stored or in its first training. */
  async getModel(name: string, options: CallOptions = {}): Promise<Model> {
    const { model } = await this.#call(Service.getModel, { name }, options, 'read');
    return decodeModel(model);
  }

  /** Describes one page of models, in the order of their names. */
  async listModels({ pageSize = 0, pageToken = '', ...options }: ListModelsOptions = {}): Promise<ModelPage> {
    const request = { pageSize, pageToken };
    const { models, nextPageToken } = await this.#call(Service.listModels, request, options, 'read');
    return { models: models.map(decodeModel), nextPageToken: nextPageToken === '' ? undefined : nextPageToken };
  }

  /** Describes all models, page by page as the loop goes on; a timeout counts for each page. */
  async *allModels(options: Omit<ListModelsOptions, 'pageToken'> = {}): AsyncGenerator<Model, void, undefined> {
    let pageToken: string | undefined;
    do {
      const page: ModelPage = await this.listModels({ ...options, pageToken });
      yield* page.models;
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
  }

  /** Describes the server: its slots, what it trains, and its counts of models. */
  async getStatus(options: CallOptions = {}): Promise<ServerStatus> {
    return decodeStatus(await this.#call(Service.getStatus, {}, options, 'read'));
  }

  /**
   * Asks the server for its health, once.
   *
   * @param options.service A gRPC service's name. Default: the server as a whole.
   */
  async health({ service = '', ...options }: CallOptions & { readonly service?: string } = {}): Promise<Health> {
    const response = await this.#call(HealthService.check, { service }, options, 'never');
    return decodeHealth(response.status);
  }

  /**
   * Waits until the server says that it serves.
   *
   * @throws ModelServerError DEADLINE_EXCEEDED when it does not within `timeoutMs`
   *   (default 10 s), with the last failure as its cause.
   */
  async waitForReady(options: CallOptions = {}): Promise<void> {
    const deadline = deadlineOf(options, 10_000);
    const { signal } = options;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const timeoutMs = Math.max(0, deadline - Date.now());
        const health = await this.health({ ...options, timeoutMs, deadline: undefined });
        if (health === 'SERVING') return;
        last = new Error(`the server is ${health}`);
      } catch (error) {
        if (!mayPass(error)) throw error;
        // The end of the wait says less than the failure before it.
        if (error.code === status.UNAVAILABLE || last === undefined) last = error;
      }
      await sleep(Math.min(READY_POLL_MS, Math.max(0, deadline - Date.now())), signal);
    }
    if (signal?.aborted) throw new CallAbortedError('Check', signal);
    const details = `${this.address} is not ready: ${last instanceof Error ? last.message : 'no time to ask'}`;
    throw new ModelServerError('Check', { code: status.DEADLINE_EXCEEDED, details }, { cause: last });
  }

  /** Closes the connection, and the predictors; calls in flight go on, new ones fail. */
  close(): void {
    this.#closed = true;
    for (const predictor of this.#predictors) predictor.close();
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options: CallOptions,
    retry: RetryKind,
  ): Promise<Response> {
    return this.#attempts(methodName(method), options, retry, (attempt) =>
      unaryCall(this.#client, method, request, attempt),
    );
  }

  async #attempts<Response>(
    method: string,
    options: CallOptions,
    retry: RetryKind,
    make: (attempt: Attempt) => Promise<Response>,
    defaultTimeoutMs = this.#options.timeoutMs,
  ): Promise<Response> {
    const deadline = deadlineOf(options, defaultTimeoutMs);
    const { signal } = options;
    return withRetries(this.#options.retry, retry, { deadline, signal }, async () => {
      // It may have been closed while the call waited for this attempt.
      this.#requireOpen(method);
      return make({ metadata: metadataOf(options), deadline, signal });
    });
  }

  #requireOpen(method: string): void {
    if (!this.#closed) return;
    throw new ModelServerError(method, { code: status.FAILED_PRECONDITION, details: 'the client is closed' });
  }
}

/** Whether a server that is asked again may be ready: there is none yet, or it took too long to answer. */
function mayPass(error: unknown): error is ModelServerError {
  return (
    error instanceof ModelServerError && (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED)
  );
}
