import type { Command } from 'commander';
import type { CallOptions } from '../call-options.js';
import { ModelServerClient } from '../model-server-client.js';
import { type Style, styleFor } from '../terminal/style.js';
import { ExitCode, exitCodeOf } from './exit-codes.js';
import { toJson } from './json.js';
import { reportError } from './report-error.js';

/** The options that every command has. */
export interface GlobalOptions {
  readonly address: string;
  readonly json?: boolean;
  /** Seconds. */
  readonly timeout?: number;
}

/** What a command works with. */
export interface Context {
  readonly client: ModelServerClient;
  /** The command's timeout, and the signal of Ctrl-C. */
  readonly call: CallOptions;
  readonly json: boolean;
  /** Colours for stdout. */
  readonly style: Style;
  /** Writes the result to stdout: `document` for programs, the text that `render` makes for people. */
  readonly result: (document: unknown, render: () => string) => void;
  /** Says something to people on stderr; nothing with --json. */
  readonly note: (text: string) => void;
}

/** A command's work; it may answer with an exit code. */
export type Run<Arguments extends unknown[], Options> = (
  context: Context,
  options: Options,
  ...args: Arguments
) => Promise<ExitCode | void>;

/** How long a call may take unless --timeout says otherwise; fit has no limit. */
const DEFAULT_TIMEOUT_SECONDS = 60;

/**
 * Makes `run` the action of `command`: it gets a client, reports what goes wrong
 * on stderr, turns it into the exit code, and lets Ctrl-C cancel the call (a
 * second one ends the process at once).
 */
export function action<Arguments extends unknown[], Options extends object>(
  command: Command,
  run: Run<Arguments, Options>,
  { defaultTimeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: { readonly defaultTimeoutSeconds?: number } = {},
): void {
  // Commander calls an action with the arguments, the options and the command itself.
  command.action(async (...parameters: unknown[]) => {
    const args = parameters.slice(0, -2) as Arguments;
    const options = command.optsWithGlobals<Options & GlobalOptions>();
    const { address, json = false, timeout = defaultTimeoutSeconds } = options;
    const interrupt = new AbortController();
    process.once('SIGINT', () => interrupt.abort());
    const client = new ModelServerClient(address);
    try {
      const timeoutMs = Number.isFinite(timeout) ? timeout * 1000 : undefined;
      const call = { timeoutMs, signal: interrupt.signal };
      process.exitCode = (await run(createContext(client, call, json), options, ...args)) ?? ExitCode.ok;
    } catch (error) {
      reportError(error, { address, json });
      process.exitCode = exitCodeOf(error);
    } finally {
      client.close();
    }
  });
}

function createContext(client: ModelServerClient, call: CallOptions, json: boolean): Context {
  return {
    client,
    call,
    json,
    style: styleFor(process.stdout),
    result: (document, render) => process.stdout.write(json ? toJson(document) : `${render()}\n`),
    note: (text) => {
      if (!json) process.stderr.write(`${styleFor(process.stderr).dim(text)}\n`);
    },
  };
}
