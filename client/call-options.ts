import { Metadata } from '@grpc/grpc-js';

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

/** The call's deadline in milliseconds since 1970; Infinity for none. */
export function deadlineOf({ timeoutMs, deadline }: CallOptions, defaultTimeoutMs = Infinity): number {
  if (timeoutMs === undefined && deadline === undefined) return Date.now() + defaultTimeoutMs;
  return Math.min(Date.now() + (timeoutMs ?? Infinity), deadline?.getTime() ?? Infinity);
}

/** The call's request headers, as a copy of its own. */
export function metadataOf({ metadata }: CallOptions): Metadata {
  if (metadata instanceof Metadata) return metadata.clone();
  const copy = new Metadata();
  for (const [key, value] of Object.entries(metadata ?? {})) copy.set(key, value);
  return copy;
}
