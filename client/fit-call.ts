import { type Client, status } from '@grpc/grpc-js';
import { type Model as WireModel, ModelServerService as Service } from '../generated/modelserver/v1/model_server.js';
import { ModelServerError } from './errors.js';
import type { FitProgress } from './fit-progress.js';
import { encodeFitRequest, type FitRequest } from './fit-request.js';
import { fitStreamCall } from './fit-stream-call.js';
import { FitUpload } from './fit-upload.js';
import { type Attempt, unaryCall } from './unary-call.js';

/**
 * Prepares a fit; the answer makes one attempt of it.
 *
 * What fits into one message of CHUNK_BYTES goes as one, by Fit. More goes by
 * FitStream: a server without a free slot then refuses before the upload, no
 * message keeps it from others' calls, and neither side has the rows twice. Only
 * FitStream tells of progress, so that is also used where `onProgress` is set.
 *
 * @throws InputError for what cannot be sent.
 */
export function prepareFit(
  client: Client,
  request: FitRequest,
  onProgress?: (progress: FitProgress) => void,
): (attempt: Attempt) => Promise<WireModel | undefined> {
  const upload = new FitUpload(request);
  const unary = async (attempt: Attempt) =>
    (await unaryCall(client, Service.fit, encodeFitRequest(request), attempt)).model;
  if (upload.isSmall && onProgress === undefined) return unary;
  return async (attempt) => {
    try {
      return await fitStreamCall(client, upload, attempt, onProgress);
    } catch (error) {
      if (!isOlderServer(error)) throw error;
      return unary(attempt);
    }
  };
}

/** Whether the server has no FitStream; a setting that it does not have is named in a violation. */
function isOlderServer(error: unknown): boolean {
  return error instanceof ModelServerError && error.code === status.UNIMPLEMENTED && error.violations.length === 0;
}
