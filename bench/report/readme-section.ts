import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import type { Benchmark, Table } from '../benchmark.js';
import { layOut } from './layout.js';

// Compiled, this file is in dist/bench/report.
const README = new URL('../../../bench/README.md', import.meta.url);

/** Puts the tables of a benchmark into its section of bench/README.md, and leaves the others. */
export async function writeSection(benchmark: Benchmark, tables: readonly Table[]): Promise<void> {
  const text = await readFile(README, 'utf8');
  await writeFile(README, withSection(text, benchmark.name, sectionOf(benchmark, tables)));
}

/** The text with the section of that name in the place of the old one, or at the end. */
export function withSection(text: string, name: string, section: string): string {
  const begin = `<!-- ${name}: written by npm run bench -->`;
  const end = `<!-- /${name} -->`;
  const whole = `${begin}\n\n${section}\n\n${end}`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  return from < 0 ? `${text.trimEnd()}\n\n${whole}\n` : text.slice(0, from) + whole + text.slice(to + end.length);
}

/** The section in Markdown: title, description, tables, machine. */
export function sectionOf({ title, description }: Pick<Benchmark, 'title' | 'description'>, tables: readonly Table[]) {
  return [`## ${title}`, description, ...tables.map(tableOf), machine()].join('\n\n');
}

function tableOf(table: Table): string {
  const { columns, rows } = layOut(table);
  const lines = [
    columns.map(({ title }) => title),
    columns.map(({ align }) => (align === 'right' ? '---:' : '---')),
    ...rows,
  ].map((cells) => `| ${cells.join(' | ')} |`);
  const title = table.title === undefined ? [] : [`### ${table.title}`];
  const note = table.note === undefined ? [] : [table.note];
  return [...title, lines.join('\n'), ...note].join('\n\n');
}

function machine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  return `Measured with Node ${process.versions.node} on ${availableParallelism()} cores (${model}), ${process.platform} ${process.arch}.`;
}
