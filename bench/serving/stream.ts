import type { MatrixInput, Prediction } from '../../client/index.js';
import { type Benchmark, figures } from '../benchmark.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import { median } from '../report/statistics.js';
import { effort, inTurn, ratios } from './rounds.js';
import { queryRows, SERVED, serve } from './served-model.js';
import type { NodeServer } from './servers/node-server.js';
import { startOwn } from './servers/own.js';

const OUTSTANDING = 64;
const BAR = 5;
const MODEL = 'served';

/** Asks for the prediction of one row. */
type Ask = (x: MatrixInput) => Promise<Prediction>;

interface Measured {
  readonly perSecond: number;
  /** Milliseconds of processor time of the server by message, and of the client. */
  readonly serverMs: number;
  readonly clientMs: number;
}

/** Rows over one stream, and in calls of their own. */
export const stream: Benchmark = {
  name: 'stream',
  title: 'PredictStream against unary Predict',
  description:
    `One row a message (1 × ${SERVED.columns}, logistic regression), ${OUTSTANDING} outstanding, from one client in a process of its own: ` +
    '`client.predictor(name)`, against `client.predict`. Each label is compared with that of the same row in one large Predict. The ratio of each round.',
  async run({ progress, short }) {
    const { rounds, seconds, warmUp } = effort(short, { rounds: 7, seconds: 3, warmUp: 3 });
    progress.begin(2);
    const own = await startOwn();
    try {
      const { client, server } = own;
      const rows = queryRows(SERVED.qy.length).map((row) => [row]);
      const predictor = client.predictor(MODEL);
      const asks: Ask[] = [(x) => predictor.predict(x), (x) => client.predict({ name: MODEL, x })];
      const labels = await progress.step('training, warming up', async () => {
        await serve(own, MODEL, { logisticRegression: {} });
        const expected = (await client.predict({ name: MODEL, x: rows.flat() })).labels;
        for (const ask of asks) await sustain(ask, rows, expected, warmUp);
        return expected;
      });
      const [streamed, unary] = await progress.step(
        `${rounds} rounds`,
        () =>
          inTurn(
            rounds,
            asks.map((ask) => () => measure(server, () => sustain(ask, rows, labels, seconds))),
          ),
        (loads) => loads.map((each) => `${formatCount(rateOf(each))}/s`).join(' against '),
      );
      const perRound = ratios(
        streamed.map(({ perSecond }) => perSecond),
        unary.map(({ perSecond }) => perSecond),
      );
      const ratio = median(perRound);
      const cpu = (of: (measured: Measured) => number) =>
        [streamed, unary].map((each) => formatMs(median(each.map(of)) * 1000)).join(' / ');
      const cells = [
        formatCount(rateOf(streamed)),
        formatCount(rateOf(unary)),
        ratio.toFixed(1),
        formatSpread(perRound, (value) => value.toFixed(1)),
        cpu(({ serverMs }) => serverMs),
        cpu(({ clientMs }) => clientMs),
      ];
      const columns = [
        figures('Stream, messages/s'),
        figures('Unary, calls/s'),
        figures('Ratio'),
        figures('Least to most'),
        figures("Server's processor time, stream / unary, µs"),
        figures("Client's, µs"),
      ];
      return [{ columns, rows: [{ cells, bar: `≥ ${BAR}`, holds: ratio >= BAR }] }];
    } finally {
      await own.stop();
    }
  },
};

function rateOf(loads: readonly Measured[]): number {
  return Math.round(median(loads.map(({ perSecond }) => perSecond)));
}

async function measure(server: NodeServer, load: () => Promise<number>): Promise<Measured> {
  const before = await server.ask('usage');
  const usage = process.cpuUsage();
  const start = performance.now();
  const messages = await load();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(usage);
  const after = await server.ask('usage');
  return {
    perSecond: messages / seconds,
    serverMs: (after.cpuMs - before.cpuMs) / messages,
    clientMs: (user + system) / 1000 / messages,
  };
}

/** Keeps so many asked for so many seconds, and returns how many were answered. */
async function sustain(
  ask: Ask,
  rows: readonly MatrixInput[],
  labels: Prediction['labels'],
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let asked = 0;
  const keepAsking = async () => {
    while (performance.now() < end) {
      const row = asked++ % rows.length;
      const {
        labels: [label],
      } = await ask(rows[row]);
      if (label !== labels[row]) throw new Error(`row ${row} is a ${label} now, and was a ${labels[row]} before`);
    }
  };
  await Promise.all(Array.from({ length: OUTSTANDING }, keepAsking));
  return asked;
}
