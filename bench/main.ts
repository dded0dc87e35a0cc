/** `npm run bench [-- NAME…]`: measures, prints, and writes bench/README.md. A bar that does not hold is said, and no error. */
import { estimators } from './estimators.js';
import { parallelTrainings } from './parallel-trainings.js';
import { predictWhileTraining } from './predict-while-training.js';
import { type Benchmark, verdict, writeSection } from './report.js';

const BENCHMARKS: readonly Benchmark[] = [parallelTrainings, predictWhileTraining, estimators];

const names = process.argv.slice(2);
const unknown = names.find((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
if (unknown !== undefined) {
  console.error(`there is no benchmark ${unknown}; there are ${BENCHMARKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

for (const benchmark of BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`\n${benchmark.title} (${benchmark.name})`);
  const rows = await benchmark.run((line) => console.log(`  ${line}`));
  for (const { what, measured, spread, bar, holds } of rows) {
    console.log(`  ${what}: ${measured} (${spread})${bar === undefined ? '' : `, bar ${bar}: ${verdict(holds)}`}`);
  }
  await writeSection(benchmark, rows);
}
