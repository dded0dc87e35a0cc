import { ModelServerError, type StatusName } from '../errors.js';
import { formatTable } from '../terminal/table.js';
import type { Stage } from './stage.js';

/** An error that the demo provokes. */
export interface Provocation {
  /** What was done. */
  readonly what: string;
  readonly code: StatusName;
  /** The reason of the contract; undefined where this side of the wire makes the error. */
  readonly reason?: string;
}

/** Expects that `call` fails as `expected` says, and keeps the error. */
export type Provoke = (expected: Provocation, call: Promise<unknown>) => Promise<void>;

/** More than so many slots or models of somebody else's server are not filled up for a demonstration. */
export const MAX_TO_FILL = 4;

/** The errors that were caught so far. */
export class Provocations {
  readonly #caught: { readonly what: string; readonly error: ModelServerError }[] = [];

  constructor(private readonly stage: Stage) {}

  readonly provoke: Provoke = async (expected, call) => {
    const { checks } = this.stage;
    const { what, code, reason } = expected;
    const error: unknown = await call.then(
      () => undefined,
      (rejection: unknown) => rejection,
    );
    if (!(error instanceof ModelServerError)) {
      checks.expect(
        false,
        `${what}: fails with ${code}, and not with ${error instanceof Error ? error.message : 'nothing'}`,
      );
      return;
    }
    const isExpected = error.codeName === code && (reason === undefined || error.reason === reason);
    const wanted = reason === undefined ? code : `${code} (${reason})`;
    checks.expect(isExpected, `${what}: fails with ${wanted}, and not with ${error.codeName} (${error.reason})`);
    this.#caught.push({ what, error });
  };

  /** The table of all errors: code and reason, what was done, what the server says. */
  format(): string {
    const { screen, names } = this.stage;
    const { style } = screen;
    const rows = this.#caught.map(({ what, error }) => {
      const reason =
        error.reason === undefined || error.reason === error.codeName ? '' : `\n${style.dim(error.reason)}`;
      return [`${error.codeName}${reason}`, `${what}\n${style.dim(names.short(explain(error)))}`];
    });
    // The longest reason has 26 letters; indentation and the gap take 4 more.
    const width = Math.min(90, screen.width - 30);
    return formatTable(
      [
        { title: 'code and reason', width: 26 },
        { title: 'what was done, and what the client was told', width },
      ],
      rows,
      style,
    );
  }
}

function explain(error: ModelServerError): string {
  if (error.violations.length < 2) return error.message;
  return error.violations.map(({ field, description }) => `${field}: ${description}`).join('\n');
}
