/**
 * Why a call failed: the `reason` of the contract's status table. Only
 * `grpc/status.ts` knows which status code each of them becomes.
 */
export type ErrorReason =
  | 'INVALID_REQUEST'
  | 'MODEL_NOT_FOUND'
  | 'MODEL_ALREADY_EXISTS'
  | 'MODEL_ALREADY_LOADED'
  | 'MODEL_NOT_LOADED'
  | 'MODEL_IN_TRAINING'
  | 'MODEL_LOADED'
  | 'MODEL_FORMAT_UNSUPPORTED'
  | 'MODEL_CORRUPT'
  | 'NO_FREE_TRAINING_SLOT'
  | 'LOADED_MODEL_LIMIT_REACHED'
  | 'LOADED_MEMORY_LIMIT_REACHED'
  | 'INFLIGHT_BYTES_LIMIT_REACHED'
  | 'TRAINING_MEMORY_LIMIT'
  | 'TRAINING_CRASHED'
  | 'SERVER_SHUTTING_DOWN'
  | 'NOT_IMPLEMENTED'
  | 'REQUEST_CANCELLED'
  | 'DEADLINE_EXCEEDED'
  | 'INTERNAL';

/** A field of the request that is at fault, by its path in the contract. */
export interface FieldViolation {
  /** For example `x.rows[3].values[2]` or `estimator.random_forest_classifier.n_estimators`. */
  readonly field: string;
  /** What is wrong with it, and what would be right. */
  readonly description: string;
}

export interface DomainErrorOptions {
  readonly violations?: readonly FieldViolation[];
  /** After how long a repetition may succeed. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An error that the caller is meant to see: its message goes over the wire. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly violations: readonly FieldViolation[];
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly reason: ErrorReason,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.violations = options.violations ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The request's `field` is wrong; `description` says what would be right. */
export function invalid(field: string, description: string): DomainError {
  return fromViolations('INVALID_REQUEST', [{ field, description }]);
}

/** The request's `field` asks for what this server, or the chosen engine, cannot do. */
export function notImplemented(field: string, description: string): DomainError {
  return fromViolations('NOT_IMPLEMENTED', [{ field, description }]);
}

/** One error for all faults that were found in a request. */
export function fromViolations(
  reason: 'INVALID_REQUEST' | 'NOT_IMPLEMENTED',
  violations: readonly FieldViolation[],
): DomainError {
  const message = violations.map((v) => (v.field === '' ? v.description : `${v.field}: ${v.description}`)).join('; ');
  return new DomainError(reason, message, { violations });
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
