import type { ModelServerClient } from '../../../client/index.js';
import { type Benchmark, figures, type Row } from '../../benchmark.js';
import { classification } from '../../data/generators/classification.js';
import type { Problem } from '../../data/problem.js';
import { formatCount, formatMs, formatSpread } from '../../report/format.js';
import { median } from '../../report/statistics.js';
import type { LoopDelay } from '../servers/loop-delay.js';
import type { NodeServer } from '../servers/node-server.js';
import { startIdle, startOwn } from '../servers/own.js';
import { upload } from './upload.js';

const ROWS = 4_000_000;
const SHORT_ROWS = 100_000;
const COLUMNS = 10;
const QUERIES = 100_000;
const ROUNDS = 5;
const UPLOADS = 3;
const BAR_MS = 15;
const MODEL = 'served';

/** Of the two processes, in the same time. */
interface Measured {
  readonly server: LoopDelay;
  readonly idle: LoopDelay;
  readonly predicts: number;
}

/** How long large messages keep everybody else waiting. */
export const stalls: Benchmark = {
  name: 'stalls',
  title: 'Stalls of the event loop',
  description:
    `While training sets of 320 MB (${formatCount(ROWS)} × ${COLUMNS} float64) arrive by FitStream, ${UPLOADS} one after the other in each round, and Predicts of ` +
    `${formatCount(QUERIES)} raw rows (a forest of 100) run one after the other: how much later than it should a timer of 1 ms comes in the server's thread, and in ` +
    'a Node process beside it that does nothing. The trainings are cancelled as soon as they begin.',
  async run({ progress, short }) {
    const rounds = short ? 1 : ROUNDS;
    progress.begin(1 + rounds);
    const own = await startOwn({ TRAINING_CORES: '1' });
    let idle: NodeServer | undefined;
    try {
      const control = (idle = await startIdle());
      const { client, server } = own;
      const problem = await progress.step('drawing the data, training, warming up', async () => {
        const small = classification(SHORT_ROWS, COLUMNS, QUERIES);
        const x = { rows: small.y.length, columns: COLUMNS, data: small.x };
        // Shallow trees, so that this does not take long; they are asked in blocks all the same.
        const estimator = { randomForestClassifier: { nEstimators: 100, maxDepth: 10 } };
        await client.fit({ name: MODEL, estimator, x, y: small.y });
        await client.load(MODEL);
        await measure(client, server, control, small, 1);
        return { ...classification(short ? SHORT_ROWS : ROWS, COLUMNS, 1), q: small.q };
      });
      const measured: Measured[] = [];
      for (let round = 1; round <= rounds; round++) {
        measured.push(
          await progress.step(
            `round ${round} of ${rounds}`,
            () => measure(client, server, control, problem, UPLOADS),
            (each) =>
              `${formatMs(each.server.p999)} ms, idle ${formatMs(each.idle.p999)} ms, ${each.predicts} Predicts`,
          ),
        );
      }
      const columns = [
        { title: 'A timer of 1 ms is late by' },
        figures('Server, ms'),
        figures('Idle process, ms'),
        figures('Difference, ms'),
        figures('Least to most'),
      ];
      const rows = [
        rowOf('median', measured, ({ p50 }) => p50),
        rowOf('99.9th percentile', measured, ({ p999 }) => p999, BAR_MS),
        rowOf('most', measured, ({ most }) => most),
      ];
      const count = formatCount(median(measured.map((each) => each.server.count)));
      return [{ columns, rows, note: `It came ${count} times a round in the server.` }];
    } finally {
      await idle?.stop();
      await own.stop();
    }
  },
};

async function measure(
  client: ModelServerClient,
  server: NodeServer,
  control: NodeServer,
  problem: Problem,
  uploads: number,
): Promise<Measured> {
  const x = { rows: problem.q.length / COLUMNS, columns: COLUMNS, data: Float32Array.from(problem.q) };
  const over = new AbortController();
  let predicts = 0;
  const keepAsking = async () => {
    while (!over.signal.aborted) {
      await client.predict({ name: MODEL, x });
      predicts++;
    }
  };
  const uploadAll = async () => {
    for (let i = 0; i < uploads; i++) await upload(client, problem);
  };
  await Promise.all([server.ask('watchLoop'), control.ask('watchLoop')]);
  await Promise.all([uploadAll().finally(() => over.abort()), keepAsking()]);
  const [ours, idle] = await Promise.all([server.ask('loopDelay'), control.ask('loopDelay')]);
  return { server: ours, idle, predicts };
}

function rowOf(title: string, measured: readonly Measured[], of: (delay: LoopDelay) => number, bar?: number): Row {
  const differences = measured.map(({ server, idle }) => of(server) - of(idle));
  const difference = median(differences);
  return {
    cells: [
      title,
      formatMs(median(measured.map(({ server }) => of(server)))),
      formatMs(median(measured.map(({ idle }) => of(idle)))),
      formatMs(difference),
      formatSpread(differences, formatMs),
    ],
    ...(bar !== undefined && { bar: `≤ ${bar}`, holds: difference <= bar }),
  };
}
