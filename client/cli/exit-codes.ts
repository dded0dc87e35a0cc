import { status } from '@grpc/grpc-js';
import { CommanderError } from 'commander';
import { CsvError } from '../csv/csv-error.js';
import { CallAbortedError, ModelServerError } from '../errors.js';
import { InputError } from '../input-error.js';
import { UsageError } from './usage-error.js';

/** What the process ends with; part of the interface, see EXIT_CODES_HELP. */
export const ExitCode = {
  ok: 0,
  refused: 1,
  usage: 2,
  unreachable: 3,
  timeout: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    the server refused, or something else failed; health: the server does not serve
  2    the command line or the input file is wrong
  3    the server cannot be reached, or is shutting down
  4    the timeout passed
  130  interrupted (Ctrl-C)`;

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CallAbortedError) return ExitCode.interrupted;
  if (error instanceof ModelServerError) {
    if (error.code === status.UNAVAILABLE) return ExitCode.unreachable;
    return error.code === status.DEADLINE_EXCEEDED ? ExitCode.timeout : ExitCode.refused;
  }
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  const isInput = error instanceof UsageError || error instanceof CsvError || error instanceof InputError;
  return isInput ? ExitCode.usage : ExitCode.refused;
}
