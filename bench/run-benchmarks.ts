import { styleFor } from '../client/terminal/style.js';
import { formatTable } from '../client/terminal/table.js';
import type { Benchmark, Circumstances, Table } from './benchmark.js';
import { layOut } from './report/layout.js';
import { Progress } from './report/progress.js';
import { writeSection } from './report/readme-section.js';

/** Runs the benchmarks one after the other, prints their tables, and if asked to writes each into bench/README.md when it has ended. */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  options: Omit<Circumstances, 'progress'>,
  writes: boolean,
): Promise<void> {
  const progress = new Progress(process.stdout);
  for (const benchmark of benchmarks) {
    console.log(`\n${benchmark.title} (${benchmark.name})`);
    const tables = await benchmark.run({ ...options, progress });
    for (const table of tables) print(table);
    if (writes) await writeSection(benchmark, tables);
  }
}

function print(table: Table): void {
  const style = styleFor(process.stdout);
  const { columns, rows } = layOut(table);
  if (table.title !== undefined) console.log(`\n  ${style.bold(table.title)}`);
  console.log(`\n${formatTable(columns, rows, style)}`);
  if (table.note !== undefined) console.log(`\n  ${table.note}`);
}
