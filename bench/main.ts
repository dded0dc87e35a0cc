/** `npm run bench [-- NAME…]`: measures, prints, and writes bench/README.md. A bar that does not hold is said, and no error. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { EstimatorKind } from '../src/estimators/estimator.js';
import { type Benchmark, BenchmarkError } from './benchmark.js';
import { boosting } from './estimators/boosting.js';
import { catboost } from './estimators/catboost.js';
import { categories } from './estimators/categories.js';
import { estimators } from './estimators/estimators.js';
import { oldService } from './estimators/old-service.js';
import { rowGrowth } from './estimators/row-growth.js';
import { mljs } from './mljs/mljs.js';
import { NAMESAKE_KINDS } from './parity/namesakes.js';
import { DEFAULT_SEEDS, parity } from './parity/parity.js';
import { parallelTrainings } from './parallel-trainings.js';
import { quality } from './quality/quality.js';
import { runBenchmarks } from './run-benchmarks.js';

const BENCHMARKS: readonly Benchmark[] = [
  parallelTrainings,
  estimators,
  boosting,
  catboost,
  categories,
  rowGrowth,
  oldService,
  mljs,
  quality,
  parity,
];
const NAMES = BENCHMARKS.map(({ name }) => name);

interface Options {
  readonly data?: string;
  readonly only?: readonly string[];
  readonly of?: readonly EstimatorKind[];
  readonly seeds: number;
  readonly python: string;
  readonly write: boolean;
}

const LIST = `Benchmarks:
${BENCHMARKS.map(({ name, title }) => `  ${name.padEnd(24)}${title}`).join('\n')}

Examples:
  $ npm run bench
  $ npm run bench -- quality --data ~/data
  $ npm run bench:parity -- --data ~/data
  $ npm run bench:parity -- --of cat_boost_classifier --only german "words in pairs" --seeds 3 --no-write`;

function seedCount(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 2) throw new InvalidArgumentError('It takes 2 to 9999 seeds.');
  return Number(text);
}

await new Command('npm run bench --')
  .description('Measures, prints the figures, and writes them into bench/README.md.')
  .addArgument(new Argument('[names...]', 'which benchmarks (default: all)').choices(NAMES))
  .option(
    '--data <folder>',
    'CSV files for "quality" and "parity" beside those of test/data; bench/README.md says how they are read',
  )
  .option('--seeds <count>', 'how many splits "parity" compares on', seedCount, DEFAULT_SEEDS)
  .option('--only <sets...>', 'data sets of "parity" (default: all)')
  .addOption(new Option('--of <estimators...>', 'estimators of "parity" (default: all)').choices(NAMESAKE_KINDS))
  .option('--python <command>', 'makes the environment of the Python peers, once', 'python3')
  .option('--no-write', 'leave bench/README.md as it is')
  .addHelpText('after', `\n${LIST}`)
  .action(async (names: string[], { data, only, of, seeds, python, write }: Options) => {
    const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name));
    try {
      await runBenchmarks(chosen, { python, dataFolder: data, seeds, only, of }, write);
    } catch (error) {
      if (!(error instanceof BenchmarkError)) throw error;
      console.error(`\nerror: ${error.message}`);
      process.exitCode = 1;
    }
  })
  .parseAsync();
