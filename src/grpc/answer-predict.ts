import type { Matrix, PredictRequest } from '../../generated/modelserver/v1/model_server.js';
import { inTurns } from '../model/in-turns.js';
import { answerTooLarge, type Caller, type LoadedModel, type Prediction } from '../model/loaded-model.js';
import type { ModelService } from '../model/service.js';
import { Turns } from '../model/turns.js';
import { decodeOutputEncoding } from './decode.js';
import { viewMatrix, viewMatrixInParts } from './decode-matrix.js';
import { type AnswerForm, encodePrediction, encodePredictionInTurns } from './encode-prediction.js';
import { Undecoded } from './undecoded.js';

/** More values that are not packed are made a matrix in turns. */
const MANY_VALUES = 16_384;

/**
 * The bytes of the PredictResponse to a request: at once where its rows are few.
 *
 * @param maxBytes the largest answer that can be sent
 * @throws what Predict throws.
 */
export function answerPredict(
  service: ModelService,
  request: PredictRequest | Undecoded<PredictRequest>,
  maxBytes: number,
  caller: Caller,
): Buffer | Promise<Buffer> {
  if (request instanceof Undecoded) return answerUndecoded(service, request, maxBytes, caller);
  // The name first: whoever asks for a model that is not there need not send rows to hear of it.
  const model = service.getLoaded(request.name);
  const form: AnswerForm = {
    includeProbabilities: request.includeProbabilities,
    encoding: decodeOutputEncoding(request),
  };
  const { x } = request;
  if (hasManyValues(x)) return answerInTurns(model, x, form, maxBytes, caller);
  const prediction = model.predict(viewMatrix(x), maxBytes, caller);
  if (prediction instanceof Promise) return encodeLater(prediction, form, maxBytes, caller);
  return requireSendable(encodePrediction(prediction, form), maxBytes);
}

async function encodeLater(
  prediction: Prediction | Promise<Prediction>,
  form: AnswerForm,
  maxBytes: number,
  { signal }: Caller,
): Promise<Buffer> {
  return requireSendable(await encodePredictionInTurns(await prediction, form, signal), maxBytes);
}

/** The model has refused what is much too large before it computed it; what is a little too large shows here. */
function requireSendable(answer: Buffer, maxBytes: number): Buffer {
  if (answer.byteLength <= maxBytes) return answer;
  throw answerTooLarge(`has an answer of ${answer.byteLength} bytes`, maxBytes);
}

async function answerUndecoded(
  service: ModelService,
  request: Undecoded<PredictRequest>,
  maxBytes: number,
  caller: Caller,
): Promise<Buffer> {
  return answerPredict(service, await request.decode(caller), maxBytes, caller);
}

async function answerInTurns(
  model: LoadedModel,
  x: Matrix | undefined,
  form: AnswerForm,
  maxBytes: number,
  caller: Caller,
): Promise<Buffer> {
  model.hold();
  try {
    const { signal } = caller;
    const turns = new Turns(signal);
    await turns.next();
    const matrix = await inTurns(viewMatrixInParts(x), turns);
    return await encodeLater(model.predict(matrix, maxBytes, caller), form, maxBytes, caller);
  } finally {
    model.release();
  }
}

/** Whether there are many values that are not packed, as far as the first row and the first column tell. */
function hasManyValues(x: Matrix | undefined): boolean {
  if (x === undefined) return false;
  const [row] = x.rows;
  if (row !== undefined) return x.rows.length * Math.max(1, row.values.length) > MANY_VALUES;
  const [column] = x.columns;
  return column !== undefined && x.columns.length * (column.numbers.length + column.strings.length) > MANY_VALUES;
}
