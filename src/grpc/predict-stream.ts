import { Status } from '../../generated/google/rpc/status.js';
import type { PredictStreamRequest } from '../../generated/modelserver/v1/model_server.js';
import { type DomainError, invalid } from '../errors.js';
import type { ModelService } from '../model/service.js';
import { TURN_MS, Turns } from '../model/turns.js';
import { answerPredict } from './answer-predict.js';
import { shuttingDown } from './call-in-flight.js';
import type { CallContext } from './calls.js';
import { encodeStreamAnswer, ERROR_FIELD, RESPONSE_FIELD } from './encode-stream-answer.js';
import { leadingId } from './leading-id.js';
import { countGarbage, dropMessage, LARGE_MESSAGE } from './message-garbage.js';
import type { MessageListener, MessageStream } from './message-stream.js';
import { STREAM_WINDOW } from './receive-window.js';
import { readPredictStreamRequest } from './read-request.js';
import { toDomainError, toStatus } from './status.js';
import { Undecoded, undecodable } from './undecoded.js';

export interface PredictStreamOptions {
  readonly service: ModelService;
  readonly maxMessageBytes: number;
  /** Hears of every message that is answered with an error. */
  readonly onError: (error: DomainError, model: string | undefined) => void;
}

/** While one message is at work, so many others, or bytes of them, are read ahead. */
const MAX_WAITING_MESSAGES = 256;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** When so many answers, or bytes of them, have not been taken, no other message is looked at until they are. */
const MAX_UNTAKEN_MESSAGES = 1024;
const MAX_UNTAKEN_BYTES = 1024 * 1024;
/** Of an answer beyond the prediction in it: id, tags and lengths. */
const ENVELOPE_BYTES = 32;
/** Messages that are so far apart are not of one piece of work. */
const GAP_MS = 0.2;

/**
 * Answers the messages of a stream, in their order, until the client has sent its
 * last one. Small ones are answered as they come, without a promise each.
 *
 * @throws SERVER_SHUTTING_DOWN when the server drains, once all that was read is
 *   answered; the signal's reason.
 */
export async function predictStream(
  messages: MessageStream,
  call: CallContext,
  options: PredictStreamOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const conversation = new Conversation(messages, call, options, (error) => {
      messages.listen(undefined);
      call.signal.removeEventListener('abort', cancel);
      call.draining.removeEventListener('abort', drain);
      if (error === undefined) resolve();
      else reject(error);
    });
    const cancel = (): void => conversation.end(call.signal.reason as DomainError);
    const drain = (): void => conversation.drain();
    call.signal.addEventListener('abort', cancel);
    call.draining.addEventListener('abort', drain);
    if (call.signal.aborted) cancel();
    else conversation.begin();
  });
}

class Conversation implements MessageListener {
  readonly #messages: MessageStream;
  readonly #options: PredictStreamOptions;
  readonly #onEnd: (error: DomainError | undefined) => void;
  readonly #call: CallContext;
  readonly #turns: Turns;
  /** Read, and not looked at yet. */
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** Whether a large message is at work, or the thread is others' for now. */
  #isBusy = false;
  #isReading = false;
  #isAsked = false;
  #isUnread = false;
  #isHalfClosed = false;
  #isDraining = false;
  #hasEnded = false;
  /** When its turn on the thread began, and when its last message was answered. */
  #turnBegan = 0;
  #lastAnswer = 0;

  constructor(
    messages: MessageStream,
    call: CallContext,
    options: PredictStreamOptions,
    onEnd: (error: DomainError | undefined) => void,
  ) {
    this.#messages = messages;
    this.#options = options;
    this.#onEnd = onEnd;
    this.#call = call;
    this.#turns = new Turns(call.signal);
  }

  begin(): void {
    this.#messages.listen(this);
    this.#call.bytes.beginWaiting();
    this.#read();
  }

  /** Ends the stream; what is at work for it comes to nothing. */
  end(error?: DomainError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#waiting.length = 0;
    this.#onEnd(error);
  }

  /** Reads no more, and ends when all that was read is answered. */
  drain(): void {
    this.#isDraining = true;
    this.#endIfDone();
  }

  message(bytes: Buffer): void {
    this.#isAsked = false;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
    this.#goOn();
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    this.#endIfDone();
  }

  taken(bytes: number): void {
    this.#call.bytes.giveBack(bytes);
    if (this.#messages.untakenMessages === 0) this.#goOn();
  }

  /** Answers what waits, as far as may be, and reads on. */
  #goOn(): void {
    while (this.#mayAnswer && this.#waiting.length > 0) {
      if (this.#isTurnOver()) {
        void this.#pause(this.#turns.next());
        break;
      }
      const bytes = this.#waiting.shift() as Buffer;
      this.#waitingBytes -= bytes.byteLength;
      const later = this.#answer(bytes);
      if (later === undefined) this.#drop(bytes);
      else void this.#pause(later, bytes);
      this.#lastAnswer = performance.now();
    }
    this.#read();
    this.#endIfDone();
  }

  get #mayAnswer(): boolean {
    return !(
      this.#isBusy ||
      this.#hasEnded ||
      this.#messages.untakenBytes > MAX_UNTAKEN_BYTES ||
      this.#messages.untakenMessages > MAX_UNTAKEN_MESSAGES
    );
  }

  /** Answers nothing until then; that message is done with then. */
  async #pause(until: Promise<void>, message?: Buffer): Promise<void> {
    this.#isBusy = true;
    this.#call.bytes.endWaiting();
    try {
      await until;
    } catch {
      // Its signal has aborted, and with it the stream has ended.
    }
    this.#isBusy = false;
    if (message !== undefined) this.#drop(message);
    this.#call.bytes.beginWaiting();
    this.#turnBegan = this.#lastAnswer = performance.now();
    this.#goOn();
  }

  /** Gives back a message that is answered. */
  #drop(message: Buffer): void {
    const { byteLength } = message;
    this.#call.bytes.giveBackMessage(byteLength);
    if (byteLength < LARGE_MESSAGE) return;
    dropMessage(message);
    countGarbage(byteLength);
  }

  /** Whether its messages have had the thread for long enough. */
  #isTurnOver(): boolean {
    const now = performance.now();
    if (now - this.#lastAnswer > GAP_MS) this.#turnBegan = now;
    return now - this.#turnBegan >= TURN_MS;
  }

  #read(): void {
    // A message that comes at once is read on after by the loop that asked for it: no stack grows with the messages.
    if (this.#isReading) return;
    this.#isReading = true;
    while (this.#mayRead) {
      this.#isAsked = true;
      this.#countUnread(false);
      this.#messages.read();
    }
    this.#isReading = false;
    this.#countUnread(!this.#isAsked && !this.#hasEnded && !this.#isHalfClosed);
  }

  /** Counts what may come of a stream that is not read: nobody sees it until it is read again. */
  #countUnread(isUnread: boolean): void {
    if (isUnread === this.#isUnread) return;
    this.#isUnread = isUnread;
    const { bytes } = this.#call;
    if (isUnread) bytes.add(STREAM_WINDOW);
    else bytes.giveBack(STREAM_WINDOW);
  }

  get #mayRead(): boolean {
    return !(
      this.#isAsked ||
      this.#hasEnded ||
      this.#isHalfClosed ||
      this.#isDraining ||
      this.#waiting.length >= MAX_WAITING_MESSAGES ||
      this.#waitingBytes >= MAX_WAITING_BYTES
    );
  }

  #endIfDone(): void {
    if (this.#isBusy || this.#waiting.length > 0) return;
    if (this.#isHalfClosed) this.end();
    else if (this.#isDraining) this.end(shuttingDown());
  }

  /** Answers a message; a large one later. */
  #answer(bytes: Buffer): Promise<void> | undefined {
    let message: PredictStreamRequest | Undecoded<PredictStreamRequest>;
    try {
      message = readPredictStreamRequest(bytes);
    } catch {
      this.#writeError(leadingId(bytes), undefined, undecodable());
      return undefined;
    }
    return message instanceof Undecoded ? this.#answerUndecoded(message, bytes) : this.#answerMessage(message);
  }

  async #answerUndecoded(undecoded: Undecoded<PredictStreamRequest>, bytes: Buffer): Promise<void> {
    let message: PredictStreamRequest;
    try {
      message = await undecoded.decode(this.#call);
    } catch (error) {
      this.#writeError(leadingId(bytes), undefined, error);
      return;
    }
    await this.#answerMessage(message);
  }

  #answerMessage({ id, request }: PredictStreamRequest): Promise<void> | undefined {
    const { service, maxMessageBytes } = this.#options;
    try {
      if (request === undefined) throw invalid('request', 'is not set; it says what to predict');
      const response = answerPredict(service, request, maxMessageBytes - ENVELOPE_BYTES, this.#call);
      if (response instanceof Promise) return this.#answerLater(id, request.name, response);
      this.#write(id, response);
    } catch (error) {
      this.#writeError(id, request?.name, error);
    }
    return undefined;
  }

  async #answerLater(id: bigint, model: string, response: Promise<Buffer>): Promise<void> {
    try {
      this.#write(id, await response);
    } catch (error) {
      this.#writeError(id, model, error);
    }
  }

  #write(id: bigint, response: Buffer): void {
    if (this.#hasEnded) return;
    this.#send(encodeStreamAnswer(id, RESPONSE_FIELD, response));
  }

  #writeError(id: bigint, model: string | undefined, thrown: unknown): void {
    if (this.#hasEnded) return;
    const error = toDomainError(thrown);
    this.#options.onError(error, model);
    this.#send(encodeStreamAnswer(id, ERROR_FIELD, Status.encode(toStatus(error)).finish()));
  }

  #send(answer: Buffer): void {
    const { bytes } = this.#call;
    bytes.add(answer.byteLength);
    // Where there is no room for it, that has ended the stream.
    if (this.#hasEnded) return;
    bytes.willAnswer(answer.byteLength);
    this.#messages.write(answer);
  }
}
