/** `npm run bench:serving [-- NAME…]`: measures the server under load, prints, and writes bench/README.md. */
import { Argument, Command } from 'commander';
import { ModelServerError } from '../../client/index.js';
import { type Benchmark, BenchmarkError } from '../benchmark.js';
import { runBenchmarks } from '../run-benchmarks.js';
import { fit } from './fit/fit.js';
import { floor } from './floor.js';
import { leak } from './memory/leak.js';
import { memory } from './memory/memory.js';
import { stalls } from './stalls/stalls.js';
import { stream } from './stream.js';
import { training } from './training/training.js';
import { unary } from './unary/unary.js';

const BENCHMARKS: readonly Benchmark[] = [floor, unary, stream, fit, stalls, training, memory, leak];
const NAMES = BENCHMARKS.map(({ name }) => name);

interface Options {
  readonly python: string;
  readonly short?: boolean;
  readonly write: boolean;
}

const LIST = `Benchmarks:
${BENCHMARKS.map(({ name, title }) => `  ${name.padEnd(12)}${title}`).join('\n')}

Examples:
  $ npm run bench:serving
  $ npm run bench:serving -- floor --short`;

await new Command('npm run bench:serving --')
  .description('Measures the server under load, prints the figures, and writes them into bench/README.md.')
  .addArgument(new Argument('[names...]', 'which benchmarks (default: all)').choices(NAMES))
  .option('--python <command>', 'makes the environment of the Python peer, once', 'python3')
  .option('--short', 'a smoke test: little of everything, nothing is written, and the figures mean little')
  .option('--no-write', 'leave bench/README.md as it is')
  .addHelpText('after', `\n${LIST}`)
  .action(async (names: string[], { python, short, write }: Options) => {
    const chosen = BENCHMARKS.filter(({ name }) => names.length === 0 || names.includes(name)).map((benchmark) => ({
      ...benchmark,
      // Of its section, beside those of `npm run bench`.
      name: `serving-${benchmark.name}`,
    }));
    try {
      await runBenchmarks(chosen, { python, short }, write && !short);
    } catch (error) {
      // The server may be older than the benchmark.
      const isForeseen =
        error instanceof BenchmarkError || (error instanceof ModelServerError && error.codeName === 'UNIMPLEMENTED');
      if (!isForeseen) throw error;
      console.error(`\nerror: ${error.message}`);
      process.exitCode = 1;
    }
  })
  .parseAsync();
