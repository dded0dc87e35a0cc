import { loadDataset } from '../client/demo/dataset.js';
import { startOwnServer } from '../client/demo/own-server.js';
import { type FitRequest, ModelServerClient } from '../client/index.js';
import { type Benchmark, median, spreadOf } from './report.js';

const ROUNDS = 5;
const TARGET_MS = 2500;
const BAR = 0.6;
const MAX_TREES = 20_000;

/** Two equal trainings at once, against the same two one after the other. */
export const parallelTrainings: Benchmark = {
  name: 'parallel',
  title: 'Two trainings on two cores',
  description:
    'Two equal forests on digits (1,348 × 64), fitted over gRPC with `Promise.all`, against one after the other. ' +
    `Wall time of both, ${ROUNDS} rounds in turn; the ratio of each round.`,
  async run(log) {
    const server = await startOwnServer({ TRAINING_CORES: '2' });
    const client = new ModelServerClient(server.address);
    try {
      const digits = await loadDataset('digits');
      const request = (name: string, nEstimators: number): FitRequest => ({
        name,
        estimator: { randomForestClassifier: { nEstimators } },
        ...digits.train,
      });
      const fit = (name: string, nEstimators: number) => client.fit(request(name, nEstimators));

      // Both threads have compiled their code before anything is measured; it gets faster while it runs.
      let trees = 4;
      for (let fits = 0; fits < 4; fits++) {
        const warm = await Promise.all([fit('warm-1', trees), fit('warm-2', trees)]);
        await client.removeAll();
        const msPerTree = Math.max(...warm.map(({ fitDurationMs = 0 }) => fitDurationMs)) / trees;
        trees = Math.min(MAX_TREES, Math.max(4, Math.round(TARGET_MS / Math.max(0.01, msPerTree))));
      }
      log(`${trees} trees a forest`);

      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const sequentialMs = await time(async () => {
          await fit('a', trees);
          await fit('b', trees);
        });
        await client.removeAll();
        const parallelMs = await time(() => Promise.all([fit('a', trees), fit('b', trees)]));
        await client.removeAll();
        ratios.push(parallelMs / sequentialMs);
        log(
          `round ${round + 1}: ${sequentialMs.toFixed(0)} ms one after the other, ${parallelMs.toFixed(0)} ms at once`,
        );
      }
      const ratio = median(ratios);
      return [
        {
          what: 'at once ÷ one after the other',
          measured: ratio.toFixed(2),
          spread: spreadOf(ratios),
          bar: `≤ ${BAR}`,
          holds: ratio <= BAR,
        },
      ];
    } finally {
      client.close();
      await server.stop();
    }
  },
};

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}
