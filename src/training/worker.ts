/** The entry of a training thread: takes one fit at a time, answers it, waits for the next. */
import { parentPort } from 'node:worker_threads';
import { DomainError } from '../errors.js';
import { TrainingCancelled } from '../estimators/estimator.js';
import { collectGarbage } from './collect-garbage.js';
import { isAllocationFailure } from './is-allocation-failure.js';
import { SharedProgress } from './progress.js';
import { type FromWorker, type ToWorker, transferablesOfResult } from './protocol.js';
import { releaseBuffer } from '../estimators/release-buffer.js';
import { train } from './train.js';
import { yieldProcessor } from './yield-processor.js';

yieldProcessor();

function answer(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

parentPort?.on('message', ({ id, job, progress }: ToWorker) => {
  try {
    const result = train(job, new SharedProgress(progress));
    answer({ type: 'fitted', id, result }, transferablesOfResult(result));
  } catch (error) {
    answer(refusal(id, error));
  } finally {
    // Whatever has become of the job, the thread keeps nothing of it.
    releaseBuffer(job.x.data.buffer);
    setImmediate(collectGarbage);
  }
});
parentPort?.on('messageerror', (error) => {
  // A job that cannot be read would never be answered; the end of the thread is an answer.
  throw error;
});
answer({ type: 'ready' });

function refusal(id: number, error: unknown): FromWorker {
  if (error instanceof TrainingCancelled) return { type: 'cancelled', id };
  if (error instanceof DomainError) {
    const { reason, message, violations } = error;
    return { type: 'refused', id, error: { reason, message, violations } };
  }
  if (isAllocationFailure(error)) {
    const message = `the training could not allocate its arrays: ${error.message}`;
    return { type: 'refused', id, error: { reason: 'TRAINING_MEMORY_LIMIT', message, violations: [] } };
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { type: 'failed', id, message, stack };
}
