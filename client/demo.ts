#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { runDemo } from './demo/run-demo.js';
import { CallAbortedError } from './errors.js';

/** Seconds that each training takes; long enough to watch, short enough to wait for. */
const DEFAULT_SECONDS = 3.5;
/** With --long a training must keep one core busy for a minute; the rest is margin for the calibration. */
const LONG = { seconds: 75, leastSeconds: 60 };

interface Options {
  readonly address?: string;
  readonly long?: boolean;
  readonly seconds?: number;
}

const program = new Command('demo')
  .description('Trains, loads and asks models, provokes errors, and shows it all.')
  .option('--address <host:port>', 'a running server (default: the demo starts one of its own)')
  .option('--long', `each training takes at least ${LONG.leastSeconds} s`)
  .option('--seconds <number>', `each training takes about so long (default: ${DEFAULT_SECONDS})`, parseSeconds)
  .parse();
const { address, long = false, seconds } = program.opts<Options>();

const interrupt = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => interrupt.abort(name));

try {
  const isAsExpected = await runDemo({
    address,
    targetMs: 1000 * (seconds ?? (long ? LONG.seconds : DEFAULT_SECONDS)),
    leastMs: long ? 1000 * LONG.leastSeconds : 0,
    signal: interrupt.signal,
  });
  process.exitCode = isAsExpected ? 0 : 1;
} catch (error) {
  const isInterrupted = error instanceof CallAbortedError;
  process.stderr.write(isInterrupted ? '\ninterrupted; everything is cleaned up\n' : `\n${describe(error)}\n`);
  process.exitCode = isInterrupted ? 130 : 1;
}

function parseSeconds(text: string): number {
  const value = Number(text);
  if (text === '' || !(value > 0)) throw new InvalidArgumentError('must be a number above 0');
  return value;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
