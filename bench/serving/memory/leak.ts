import { type Benchmark, figures, type Row } from '../../benchmark.js';
import { formatCount, formatSpread } from '../../report/format.js';
import { median } from '../../report/statistics.js';
import { ratios } from '../rounds.js';
import { queryRows, SERVED, serve } from '../served-model.js';
import { megabytes } from './megabytes.js';
import { type OwnServer, startOwn } from '../servers/own.js';

const ROUNDS = 3;
const CYCLES = 10_000;
const SHORT_CYCLES = 300;
const PREDICTS_OF_CYCLE = 100;
const FIRST_SHARE = 0.01;
const BAR = 1.1;
const MODEL = 'served';
/** All that are loaded have several times the memory of the process. */
const TREES = 10;

/** What is left of models that have come and gone. */
export const leak: Benchmark = {
  name: 'leak',
  title: 'Memory after many loads and predictions',
  description:
    `A forest of ${TREES} trees (${formatCount(SERVED.y.length)} × ${SERVED.columns}) is loaded, asked for ${PREDICTS_OF_CYCLE} predictions over a PredictStream, and unloaded: ` +
    `${formatCount(CYCLES)} times, which makes ${formatCount(CYCLES * PREDICTS_OF_CYCLE)} Predicts. The resident memory of the server after that, against after the ` +
    'first hundredth, and the same after a collection of garbage at both times.',
  async run({ progress, short }) {
    const rounds = short ? 1 : ROUNDS;
    const cycles = short ? SHORT_CYCLES : CYCLES;
    progress.begin(rounds);
    const early: Resident[] = [];
    const late: Resident[] = [];
    for (let round = 1; round <= rounds; round++) {
      await progress.step(
        `round ${round} of ${rounds}`,
        async () => {
          const own = await startOwn();
          try {
            await serve(own, MODEL, { randomForestClassifier: { nEstimators: TREES } });
            await own.client.unload(MODEL);
            const first = cycles * FIRST_SHARE;
            await comeAndGo(own, first);
            early.push(await residentOf(own));
            await comeAndGo(own, cycles - first);
            late.push(await residentOf(own));
          } finally {
            await own.stop();
          }
        },
        () => `${megabytes(early[round - 1].asItIs)} MB, then ${megabytes(late[round - 1].asItIs)} MB`,
      );
    }
    const columns = [
      { title: 'Resident memory' },
      figures('After the first hundredth, MB'),
      figures('After all, MB'),
      figures('Ratio'),
      figures('Least to most'),
    ];
    const rows = [
      rowOf('as it is', early, late, ({ asItIs }) => asItIs, BAR),
      rowOf('after a collection of garbage', early, late, ({ collected }) => collected),
    ];
    return [{ columns, rows }];
  },
};

/** Bytes of the server. */
interface Resident {
  readonly asItIs: number;
  readonly collected: number;
}

async function residentOf({ server }: OwnServer): Promise<Resident> {
  const { residentBytes: asItIs } = await server.ask('usage');
  await server.ask('collectGarbage');
  const { residentBytes: collected } = await server.ask('usage');
  return { asItIs, collected };
}

const ROWS_TO_ASK = queryRows(PREDICTS_OF_CYCLE).map((row) => [row]);

/** Loads, asks and unloads so many times; the labels must be those of the first time. */
async function comeAndGo({ client }: OwnServer, cycles: number): Promise<void> {
  const predictor = client.predictor(MODEL);
  let labels: string | undefined;
  for (let cycle = 0; cycle < cycles; cycle++) {
    await client.load(MODEL);
    const predictions = await Promise.all(ROWS_TO_ASK.map((row) => predictor.predict(row)));
    await client.unload(MODEL);
    const now = predictions.map((prediction) => String(prediction.labels[0])).join();
    if (now !== (labels ??= now)) throw new Error('the labels are others than before');
  }
  predictor.close();
}

function rowOf(
  title: string,
  early: readonly Resident[],
  late: readonly Resident[],
  of: (resident: Resident) => number,
  bar?: number,
): Row {
  const perRound = ratios(late.map(of), early.map(of));
  const ratio = median(perRound);
  return {
    cells: [
      title,
      megabytes(median(early.map(of))),
      megabytes(median(late.map(of))),
      ratio.toFixed(2),
      formatSpread(perRound),
    ],
    ...(bar !== undefined && { bar: `≤ ${bar}`, holds: ratio <= bar }),
  };
}
