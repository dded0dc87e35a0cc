import { Metadata } from '@grpc/grpc-js';
import { InputError } from './input-error.js';

/** What every call can be told. */
export interface CallOptions {
  /** The call fails with DEADLINE_EXCEEDED after so many milliseconds, retries included; a Fit then stops training. */
  readonly timeoutMs?: number;
  /** The same as a point in time; the earlier of the two counts. */
  readonly deadline?: Date;
  /** Aborts the call: it rejects with a CallAbortedError, and the server stops its work. */
  readonly signal?: AbortSignal;
  /** Request headers. */
  readonly metadata?: Metadata | Readonly<Record<string, string>>;
}

/** What timers can wait, some 24 days: gRPC refuses a deadline beyond it. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The call's deadline in milliseconds since 1970; Infinity for none, and for one
 * that is too far away to matter.
 *
 * @throws InputError for a timeout or a deadline that is no time.
 */
export function deadlineOf({ timeoutMs, deadline }: CallOptions, defaultTimeoutMs = Infinity): number {
  const now = Date.now();
  if (Number.isNaN(timeoutMs)) throw new InputError('timeoutMs', 'is NaN; must be a number of milliseconds');
  if (Number.isNaN(deadline?.getTime())) throw new InputError('deadline', 'is an invalid date');
  const isSet = timeoutMs !== undefined || deadline !== undefined;
  const until = isSet
    ? Math.min(now + (timeoutMs ?? Infinity), deadline?.getTime() ?? Infinity)
    : now + defaultTimeoutMs;
  return until - now > MAX_TIMEOUT_MS ? Infinity : until;
}

/** The call's request headers, as a copy of its own. */
export function metadataOf({ metadata }: CallOptions): Metadata {
  if (metadata instanceof Metadata) return metadata.clone();
  const copy = new Metadata();
  for (const [key, value] of Object.entries(metadata ?? {})) {
    try {
      copy.set(key, value);
    } catch (error) {
      throw new InputError(`metadata.${key}`, error instanceof Error ? error.message : String(error));
    }
  }
  return copy;
}
