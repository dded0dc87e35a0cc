import { join } from 'node:path';
import { ModelServerService as Rpc } from '../../../generated/modelserver/v1/model_server.js';
import { CallAbortedError, type ModelServerClient } from '../../../client/index.js';
import { type Benchmark, figures, type Row } from '../../benchmark.js';
import type { Problem } from '../../data/problem.js';
import { formatMs, formatSpread } from '../../report/format.js';
import { median } from '../../report/statistics.js';
import { grpcTarget } from '../load/target.js';
import { requireTools } from '../load/tool.js';
import { type Latencies, VEGETA, vegeta } from '../load/vegeta.js';
import { effort, inTurn, ratios } from '../rounds.js';
import { exchange, queryRows, readable, SERVED, serve } from '../served-model.js';
import { startOwn } from '../servers/own.js';
import { untilBusy } from '../until-busy.js';
import { whileBareTraining } from './bare-forest.js';
import { FOREST, forestRows } from './work.js';

const RATE = 200;
const BAR = 1.5;
const MODEL = 'served';

/** What a training in the only slot does to those who predict. */
export const training: Benchmark = {
  name: 'training',
  title: 'Predict beside a training',
  description:
    `One-row Predicts (1 × ${SERVED.columns}, logistic regression) at a fixed ${RATE}/s, which vegeta sends whether or not the last one was answered, with ` +
    '`TRAINING_CORES=1`: while that slot trains a forest, against idle. Beside it the same against a server that is idle while a process of its own trains ' +
    'that forest, as nice as the slot: what the machine makes of it. Loads take turns; the ratio of each round.',
  async run({ progress, short }) {
    await requireTools([VEGETA]);
    const { rounds, seconds, warmUp } = effort(short, { rounds: 7, seconds: 8, warmUp: 5 });
    progress.begin(2);
    const forest = forestRows();
    const own = await startOwn({ TRAINING_CORES: '1' });
    try {
      const { client, server, folder } = own;
      const target = await progress.step('training, warming up', async () => {
        await serve(own, MODEL, { logisticRegression: {} });
        const { message, answer } = await exchange(server.address, MODEL, readable(queryRows(1)));
        const built = await grpcTarget(server.address, Rpc.predict, message, answer, join(folder, 'request'));
        // The code is compiled after some thousand calls.
        await vegeta(built, 10 * RATE, warmUp);
        return built;
      });
      const load = () => vegeta(target, RATE, seconds);
      const [busy, beside, idle] = await progress.step(
        `${rounds} rounds`,
        () => inTurn(rounds, [() => whileTraining(client, forest, load), () => whileBareTraining(load), load]),
        (loads) => loads.map((each) => `${formatMs(median(each.map(({ p99 }) => p99)))} ms`).join(' against '),
      );
      const columns = [
        { title: 'Latency' },
        { title: 'Who trains' },
        figures('While training, ms'),
        figures('Idle, ms'),
        figures('Ratio'),
        figures('Least to most'),
      ];
      const rows = [
        rowOf(['median', 'the slot'], busy, idle, (latencies) => latencies.median),
        rowOf(['median', 'another process'], beside, idle, (latencies) => latencies.median),
        rowOf(['99th percentile', 'the slot'], busy, idle, ({ p99 }) => p99, BAR),
        rowOf(['99th percentile', 'another process'], beside, idle, ({ p99 }) => p99),
      ];
      return [{ columns, rows }];
    } finally {
      await own.stop();
    }
  },
};

function rowOf(
  titles: readonly string[],
  busy: readonly Latencies[],
  idle: readonly Latencies[],
  of: (latencies: Latencies) => number,
  bar?: number,
): Row {
  const perRound = ratios(busy.map(of), idle.map(of));
  const ratio = median(perRound);
  return {
    cells: [
      ...titles,
      formatMs(median(busy.map(of))),
      formatMs(median(idle.map(of))),
      ratio.toFixed(2),
      formatSpread(perRound),
    ],
    ...(bar !== undefined && { bar: `≤ ${bar}`, holds: ratio <= bar }),
  };
}

/** Runs `task` while the only slot trains, and cancels the training after it. */
async function whileTraining<T>(
  client: ModelServerClient,
  { x, y, columns }: Problem,
  task: () => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const request = {
    name: 'training',
    estimator: { randomForestClassifier: FOREST },
    x: { rows: y.length, columns, data: x },
    y,
  };
  const fitting = client.fit(request, { signal: abort.signal }).catch((error: unknown) => {
    if (!(error instanceof CallAbortedError)) throw error;
  });
  await untilBusy(client, 1);
  try {
    const result = await task();
    if ((await client.getStatus()).busyTrainingSlots === 0) throw new Error('the training has ended before the load');
    return result;
  } finally {
    abort.abort();
    await fitting;
    await untilBusy(client, 0);
  }
}
