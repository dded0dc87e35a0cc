import { readFile } from 'node:fs/promises';
import { BenchmarkError } from '../../benchmark.js';
import { type Answers, requireAnswers } from './answers.js';
import { runTool } from './tool.js';
import type { Target } from './target.js';

/** How many requests, over how many connections, and how many at once on each of them. */
export interface Concurrency {
  readonly requests: number;
  readonly connections: number;
  readonly streams: number;
}

/** What came of a load. */
export interface Loaded {
  readonly perSecond: number;
  /** Milliseconds from sending a request to the end of its answer, one a request. */
  readonly latencies: readonly number[];
}

export const H2LOAD = {
  command: 'h2load',
  mend: 'it is in the package nghttp2-client of Debian and Ubuntu, nghttp2 of Homebrew',
};

/** Requests that take so long tell how many make a second. */
const PROBE_SECONDS = 0.1;

/**
 * Sends the requests, as fast as they are answered, on one thread of h2load.
 *
 * @throws BenchmarkError when there is no h2load, Error when an answer is not the right one.
 */
export async function h2load(target: Target, { requests, connections, streams }: Concurrency): Promise<Loaded> {
  const logPath = `${target.bodyPath}.log`;
  const output = await runTool(H2LOAD, [
    ...(target.protocol === 'http1' ? ['--h1'] : []),
    ...Object.entries(target.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    `--data=${target.bodyPath}`,
    `--requests=${requests}`,
    `--clients=${connections}`,
    `--max-concurrent-streams=${streams}`,
    `--log-file=${logPath}`,
    target.url,
  ]);
  const { answered, dataBytes, perSecond } = parseSummary(output);
  requireAnswers(target, { requests, answered, dataBytes });
  return { perSecond, latencies: parseLog(await readFile(logPath, 'utf8')) };
}

/** What h2load prints at the end. */
export interface Summary extends Omit<Answers, 'requests'> {
  readonly perSecond: number;
}

/** @throws BenchmarkError for what is no output of h2load. */
export function parseSummary(output: string): Summary {
  const number = (pattern: RegExp): number => {
    const match = pattern.exec(output);
    if (match === null) throw new BenchmarkError(`this h2load prints other than what is known of it:\n${output}`);
    return Number(match[1]);
  };
  return {
    perSecond: number(/^finished in .*?, ([\d.]+) req\/s/m),
    answered: number(/^status codes: (\d+) 2xx/m),
    dataBytes: number(/^traffic: .* \((\d+)\) data$/m),
  };
}

/** The milliseconds of each request in a log of h2load: start, status and duration (in microseconds), a line each. */
export function parseLog(log: string): number[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Number(line.split('\t')[2]) / 1000);
}

/** How many requests take about so many seconds. */
export async function requestsFor(
  target: Target,
  shape: Omit<Concurrency, 'requests'>,
  seconds: number,
): Promise<number> {
  const inFlight = shape.connections * shape.streams;
  for (let requests = inFlight; ; requests *= 4) {
    const { perSecond } = await h2load(target, { ...shape, requests });
    if (requests / perSecond >= PROBE_SECONDS) return Math.max(2 * inFlight, Math.ceil(perSecond * seconds));
  }
}
