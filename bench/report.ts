import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';

/** One measured figure, beside the bar that it is held to. */
export interface Row {
  readonly what: string;
  /** The median of the runs, as a ratio or with its unit. */
  readonly measured: string;
  /** The least and the most of the runs. */
  readonly spread: string;
  /** Unset for a figure that no bar is set for. */
  readonly bar?: string;
  readonly holds?: boolean;
}

/** A benchmark: its name on the command line, what it does, and its rows. */
export interface Benchmark {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  run(log: (line: string) => void): Promise<Row[]>;
}

const README = new URL('../../bench/README.md', import.meta.url);

/** Puts the rows of a benchmark into its section of bench/README.md, and leaves the others. */
export async function writeSection({ name, title, description }: Benchmark, rows: readonly Row[]): Promise<void> {
  const begin = `<!-- ${name}: written by npm run bench -->`;
  const end = `<!-- /${name} -->`;
  const table = [
    '| What | Median | Least to most | Bar | |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(
      ({ what, measured, spread, bar, holds }) =>
        `| ${what} | ${measured} | ${spread} | ${bar ?? ''} | ${verdict(holds)} |`,
    ),
  ].join('\n');
  const section = `${begin}\n\n## ${title}\n\n${description}\n\n${table}\n\n${machine()}\n\n${end}`;

  const text = await readFile(README, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const updated =
    from < 0 ? `${text.trimEnd()}\n\n${section}\n` : text.slice(0, from) + section + text.slice(to + end.length);
  await writeFile(README, updated);
}

/** What is to be said of a figure beside its bar. */
export function verdict(holds: boolean | undefined): string {
  if (holds === undefined) return '';
  return holds ? 'holds' : 'falls short';
}

function machine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return `Measured with Node ${process.versions.node} on ${availableParallelism()} cores (${model}), ${process.platform} ${process.arch}.`;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "0.48 to 0.55". */
export function spreadOf(values: readonly number[], digits = 2): string {
  return `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
}
