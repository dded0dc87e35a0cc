import { type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Status } from '../generated/google/rpc/status.js';
import { type FieldViolation, parseErrorDetails, parseStatus } from './error-details.js';

/** The names of the gRPC status codes, for example 'NOT_FOUND'. */
export type StatusName = keyof typeof status;

/**
 * Why a call failed. Every call of ModelServerClient rejects with this class
 * (or its subclass CallAbortedError), apart from an InputError before it starts.
 */
export class ModelServerError extends Error {
  override readonly name: string = 'ModelServerError';
  /** The status code; compare with `status` of @grpc/grpc-js. */
  readonly code: status;
  /** The code's name, for example 'RESOURCE_EXHAUSTED'. */
  readonly codeName: StatusName;
  /** The server's reason, for example 'NO_FREE_TRAINING_SLOT'; undefined when the server's handlers did not make the error. */
  readonly reason: string | undefined;
  /** The fields of the request that are at fault; with INVALID_ARGUMENT and UNIMPLEMENTED. */
  readonly violations: readonly FieldViolation[];
  /** After how many milliseconds a repetition may succeed, where the server says so. */
  readonly retryAfterMs: number | undefined;
  /** The trailing metadata of the call. */
  readonly metadata: Metadata | undefined;

  constructor(
    /** The RPC, for example 'Fit'. */
    readonly method: string,
    cause: Pick<ServiceError, 'code' | 'details'> & {
      readonly metadata?: Metadata;
      /** Where the error is not that of a call but of one message of a stream: as it came in there. */
      readonly status?: Status;
    },
    options: { readonly cause?: unknown } = {},
  ) {
    super(cause.details === '' ? status[cause.code] : cause.details, { cause: options.cause ?? cause });
    const details = cause.status ? parseStatus(cause.status) : parseErrorDetails(cause.metadata);
    this.code = cause.code;
    this.codeName = (status[cause.code] ?? 'UNKNOWN') as StatusName;
    this.reason = details.reason;
    this.violations = details.violations;
    this.retryAfterMs = details.retryAfterMs;
    this.metadata = cause.metadata;
  }
}

/**
 * The caller's AbortSignal ended the call. Its code is CANCELLED and its `cause`
 * the signal's reason, while a deadline that passed is a ModelServerError with
 * the code DEADLINE_EXCEEDED.
 */
export class CallAbortedError extends ModelServerError {
  // The name that the platform gives to aborts, which callers may already look for.
  override readonly name = 'AbortError';

  constructor(method: string, signal: AbortSignal) {
    super(method, { code: status.CANCELLED, details: `${method} was aborted` }, { cause: signal.reason });
  }
}
