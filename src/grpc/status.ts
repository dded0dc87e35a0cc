import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo, RetryInfo } from '../../generated/google/rpc/error_details.js';
import { Status } from '../../generated/google/rpc/status.js';
import { DomainError, type ErrorReason, type FieldViolation } from '../errors.js';

/** The one table from reasons to status codes. */
const CODE_OF: Readonly<Record<ErrorReason, status>> = {
  INVALID_REQUEST: status.INVALID_ARGUMENT,
  MODEL_NOT_FOUND: status.NOT_FOUND,
  MODEL_ALREADY_EXISTS: status.ALREADY_EXISTS,
  MODEL_ALREADY_LOADED: status.ALREADY_EXISTS,
  MODEL_NOT_LOADED: status.FAILED_PRECONDITION,
  MODEL_IN_TRAINING: status.FAILED_PRECONDITION,
  MODEL_LOADED: status.FAILED_PRECONDITION,
  MODEL_FORMAT_UNSUPPORTED: status.FAILED_PRECONDITION,
  MODEL_CORRUPT: status.DATA_LOSS,
  NO_FREE_TRAINING_SLOT: status.RESOURCE_EXHAUSTED,
  LOADED_MODEL_LIMIT_REACHED: status.RESOURCE_EXHAUSTED,
  LOADED_MEMORY_LIMIT_REACHED: status.RESOURCE_EXHAUSTED,
  INFLIGHT_BYTES_LIMIT_REACHED: status.RESOURCE_EXHAUSTED,
  TRAINING_MEMORY_LIMIT: status.RESOURCE_EXHAUSTED,
  TRAINING_CRASHED: status.INTERNAL,
  SERVER_SHUTTING_DOWN: status.UNAVAILABLE,
  NOT_IMPLEMENTED: status.UNIMPLEMENTED,
  REQUEST_CANCELLED: status.CANCELLED,
  DEADLINE_EXCEEDED: status.DEADLINE_EXCEEDED,
  INTERNAL: status.INTERNAL,
};

const DOMAIN = 'modelserver';
const DETAILS_KEY = 'grpc-status-details-bin';

// Trailers above some 8 KB break clients. On the wire the message is percent-encoded (up to three times its
// bytes) and the details are in base64, so these sums stay well below; all of them count UTF-8 bytes.
const MAX_MESSAGE = 500;
const MAX_VIOLATIONS = 8;
const MAX_FIELD = 120;
const MAX_DESCRIPTION = 200;

/** What the caller may see of an error: a fault of our own tells nothing of the inside. */
export function toDomainError(error: unknown): DomainError {
  return error instanceof DomainError
    ? error
    : new DomainError('INTERNAL', 'internal error; the log of the server has its cause', { cause: error });
}

/** A domain error as gRPC sends it: code, message, and google.rpc error details. */
export function toServiceError(error: DomainError): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const rich = toStatus(error);
  const metadata = new Metadata();
  metadata.set(DETAILS_KEY, Buffer.from(Status.encode(rich).finish()));
  return { code: CODE_OF[error.reason], details: rich.message, metadata };
}

/** A domain error as an answer within a stream holds it: the same that ends a call. */
export function toStatus(error: DomainError): Status {
  return { code: CODE_OF[error.reason], message: clip(error.message, MAX_MESSAGE), details: detailsOf(error) };
}

function detailsOf({ reason, violations, retryAfterMs }: DomainError): Status['details'] {
  const details = [
    packed('google.rpc.ErrorInfo', ErrorInfo.encode(ErrorInfo.fromPartial({ reason, domain: DOMAIN })).finish()),
  ];
  if (violations.length > 0) {
    const fieldViolations = violations.slice(0, MAX_VIOLATIONS).map(clipViolation);
    const badRequest = BadRequest.fromPartial({ fieldViolations });
    details.push(packed('google.rpc.BadRequest', BadRequest.encode(badRequest).finish()));
  }
  if (retryAfterMs !== undefined) {
    const retryDelay = { seconds: BigInt(Math.floor(retryAfterMs / 1000)), nanos: (retryAfterMs % 1000) * 1_000_000 };
    details.push(packed('google.rpc.RetryInfo', RetryInfo.encode({ retryDelay }).finish()));
  }
  return details;
}

function packed(type: string, value: Uint8Array): Status['details'][number] {
  return { typeUrl: `type.googleapis.com/${type}`, value: Buffer.from(value) };
}

function clipViolation({ field, description }: FieldViolation): FieldViolation {
  return { field: clip(field, MAX_FIELD), description: clip(description, MAX_DESCRIPTION) };
}

/** Cuts text to a number of UTF-8 bytes, and mends lone surrogates, on which grpc-js would throw. */
function clip(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.toWellFormed());
  if (bytes.byteLength <= maxBytes) return bytes.toString();
  const ellipsis = '…';
  const end = maxBytes - Buffer.byteLength(ellipsis);
  // A decoder that expects more to come leaves out a character that was cut in two.
  return new TextDecoder().decode(bytes.subarray(0, end), { stream: true }) + ellipsis;
}
