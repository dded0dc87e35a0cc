import { type ClientDuplexStream, status, type StatusObject } from '@grpc/grpc-js';
import type { Status } from '../generated/google/rpc/status.js';
import { PredictStreamRequest, type PredictStreamResponse } from '../generated/modelserver/v1/model_server.js';
import { ModelServerError, type StatusName } from './errors.js';
import { Fifo } from './fifo.js';
import type { PendingPrediction } from './pending-prediction.js';
import { decodePrediction } from './prediction.js';
import { backoffMs, isRetryable, type RetryPolicy } from './retry.js';

/** The stream under a predictor; it takes encoded messages. */
export type PredictStream = ClientDuplexStream<Uint8Array, PredictStreamResponse>;

/** What a pipeline needs of its client. */
export interface PredictConnection {
  readonly retry: RetryPolicy;
  /** @throws ModelServerError when the client is closed. */
  open(): PredictStream;
  /** Says whether there is a stream, or something that waits for one. */
  onActive(isActive: boolean): void;
}

/** The RPC, for errors. */
export const PREDICT_STREAM = 'PredictStream';

/** How long a stream without messages stays open; it keeps the process alive, as any call does. */
const IDLE_MS = 50;

/**
 * Sends messages over one PredictStream at a time, `maxOutstanding` of them ahead
 * of their answers, and hands each answer to the message of its id.
 *
 * What becomes of the messages on their way when the stream ends: they are sent
 * again over a new one where the retry policy has it so for reads, else they fail
 * with its error. Only where gRPC itself found a message too large, which ends the
 * stream for all of them, is each sent once more, alone, so that the one at fault
 * fails alone, too.
 */
export class PredictPipeline {
  readonly #connection: PredictConnection;
  readonly #maxOutstanding: number;
  readonly #queue = new Fifo<PendingPrediction>();
  /** Those to be sent again; they go before the queue. */
  #again: PendingPrediction[] = [];
  /** Sent and not answered, by id, in the order in which they were sent. */
  readonly #sent = new Map<bigint, PendingPrediction>();
  /** How many of `#sent` nobody waits for any more. */
  #abandoned = 0;
  /** Whether the message in flight must have the stream for itself. */
  #isAlone = false;
  #nextId = 1n;
  #stream: PredictStream | undefined;
  #isHalfClosed = false;
  /** Whether the stream has said that it must drain first. */
  #isFull = false;
  /** Streams that were lost without an answer in between. */
  #failures = 0;
  /** How many messages wait, each for itself, to be sent again. */
  #delayed = 0;
  #backoff: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;
  #emptied: (() => void)[] = [];

  constructor(connection: PredictConnection, maxOutstanding: number) {
    this.#connection = connection;
    this.#maxOutstanding = maxOutstanding;
  }

  add(pending: PendingPrediction, signal: AbortSignal | undefined): void {
    pending.watch(PREDICT_STREAM, signal, () => this.#giveUp(pending));
    this.#queue.push(pending);
    this.#pump();
  }

  /** Half-closes the stream as soon as everything has been sent. */
  close(): void {
    this.#isClosed = true;
    this.#pump();
  }

  /** Resolves when nothing is outstanding. */
  whenEmpty(): Promise<void> {
    return new Promise((resolve) => {
      this.#emptied.push(resolve);
      this.#pump();
    });
  }

  /** Sends as much as may be on its way; to be called whenever that may have changed. */
  #pump(): void {
    while (this.#maySend()) {
      const next = this.#again.shift() ?? this.#queue.shift();
      if (next === undefined) break;
      if (!next.isSettled) this.#send(next);
    }
    if (this.#again.length > 0 || this.#queue.length > 0 || this.#delayed > 0) return;
    if (this.#sent.size === 0) this.#rest();
    else if (this.#isClosed) this.#halfClose();
  }

  #maySend(): boolean {
    if (this.#isFull || this.#isHalfClosed || this.#backoff !== undefined) return false;
    if (this.#sent.size === 0) return true;
    return this.#sent.size < this.#maxOutstanding && !this.#isAlone && !this.#again[0]?.isAlone;
  }

  #send(pending: PendingPrediction): void {
    try {
      this.#stream ??= this.#open();
      const id = this.#nextId;
      const bytes = PredictStreamRequest.encode({ id, request: pending.request }).finish();
      this.#nextId++;
      pending.id = id;
      pending.attempts++;
      this.#sent.set(id, pending);
      this.#isAlone = pending.isAlone;
      this.#isFull = !this.#stream.write(bytes);
    } catch (error) {
      pending.reject(error as Error);
    }
  }

  #open(): PredictStream {
    const stream = this.#connection.open();
    this.#connection.onActive(true);
    let end: StatusObject | undefined;
    // Late events of a stream that has been given up are none of ours.
    const isOurs = () => this.#stream === stream;
    stream.on('data', (response: PredictStreamResponse) => {
      if (isOurs()) this.#receive(response);
    });
    stream.on('drain', () => {
      if (!isOurs()) return;
      this.#isFull = false;
      this.#pump();
    });
    // The status says the same and more.
    stream.on('error', () => undefined);
    stream.on('status', (ended: StatusObject) => (end = ended));
    // All answers that came before the status have been read by then.
    stream.on('end', () => {
      if (isOurs()) this.#lose(end);
    });
    return stream;
  }

  #receive({ id, result }: PredictStreamResponse): void {
    const pending = this.#sent.get(id);
    if (pending === undefined) return;
    this.#sent.delete(id);
    if (pending.isSettled) this.#abandoned--;
    else if (result?.$case === 'response') {
      this.#failures = 0;
      try {
        pending.resolve(decodePrediction(result.value));
      } catch (error) {
        pending.reject(error as Error);
      }
    } else this.#refused(pending, refusal(result?.value));
    this.#pump();
  }

  /** The stream has ended: `end` is its status. */
  #lose(end: StatusObject | undefined): void {
    const lost = [...this.#sent.values()];
    this.#forget();
    const error = new ModelServerError(
      PREDICT_STREAM,
      end === undefined || end.code === status.OK
        ? { code: status.UNAVAILABLE, details: 'the server has ended the stream' }
        : end,
    );
    const isTooLarge = error.code === status.RESOURCE_EXHAUSTED && error.reason === undefined;
    if (isTooLarge && lost.length > 1) {
      for (const pending of lost) pending.isAlone = true;
      this.#again.unshift(...lost);
    } else this.#fail(lost, error);
    this.#pump();
  }

  /** A message was refused alone: it ends, or waits alone for its next attempt; the others go on. */
  #refused(pending: PendingPrediction, error: ModelServerError): void {
    const waitMs = backoffMs(this.#connection.retry, pending.attempts, error.retryAfterMs);
    if (!this.#mayRepeat(pending, error, waitMs)) {
      pending.reject(error);
      return;
    }
    this.#delayed++;
    setTimeout(() => {
      this.#delayed--;
      this.#again.push(pending);
      this.#pump();
    }, waitMs);
  }

  #mayRepeat({ attempts, deadline }: PendingPrediction, error: ModelServerError, waitMs: number): boolean {
    const { maxAttempts } = this.#connection.retry;
    return isRetryable(error, 'read') && attempts < maxAttempts && Date.now() + waitMs < deadline;
  }

  /** The stream has failed: its messages end with `error`, or wait for their next attempt where a repetition may cure it. */
  #fail(failed: readonly PendingPrediction[], error: ModelServerError): void {
    const { retry } = this.#connection;
    const waitMs = backoffMs(retry, this.#failures + 1, error.retryAfterMs);
    const again: PendingPrediction[] = [];
    for (const pending of failed) {
      if (pending.isSettled) continue;
      if (this.#mayRepeat(pending, error, waitMs)) again.push(pending);
      else pending.reject(error);
    }
    if (again.length === 0) return;
    this.#failures++;
    this.#again.unshift(...again);
    this.#backoff ??= setTimeout(() => {
      this.#backoff = undefined;
      this.#pump();
    }, waitMs);
  }

  #giveUp(pending: PendingPrediction): void {
    if (this.#sent.get(pending.id) === pending && ++this.#abandoned === this.#sent.size) {
      // Nobody waits for any of the answers: the server need not work on them.
      const stream = this.#stream;
      this.#forget();
      stream?.cancel();
    }
    this.#pump();
  }

  /** There is nothing to do: the stream goes at once after `close`, else when that has been so for a while. */
  #rest(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
    if (this.#stream === undefined) this.#connection.onActive(false);
    else if (this.#isClosed) this.#retire();
    else if (this.#idle === undefined) {
      const lastId = this.#nextId;
      this.#idle = setTimeout(() => {
        this.#idle = undefined;
        if (this.#sent.size > 0 || this.#queue.length > 0) return;
        if (this.#nextId === lastId) this.#retire();
        else this.#rest();
      }, IDLE_MS);
    }
  }

  /** Takes leave of a stream that has nothing to say any more. */
  #retire(): void {
    this.#stream?.end();
    this.#forget();
    this.#connection.onActive(false);
  }

  #halfClose(): void {
    if (this.#isHalfClosed) return;
    this.#isHalfClosed = true;
    this.#stream?.end();
  }

  #forget(): void {
    this.#stream = undefined;
    this.#isHalfClosed = false;
    this.#isFull = false;
    this.#isAlone = false;
    this.#abandoned = 0;
    this.#sent.clear();
    clearTimeout(this.#idle);
    this.#idle = undefined;
  }
}

/** The error of one message; its details are as in that of a call. */
function refusal(error: Status | undefined): ModelServerError {
  if (error === undefined) {
    return new ModelServerError(PREDICT_STREAM, { code: status.UNKNOWN, details: 'no answer' });
  }
  // A code that gRPC does not know says no more than UNKNOWN.
  const code = status[(status[error.code] ?? 'UNKNOWN') as StatusName];
  return new ModelServerError(PREDICT_STREAM, { code, details: error.message, status: error });
}
