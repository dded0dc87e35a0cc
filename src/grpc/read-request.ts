import {
  Dtype,
  FitRequest,
  FitStreamRequest,
  type Matrix,
  PredictRequest,
  PredictStreamRequest,
} from '../../generated/modelserver/v1/model_server.js';
import { copyInParts, type InParts } from '../estimators/in-parts.js';
import { countGarbage, dropMessage } from './message-garbage.js';
import { fitPlan, fitStreamPlan, predictPlan, predictStreamPlan } from './message-plans.js';
import { type MadeBytes, messageInParts } from './message-in-parts.js';
import { Undecoded } from './undecoded.js';

/** Messages of fewer bytes are decoded by the generated code, at once. */
const LARGE = 32_768;
/** As many parts are done at once: what is over then needs no turns. */
const FIRST_PARTS = 8;

/** The messages of Predicts whose rows may lie in them. */
const messages = new WeakMap<object, Buffer>();

/**
 * A Predict's message. Its rows, if they are bytes, are read where they lie, until
 * `dropPredictRequest`.
 */
export function readPredictRequest(message: Buffer): PredictRequest | Undecoded<PredictRequest> {
  if (message.length < LARGE) return PredictRequest.decode(message);
  countGarbage(message.length);
  const request = begin((made) => predictInParts(message, made));
  messages.set(request, message);
  return request;
}

/** Gives back the memory of a Predict's message, whose rows nobody looks at any more. */
export function dropPredictRequest(request: PredictRequest | Undecoded<PredictRequest>): void {
  const message = messages.get(request);
  if (message !== undefined) dropMessage(message);
}

/** A PredictStream's message. Its rows, if they are bytes, are read where they lie. */
export function readPredictStreamRequest(message: Buffer): PredictStreamRequest | Undecoded<PredictStreamRequest> {
  return message.length < LARGE
    ? PredictStreamRequest.decode(message)
    : begin((made) => predictStreamInParts(message, made));
}

/** A Fit's message. Its rows and labels, if they are bytes, have buffers of their own. */
export function readFitRequest(message: Buffer): FitRequest | Undecoded<FitRequest> {
  if (message.length < LARGE) return FitRequest.decode(message);
  countGarbage(message.length);
  return begin((made) => fitInParts(message, made));
}

/** A FitStream's message. Its rows and labels, if they are bytes, stay where they lie, be they aligned or not. */
export function readFitStreamRequest(message: Buffer): FitStreamRequest | Undecoded<FitStreamRequest> {
  if (message.length < LARGE) return FitStreamRequest.decode(message);
  return begin((made) => messageInParts(fitStreamPlan, message, made));
}

/** Does the first parts; what is not over then goes on in turns. */
function begin<T>(decode: (made: MadeBytes) => InParts<T>): T | Undecoded<T> {
  const made: MadeBytes = { total: 0 };
  const work = decode(made);
  for (let i = 0; i < FIRST_PARTS; i++) {
    const part = work.next();
    if (part.done === true) return part.value;
  }
  return new Undecoded(work, made);
}

function* predictInParts(message: Buffer, made: MadeBytes): InParts<PredictRequest> {
  const request = yield* messageInParts(predictPlan, message, made);
  yield* alignRaw(request.x, message);
  return request;
}

function* predictStreamInParts(message: Buffer, made: MadeBytes): InParts<PredictStreamRequest> {
  const request = yield* messageInParts(predictStreamPlan, message, made);
  yield* alignRaw(request.request?.x, message);
  return request;
}

function* fitInParts(message: Buffer, made: MadeBytes): InParts<FitRequest> {
  const request = yield* messageInParts(fitPlan, message, made);
  const { x, y } = request;
  if (x?.raw !== undefined) x.raw.data = yield* copy(x.raw.data);
  if (y?.rawInt32 !== undefined) y.rawInt32 = yield* copy(y.rawInt32);
  dropMessage(message);
  return request;
}

/**
 * Moves packed numbers in their message to a multiple of their width, over some
 * of the bytes before them, which have been decoded.
 */
function* alignRaw(x: Matrix | undefined, message: Buffer): InParts<void> {
  const raw = x?.raw;
  if (raw === undefined || raw.data.buffer !== message.buffer) return;
  const { data } = raw;
  const shift = data.byteOffset % (raw.dtype === Dtype.DTYPE_FLOAT64 ? 8 : 4);
  const from = data.byteOffset - message.byteOffset;
  if (shift === 0 || from < shift) return;
  const moved = message.subarray(from - shift, from - shift + data.length);
  yield* copyInParts(moved, data);
  raw.data = moved;
}

function* copy(bytes: Buffer): InParts<Buffer> {
  const copied = Buffer.allocUnsafeSlow(bytes.length);
  yield* copyInParts(copied, bytes);
  return copied;
}
