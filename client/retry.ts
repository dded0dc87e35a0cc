import { status } from '@grpc/grpc-js';
import { ModelServerError } from './errors.js';
import { sleep } from './sleep.js';

/** How often, and how fast, a call is repeated whose error may pass. */
export interface RetryPolicy {
  /** Attempts in all, the first included. Default 4. */
  readonly maxAttempts: number;
  /** The wait before the second attempt, in milliseconds; it doubles with each. Default 100. */
  readonly initialBackoffMs: number;
  /** The longest wait, in milliseconds. Default 2000. */
  readonly maxBackoffMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxAttempts: 4, initialBackoffMs: 100, maxBackoffMs: 2000 };

/** A policy that makes every call once. */
export const noRetries: RetryPolicy = { ...defaultRetryPolicy, maxAttempts: 1 };

/** Where a server has no room for a call's bytes, it refuses it before it changes anything; and says when to try again, if there may be room then. */
const NO_ROOM = 'INFLIGHT_BYTES_LIMIT_REACHED';

/**
 * Which errors a repetition may cure, beside that of a server without room for
 * the call's bytes, which has changed nothing.
 *
 * - `never`: the call changes something, so its second attempt is not the same.
 * - `read`: UNAVAILABLE, that is a connection that failed or a server that shuts
 *   down (a new one may take its place).
 * - `identified-fit`: a Fit with a request_id. UNAVAILABLE; and, once an attempt
 *   was lost that way, also the two errors that its remains cause until the
 *   server has noticed the loss: name and slot still taken.
 */
export type RetryKind = 'never' | 'read' | 'identified-fit';

/**
 * Runs `attempt` until it succeeds, fails for good, or the policy ends. It never
 * waits past `deadline`: then the last error stands.
 *
 * @param deadline Milliseconds since 1970, or Infinity.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  kind: RetryKind,
  { deadline, signal }: { readonly deadline: number; readonly signal?: AbortSignal },
  attempt: () => Promise<T>,
): Promise<T> {
  let lost = false;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= policy.maxAttempts || !isRetryable(error, kind, lost)) throw error;
      lost ||= error.code === status.UNAVAILABLE;
      const waitMs = backoffMs(policy, tries, error.retryAfterMs);
      if (Date.now() + waitMs >= deadline) throw error;
      // An abort ends the wait; the next attempt then rejects with it at once.
      await sleep(waitMs, signal);
    }
  }
}

/** @param lost whether an attempt before was lost */
export function isRetryable(error: unknown, kind: RetryKind, lost = false): error is ModelServerError {
  if (!(error instanceof ModelServerError)) return false;
  if (error.reason === NO_ROOM && error.retryAfterMs !== undefined) return true;
  if (kind === 'never') return false;
  if (error.code === status.UNAVAILABLE) return true;
  const causedByRemains = error.reason === 'MODEL_ALREADY_EXISTS' || error.reason === 'NO_FREE_TRAINING_SLOT';
  return kind === 'identified-fit' && lost && causedByRemains;
}

/**
 * The wait before the next attempt after `tries` of them, in milliseconds; not less
 * than the server asks for, and up to twice as much, so that those whom it refused
 * together do not come back as one.
 */
export function backoffMs(policy: RetryPolicy, tries: number, retryAfterMs = 0): number {
  const exponential = Math.min(policy.maxBackoffMs, policy.initialBackoffMs * 2 ** (tries - 1));
  // Spread over 80 to 120 %, so that clients which lost one server do not come back as one.
  return Math.max(exponential * (0.8 + 0.4 * Math.random()), retryAfterMs * (1 + Math.random()));
}
