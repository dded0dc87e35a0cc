import { status } from '@grpc/grpc-js';
import { CallAbortedError, ModelServerError } from '../errors.js';
import { styleFor } from '../terminal/style.js';
import { formatPairs } from '../terminal/table.js';
import { hintFor } from './hints.js';
import { toJson } from './json.js';
import { RefusedCell } from './refused-cell.js';

/**
 * Says on stderr what went wrong: for people with field violations and a hint,
 * for programs as one JSON document `{"error": {code?, reason?, message, violations?, hint?}}`.
 */
export function reportError(error: unknown, { address, json }: { address: string; json: boolean }): void {
  const message = messageOf(error, address);
  const hint = hintFor(error, address);
  const answer = error instanceof RefusedCell ? error.cause : error;
  const { codeName: code, reason, violations = [], retryAfterMs } = answer instanceof ModelServerError ? answer : {};
  if (json) {
    process.stderr.write(toJson({ error: { code, reason, message, violations, retryAfterMs, hint } }));
    return;
  }
  const style = styleFor(process.stderr);
  if (error instanceof CallAbortedError) {
    process.stderr.write(`${style.warn('cancelled')}  the server stops what it did for this call\n`);
    return;
  }
  // Where a cell of the file is at fault, the place says more than the status.
  const isCell = error instanceof RefusedCell;
  const kind = code === undefined || isCell ? '' : `${code}${reason === undefined ? '' : ` (${reason})`}: `;
  // The message of several violations only repeats them in one long line.
  const summary = violations.length > 1 ? `${violations.length} faults` : message;
  process.stderr.write(`${style.bad('error')}  ${style.bold(kind)}${summary}\n`);
  if (violations.length > 1) {
    process.stderr.write(
      `${formatPairs(
        violations.map((v) => [v.field, v.description]),
        style,
      )}\n`,
    );
  }
  if (hint !== undefined) process.stderr.write(`${style.dim('hint')}   ${hint}\n`);
}

function messageOf(error: unknown, address: string): string {
  if (!(error instanceof Error)) return String(error);
  const isConnection = error instanceof ModelServerError && error.code === status.UNAVAILABLE && !error.reason;
  if (!isConnection) return error.message;
  // gRPC wraps the cause in remarks about its name resolution.
  const cause = /Last error: (?:Error: )?(?<cause>.*?)\.? Resolution note:/.exec(error.message)?.groups?.['cause'];
  return `cannot reach ${address}: ${cause ?? error.message}`;
}
