import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchmarkError } from '../../benchmark.js';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 2 ** 28;

/** A program that is not of this project, and the words that say how to get it. */
export interface Tool {
  readonly command: string;
  readonly mend: string;
}

/**
 * Runs a tool to its end, and returns what it printed.
 *
 * @param input What it reads from its standard input.
 * @throws BenchmarkError when it is not there, Error with its own words when it fails.
 */
export async function runTool({ command, mend }: Tool, args: readonly string[], input = ''): Promise<string> {
  try {
    const running = run(command, args, { maxBuffer: MAX_OUTPUT_BYTES });
    // It may end, or not even begin, before it has read that.
    running.child.stdin?.on('error', () => undefined).end(input);
    return (await running).stdout;
  } catch (error) {
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') throw new BenchmarkError(`the load generator ${command} is not on the PATH; ${mend}`);
    throw new Error(`${command} failed: ${stderr.trim()}`, { cause: error });
  }
}

/** @throws BenchmarkError when one of them is not there: better before the benchmark than in the middle of it. */
export async function requireTools(tools: readonly Tool[]): Promise<void> {
  for (const tool of tools) await runTool(tool, ['--version']);
}
