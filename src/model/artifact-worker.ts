/** The entry of the thread that encodes and decodes artifacts: one job after the other. */
import { parentPort } from 'node:worker_threads';
import { DomainError } from '../errors.js';
import { releaseBuffer } from '../estimators/release-buffer.js';
import { decodeArtifact, encodeArtifact } from './artifact.js';
import { buffersOf, type FromArtifacts, type ToArtifacts } from './artifact-protocol.js';

function answer(message: FromArtifacts, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

parentPort?.on('message', (message: ToArtifacts) => {
  if (message.type === 'release') {
    message.buffers.forEach(releaseBuffer);
    return;
  }
  const { id } = message;
  try {
    if (message.type === 'encode') {
      const result = encodeArtifact(message.model, message.tensors);
      answer({ type: 'done', id, result }, [result.bytes.buffer]);
    } else {
      const result = decodeArtifact(message.bytes);
      answer({ type: 'done', id, result }, buffersOf(result.tensors));
    }
  } catch (error) {
    answer(refusal(id, error));
  } finally {
    // What has not gone back with the answer is of no use any more.
    if (message.type === 'encode') buffersOf(message.tensors).forEach(releaseBuffer);
    else releaseBuffer(message.bytes.buffer);
  }
});
parentPort?.on('messageerror', (error) => {
  // A job that cannot be read would never be answered; the end of the thread is an answer.
  throw error;
});

function refusal(id: number, error: unknown): FromArtifacts {
  if (error instanceof DomainError) return { type: 'refused', id, reason: error.reason, message: error.message };
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', id, message, stack };
}
