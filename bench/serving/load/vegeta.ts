import { type Answers, requireAnswers } from './answers.js';
import { runTool } from './tool.js';
import type { Target } from './target.js';

/** What came of a load at a fixed rate, in milliseconds. */
export interface Latencies {
  readonly median: number;
  readonly p99: number;
}

/** What is read of a report of vegeta; times are in nanoseconds. */
interface Report {
  readonly latencies: { readonly '50th': number; readonly '99th': number };
  readonly bytes_in: { readonly total: number };
  readonly requests: number;
  readonly status_codes: Readonly<Record<string, number>>;
}

export const VEGETA = {
  command: 'vegeta',
  mend: '`go install github.com/tsenart/vegeta/v12@latest` makes it, or Homebrew has it',
};

/**
 * Sends requests at a fixed rate, whether or not those before were answered.
 * h2load does not: it sends what a hundredth of a second is worth at once, and
 * over HTTP/1.1 waits for the last answer.
 *
 * @throws BenchmarkError when there is no vegeta, Error when an answer is not the right one.
 */
export async function vegeta(target: Target, perSecond: number, seconds: number): Promise<Latencies> {
  const resultsPath = `${target.bodyPath}.results`;
  const args = [
    'attack',
    ...(target.protocol === 'grpc' ? ['-h2c'] : []),
    ...Object.entries(target.headers).flatMap(([name, value]) => ['-header', `${name}: ${value}`]),
    '-body',
    target.bodyPath,
    `-rate=${perSecond}/s`,
    `-duration=${Math.round(seconds * 1000)}ms`,
    `-output=${resultsPath}`,
  ];
  await runTool(VEGETA, args, `POST ${target.url}\n`);
  const { latencies, answered, requests, dataBytes } = parseReport(
    await runTool(VEGETA, ['report', '-type=json', resultsPath]),
  );
  requireAnswers(target, { requests, answered, dataBytes });
  return latencies;
}

/** What is in a report: the latencies, and how many requests there were and were answered with 200, by so many bytes. */
export function parseReport(json: string): Answers & { readonly latencies: Latencies } {
  const { latencies, requests, status_codes, bytes_in } = JSON.parse(json) as Report;
  return {
    latencies: { median: latencies['50th'] / 1e6, p99: latencies['99th'] / 1e6 },
    requests,
    answered: status_codes['200'] ?? 0,
    dataBytes: bytes_in.total,
  };
}
