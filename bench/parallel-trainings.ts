import { loadDataset } from '../client/demo/dataset.js';
import { startOwnServer } from '../client/demo/own-server.js';
import { type FitRequest, ModelServerClient } from '../client/index.js';
import { type Benchmark, figures } from './benchmark.js';
import { formatSpread } from './report/format.js';
import { median } from './report/statistics.js';

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
  async run({ progress }) {
    progress.begin(1 + ROUNDS);
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

      const trees = await progress.step(
        'warming up',
        () => treesFor(TARGET_MS, fit, client),
        (count) => `${count} trees a forest`,
      );

      const ratios: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const ratio = await progress.step(
          `round ${round + 1} of ${ROUNDS}`,
          async () => {
            const sequentialMs = await time(async () => {
              await fit('a', trees);
              await fit('b', trees);
            });
            await client.removeAll();
            const parallelMs = await time(() => Promise.all([fit('a', trees), fit('b', trees)]));
            await client.removeAll();
            return parallelMs / sequentialMs;
          },
          (measured) => measured.toFixed(2),
        );
        ratios.push(ratio);
      }
      const ratio = median(ratios);
      const what = 'at once ÷ one after the other';
      return [
        {
          columns: [{ title: 'What' }, figures('Ratio'), figures('Least to most')],
          rows: [{ cells: [what, ratio.toFixed(2), formatSpread(ratios)], bar: `≤ ${BAR}`, holds: ratio <= BAR }],
        },
      ];
    } finally {
      client.close();
      await server.stop();
    }
  },
};

/** How many trees take so long on a thread that has compiled its code; it gets faster while it runs. */
async function treesFor(
  ms: number,
  fit: (name: string, nEstimators: number) => Promise<{ fitDurationMs?: number }>,
  client: ModelServerClient,
): Promise<number> {
  let trees = 4;
  for (let fits = 0; fits < 4; fits++) {
    const warm = await Promise.all([fit('warm-1', trees), fit('warm-2', trees)]);
    await client.removeAll();
    const msPerTree = Math.max(...warm.map(({ fitDurationMs = 0 }) => fitDurationMs)) / trees;
    trees = Math.min(MAX_TREES, Math.max(4, Math.round(ms / Math.max(0.01, msPerTree))));
  }
  return trees;
}

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}
