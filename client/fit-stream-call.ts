import { type Client, status, type StatusObject } from '@grpc/grpc-js';
import {
  FitStreamRequest,
  type FitStreamResponse,
  type Model as WireModel,
  ModelServerService as Service,
} from '../generated/modelserver/v1/model_server.js';
import { CallAbortedError, ModelServerError } from './errors.js';
import type { FitProgress } from './fit-progress.js';
import type { FitUpload } from './fit-upload.js';
import { bytesOf } from './matrix.js';
import { PacedUpload } from './paced-upload.js';
import { decodeProgress } from './progress.js';
import { type Attempt, methodName } from './unary-call.js';

const METHOD = methodName(Service.fitStream);

/**
 * Makes one FitStream: `start`, then, when the server has accepted it, the parts of
 * `upload`, then it hears of the progress of the training, and last of the model.
 *
 * @throws ModelServerError when the server ends it, also in the middle of the
 *   upload; CallAbortedError when the signal does; whatever `onProgress` throws.
 */
export function fitStreamCall(
  client: Client,
  upload: FitUpload,
  { metadata, deadline, signal }: Attempt,
  onProgress?: (progress: FitProgress) => void,
): Promise<WireModel> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(new CallAbortedError(METHOD, signal));
      return;
    }
    const { path, responseDeserialize } = Service.fitStream;
    const stream = client.makeBidiStreamRequest(path, bytesOf, responseDeserialize, metadata, { deadline });
    let model: WireModel | undefined;
    let end: StatusObject | undefined;
    let fault: { readonly error: unknown } | undefined;

    const abort = () => stream.cancel();
    const fail = (error: unknown) => {
      fault ??= { error };
      stream.cancel();
    };
    const paced = new PacedUpload(stream, upload, onProgress, fail);
    const receive = ({ message }: FitStreamResponse) => {
      switch (message?.$case) {
        case 'accepted':
          paced.start();
          break;
        case 'progress':
          try {
            onProgress?.({ phase: 'training', ...decodeProgress(message.value) });
          } catch (error) {
            fail(error);
          }
          break;
        case 'model':
          // Without an upload where the fit had been done before: a repetition.
          model = message.value;
          if (!stream.writableEnded) stream.end();
          break;
        case undefined:
          // What a newer server may say.
          break;
      }
    };
    const settle = () => {
      signal?.removeEventListener('abort', abort);
      if (fault !== undefined) reject(fault.error);
      else if (end?.code === status.OK && model !== undefined) resolve(model);
      else if (signal?.aborted) reject(new CallAbortedError(METHOD, signal));
      else if (end === undefined || end.code === status.OK) {
        reject(new ModelServerError(METHOD, { code: status.UNKNOWN, details: 'no answer' }));
      } else reject(new ModelServerError(METHOD, end));
    };

    signal?.addEventListener('abort', abort, { once: true });
    stream.on('data', (response: FitStreamResponse) => {
      if (fault === undefined) receive(response);
    });
    // The status says the same and more.
    stream.on('error', () => undefined);
    stream.on('status', (ended: StatusObject) => {
      end = ended;
      paced.stop();
    });
    // All messages that came before the status have been read by then.
    stream.on('end', settle);
    stream.write(FitStreamRequest.encode({ message: { $case: 'start', value: upload.start } }).finish());
  });
}
