import { FitStreamResponse } from '../../generated/modelserver/v1/model_server.js';

/** A message of the server's half of a FitStream, in bytes. */
export function encodeFitStreamResponse(message: NonNullable<FitStreamResponse['message']>): Buffer {
  const { buffer, byteOffset, byteLength } = FitStreamResponse.encode({ message }).finish();
  return Buffer.from(buffer, byteOffset, byteLength);
}
