import type { Metadata } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RetryInfo } from '../generated/google/rpc/error_details.js';
import { Status } from '../generated/google/rpc/status.js';
import { durationMs } from './duration.js';

/** A field of a request that is at fault. */
export interface FieldViolation {
  /** Its path in the contract, for example `estimator.random_forest_classifier.n_estimators`. */
  readonly field: string;
  /** What is wrong with it, and what would be right. */
  readonly description: string;
}

/** What the server says about an error beyond its code and message. */
export interface ErrorDetails {
  /** `ErrorInfo.reason`, for example MODEL_NOT_FOUND; undefined when no handler of ModelServer made the error. */
  readonly reason?: string;
  readonly violations: readonly FieldViolation[];
  /** `RetryInfo.retry_delay`, in milliseconds. */
  readonly retryAfterMs?: number;
}

const NONE: ErrorDetails = { violations: [] };

/** Reads the rich error model (google.rpc.Status) from trailing metadata; what cannot be read is left out. */
export function parseErrorDetails(metadata: Metadata | undefined): ErrorDetails {
  const bytes = metadata?.get('grpc-status-details-bin')[0];
  if (!(bytes instanceof Uint8Array)) return NONE;
  try {
    return parseStatus(Status.decode(bytes));
  } catch {
    // Some proxy has garbled them; code and message still tell what happened.
    return NONE;
  }
}

/** Reads the details of a status that came in a message. */
export function parseStatus(status: Status): ErrorDetails {
  let details = NONE;
  for (const { typeUrl, value } of status.details) {
    switch (typeUrl.slice(typeUrl.lastIndexOf('/') + 1)) {
      case 'google.rpc.ErrorInfo':
        details = { ...details, reason: ErrorInfo.decode(value).reason };
        break;
      case 'google.rpc.BadRequest':
        details = { ...details, violations: violationsOf(BadRequest.decode(value)) };
        break;
      case 'google.rpc.RetryInfo':
        details = { ...details, retryAfterMs: durationMs(RetryInfo.decode(value).retryDelay) };
        break;
      default:
        // Details that other versions send; nothing to show for them here.
        break;
    }
  }
  return details;
}

function violationsOf(request: BadRequest): FieldViolation[] {
  return request.fieldViolations.map(({ field, description }) => ({ field, description }));
}
