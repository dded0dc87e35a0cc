import type { PredictRequest } from '../../generated/modelserver/v1/model_server.js';
import type { Caller, Prediction } from '../model/loaded-model.js';
import type { ModelService } from '../model/service.js';
import { decodeOutputEncoding } from './decode.js';
import { viewMatrix } from './decode-matrix.js';
import { type AnswerForm, encodePrediction, encodePredictionInTurns } from './encode-prediction.js';

/**
 * The bytes of the PredictResponse to a request: at once where its rows are few.
 *
 * @param maxBytes the largest answer that can be sent
 * @throws what Predict throws.
 */
export function answerPredict(
  service: ModelService,
  request: PredictRequest,
  maxBytes: number,
  caller: Caller,
): Buffer | Promise<Buffer> {
  // The name first: whoever asks for a model that is not there need not send rows to hear of it.
  const model = service.getLoaded(request.name);
  const form: AnswerForm = {
    includeProbabilities: request.includeProbabilities,
    encoding: decodeOutputEncoding(request),
  };
  const prediction = model.predict(viewMatrix(request.x), maxBytes, caller);
  return prediction instanceof Promise ? encodeLater(prediction, form, caller) : encodePrediction(prediction, form);
}

async function encodeLater(prediction: Promise<Prediction>, form: AnswerForm, caller: Caller): Promise<Buffer> {
  return encodePredictionInTurns(await prediction, form, caller.signal);
}
