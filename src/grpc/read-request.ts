import {
  Dtype,
  FitRequest,
  type Matrix,
  PredictRequest,
  PredictStreamRequest,
} from '../../generated/modelserver/v1/model_server.js';
import type { Steps } from '../model/steps.js';
import { fitPlan, predictPlan, predictStreamPlan } from './message-plans.js';
import { messageSteps } from './message-steps.js';
import { Undecoded } from './undecoded.js';

/** Messages of fewer bytes are decoded by the generated code, at once. */
const LARGE = 32_768;
/** As many steps are done at once: what is over then needs no turns. */
const FIRST_STEPS = 8;
/** How many bytes are moved in a step. */
const MOVED_BYTES = 262_144;

/** A Predict's message. Its rows, if they are bytes, are read where they lie. */
export function readPredictRequest(message: Buffer): PredictRequest | Undecoded<PredictRequest> {
  return message.length < LARGE ? PredictRequest.decode(message) : begin(predictSteps(message));
}

/** A PredictStream's message. Its rows, if they are bytes, are read where they lie. */
export function readPredictStreamRequest(message: Buffer): PredictStreamRequest | Undecoded<PredictStreamRequest> {
  return message.length < LARGE ? PredictStreamRequest.decode(message) : begin(predictStreamSteps(message));
}

/** A Fit's message. Its rows and labels, if they are bytes, have buffers of their own. */
export function readFitRequest(message: Buffer): FitRequest | Undecoded<FitRequest> {
  return message.length < LARGE ? FitRequest.decode(message) : begin(fitSteps(message));
}

/** Does the first steps; what is not over then goes on in turns. */
function begin<T>(steps: Steps<T>): T | Undecoded<T> {
  for (let i = 0; i < FIRST_STEPS; i++) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
  return new Undecoded(steps);
}

function* predictSteps(message: Buffer): Steps<PredictRequest> {
  const request = yield* messageSteps(predictPlan, message);
  yield* alignRaw(request.x, message);
  return request;
}

function* predictStreamSteps(message: Buffer): Steps<PredictStreamRequest> {
  const request = yield* messageSteps(predictStreamPlan, message);
  yield* alignRaw(request.request?.x, message);
  return request;
}

function* fitSteps(message: Buffer): Steps<FitRequest> {
  const request = yield* messageSteps(fitPlan, message);
  const { x, y } = request;
  if (x?.raw !== undefined) x.raw.data = yield* copy(x.raw.data);
  if (y?.rawInt32 !== undefined) y.rawInt32 = yield* copy(y.rawInt32);
  return request;
}

/**
 * Moves packed numbers in their message to a multiple of their width, over some
 * of the bytes before them, which have been decoded.
 */
function* alignRaw(x: Matrix | undefined, message: Buffer): Steps<void> {
  const raw = x?.raw;
  if (raw === undefined || raw.data.buffer !== message.buffer) return;
  const { data } = raw;
  const shift = data.byteOffset % (raw.dtype === Dtype.DTYPE_FLOAT64 ? 8 : 4);
  const from = data.byteOffset - message.byteOffset;
  if (shift === 0 || from < shift) return;
  const moved = message.subarray(from - shift, from - shift + data.length);
  for (let at = 0; at < data.length; at += MOVED_BYTES) {
    if (at > 0) yield;
    moved.set(data.subarray(at, at + MOVED_BYTES), at);
  }
  raw.data = moved;
}

function* copy(bytes: Buffer): Steps<Buffer> {
  const copied = Buffer.allocUnsafeSlow(bytes.length);
  for (let at = 0; at < bytes.length; at += MOVED_BYTES) {
    if (at > 0) yield;
    copied.set(bytes.subarray(at, at + MOVED_BYTES), at);
  }
  return copied;
}
