import { setTimeout as delay } from 'node:timers/promises';
import { loadDataset } from '../client/demo/dataset.js';
import { startOwnServer } from '../client/demo/own-server.js';
import { CallAbortedError, ModelServerClient } from '../client/index.js';
import { type Benchmark, figures, type Row } from './benchmark.js';
import { formatMs, formatSpread } from './report/format.js';
import { median, quantileOf } from './report/statistics.js';

const ROUNDS = 5;
const SECONDS = 4;
const RATE = 200;
const BAR = 2;

/** What a training in the only slot does to those who predict. */
export const predictWhileTraining: Benchmark = {
  name: 'predict-while-training',
  title: 'Predict beside a training',
  description:
    `One-row Predicts (1 × 30, logistic regression) at a fixed ${RATE}/s, sent whether or not the last one was answered, with ` +
    `\`TRAINING_CORES=1\`: idle, and while that slot trains a forest. ${ROUNDS} rounds of ${SECONDS} s each, in turn.`,
  async run({ progress }) {
    progress.begin(1 + ROUNDS);
    const server = await startOwnServer({ TRAINING_CORES: '1' });
    const client = new ModelServerClient(server.address);
    try {
      const { train, heldOut } = await loadDataset('breast_cancer');
      await client.fit({ name: 'served', estimator: { logisticRegression: {} }, ...train });
      await client.load('served');
      const row = { rows: 1, columns: heldOut.x.columns, data: heldOut.x.data.subarray(0, heldOut.x.columns) };
      const predict = () => client.predict({ name: 'served', x: row, probabilities: true });
      await progress.step('warming up', () => atFixedRate(predict, RATE, 2 * SECONDS));
      // Longer than a round, and then cancelled.
      const digits = await loadDataset('digits');
      const long = {
        name: 'training',
        estimator: { randomForestClassifier: { nEstimators: 40_000 } },
        ...digits.train,
      };

      const idle: number[][] = [];
      const busy: number[][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await progress.step(
          `round ${round + 1} of ${ROUNDS}`,
          async () => {
            idle.push(await atFixedRate(predict, RATE, SECONDS));
            busy.push(await whileTraining(client, long, () => atFixedRate(predict, RATE, SECONDS)));
          },
          () => {
            const [idleMs, busyMs] = [idle, busy].map((rounds) => formatMs(median(rounds[round])));
            return `median ${idleMs} ms idle, ${busyMs} ms while training`;
          },
        );
      }
      const columns = [
        { title: 'Latency' },
        figures('Training, ms'),
        figures('Idle, ms'),
        figures('Ratio'),
        figures('Least to most'),
      ];
      return [{ columns, rows: [rowOf('median', 0.5, idle, busy, BAR), rowOf('99th percentile', 0.99, idle, busy)] }];
    } finally {
      client.close();
      await server.stop();
    }
  },
};

function rowOf(what: string, quantile: number, idle: number[][], busy: number[][], bar?: number): Row {
  const ratios = idle.map((latencies, round) => quantileOf(busy[round], quantile) / quantileOf(latencies, quantile));
  const ratio = median(ratios);
  const ms = [busy, idle].map((rounds) => formatMs(median(rounds.map((latencies) => quantileOf(latencies, quantile)))));
  return {
    cells: [what, ...ms, ratio.toFixed(2), formatSpread(ratios)],
    ...(bar === undefined ? {} : { bar: `≤ ${bar}`, holds: ratio <= bar }),
  };
}

/** Calls `task` at a fixed rate and returns the milliseconds from each sending to its answer. */
async function atFixedRate(task: () => Promise<unknown>, perSecond: number, seconds: number): Promise<number[]> {
  const latencies: number[] = [];
  const calls: Promise<void>[] = [];
  const start = performance.now();
  for (let i = 0; i < perSecond * seconds; i++) {
    const wait = start + (i * 1000) / perSecond - performance.now();
    if (wait > 0) await delay(wait);
    const sentAt = performance.now();
    calls.push(task().then(() => void latencies.push(performance.now() - sentAt)));
  }
  await Promise.all(calls);
  return latencies;
}

async function whileTraining<T>(
  client: ModelServerClient,
  request: Parameters<ModelServerClient['fit']>[0],
  task: () => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const training = client.fit(request, { signal: abort.signal }).catch((error: unknown) => {
    if (!(error instanceof CallAbortedError)) throw error;
  });
  await untilBusy(client, 1);
  try {
    return await task();
  } finally {
    abort.abort();
    await training;
    await untilBusy(client, 0);
  }
}

async function untilBusy(client: ModelServerClient, slots: number): Promise<void> {
  while ((await client.getStatus()).busyTrainingSlots !== slots) await delay(20);
}
