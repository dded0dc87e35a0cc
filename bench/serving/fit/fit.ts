import { type Benchmark, figures, type Row, type Table } from '../../benchmark.js';
import { classification } from '../../data/generators/classification.js';
import type { Problem } from '../../data/problem.js';
import { formatCount, formatSpread } from '../../report/format.js';
import { median } from '../../report/statistics.js';
import { logLossOf } from '../../scores.js';
import { ratios } from '../rounds.js';
import { type OwnServer, startOwn } from '../servers/own.js';
import { BareProcess } from './bare.js';
import { HYPERPARAMETERS, QUERIES, type Trained } from './work.js';

const ROUNDS = 3;
const ROWS = 4_000_000;
const SHORT_ROWS = 100_000;
const COLUMNS = 10;
const BAR = 1.7;
const BAR_OF_BARE = 0.95;
/** Two such sets are to be trained at once; how much memory a training may take is not what is measured. */
const SETTINGS = { TRAINING_CORES: '2', TRAINING_MEMORY_MB: '8192' };
const NAMES = ['a', 'b'] as const;

/** The seconds of two trainings, and what came of them. */
interface Measured {
  readonly sequential: number;
  readonly parallel: number;
  readonly trained: readonly Trained[];
}

/** Two large trainings at once, upload included. */
export const fit: Benchmark = {
  name: 'fit',
  title: 'Two large Fits at once',
  description:
    `Two \`lgbm_classifier\` Fits (100 trees) of ${formatCount(ROWS)} × ${COLUMNS} float64 (two classes, drawn as scikit-learn's make_classification does), ` +
    'upload included, at once against one after the other, in one server with `TRAINING_CORES=2`. Beside it two bare Node processes, which train on the same ' +
    'rows by the same training core and upload nothing: what the machine can give. Each training of the server is followed, or preceded, by the same one of the bare ' +
    'processes, so that both meet the machine in the same mood. The speed-up is that of each round.',
  async run({ progress, short }) {
    const rows = short ? SHORT_ROWS : ROWS;
    const rounds = short ? 1 : ROUNDS;
    progress.begin(1 + rounds);
    const own = await startOwn(SETTINGS);
    const bare: BareProcess[] = [];
    try {
      const problem = await progress.step('drawing the data, warming up', async () => {
        const drawn = classification(rows, COLUMNS, QUERIES);
        for (const _ of NAMES) bare.push(await BareProcess.start(rows, COLUMNS));
        const small = classification(SHORT_ROWS / 2, COLUMNS, QUERIES);
        await Promise.all(NAMES.map((name) => fitOne(own, name, small)));
        await own.client.removeAll();
        return drawn;
      });
      const trainers = [serverTrainer(own, problem), bareTrainer(bare)];
      const measured: Measured[][] = [[], []];
      const say = ({ sequential, parallel }: Measured) => `${sequential.toFixed(1)} s ÷ ${parallel.toFixed(1)} s`;
      for (let round = 0; round < rounds; round++) {
        const each = await progress.step(
          `round ${round + 1} of ${rounds}`,
          () => measureRound(trainers, round % 2 === 1),
          (both) => both.map(say).join(', bare processes '),
        );
        each.forEach((one, index) => measured[index].push(one));
      }
      const [ours, theirs] = measured;
      return [tableOf(ours, theirs)];
    } finally {
      await Promise.all(bare.map((each) => each.stop()));
      await own.stop();
    }
  },
};

/** Whoever trains the same work. */
interface Trainer {
  /** Trains the model of that index. */
  train(index: number): Promise<unknown>;
  /** What came of the last trainings, which it forgets. */
  finish(): Promise<readonly Trained[]>;
}

function serverTrainer(own: OwnServer, problem: Problem): Trainer {
  return {
    train: (index) => fitOne(own, NAMES[index], problem),
    finish: async () => {
      const trained = await Promise.all(NAMES.map((name) => held(own, name, problem)));
      await own.client.removeAll({ force: true });
      return trained;
    },
  };
}

function bareTrainer(processes: readonly BareProcess[]): Trainer {
  const trained: Trained[] = [];
  return {
    train: async (index) => {
      trained[index] = await processes[index].train();
    },
    finish: () => Promise.resolve([...trained]),
  };
}

/** Each trains the same one after the other, then both at once. */
async function measureRound(trainers: readonly Trainer[], isReversed: boolean): Promise<Measured[]> {
  const order = [...trainers.keys()];
  if (isReversed) order.reverse();
  const sequential = trainers.map(() => 0);
  for (const index of NAMES.keys()) {
    for (const who of order) sequential[who] += await time(() => trainers[who].train(index));
  }
  const parallel = trainers.map(() => 0);
  for (const who of order) {
    parallel[who] = await time(() => Promise.all(NAMES.map((_, index) => trainers[who].train(index))));
  }
  return Promise.all(
    trainers.map(async (trainer, who) => ({
      sequential: sequential[who],
      parallel: parallel[who],
      trained: await trainer.finish(),
    })),
  );
}

async function fitOne({ client }: OwnServer, name: string, { x, y, columns }: Problem): Promise<void> {
  await client.fit({
    name,
    estimator: { lgbmClassifier: HYPERPARAMETERS },
    x: { rows: y.length, columns, data: x },
    y,
    // A model of this name is there when both are trained at once.
    replace: true,
  });
}

/** What a model says about the rows held out. */
async function held({ client }: OwnServer, name: string, { q, qy, columns, classes }: Problem): Promise<Trained> {
  await client.load(name);
  const x = { rows: qy.length, columns, data: q };
  const { probabilities } = await client.predict({ name, x, probabilities: true });
  if (probabilities === undefined) throw new Error('the server answered without probabilities');
  return { logLoss: logLossOf(probabilities.data, qy, classes) };
}

async function time(task: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await task();
  return (performance.now() - start) / 1000;
}

function tableOf(ours: readonly Measured[], theirs: readonly Measured[]): Table {
  const speedUps = [ours, theirs].map((rounds) => rounds.map(({ sequential, parallel }) => sequential / parallel));
  const [speedUp] = speedUps.map(median);
  const share = median(ratios(speedUps[0], speedUps[1]));
  const rowOf = (title: string, rounds: readonly Measured[], index: number): Row => ({
    cells: [
      title,
      median(rounds.map(({ sequential }) => sequential)).toFixed(1),
      median(rounds.map(({ parallel }) => parallel)).toFixed(1),
      median(speedUps[index]).toFixed(2),
      formatSpread(speedUps[index]),
      median(rounds.flatMap(({ trained }) => trained.map(({ logLoss }) => logLoss))).toFixed(4),
    ],
  });
  const columns = [
    { title: 'Where' },
    figures('One after the other, s'),
    figures('At once, s'),
    figures('Speed-up'),
    figures('Least to most'),
    figures('Log loss'),
  ];
  const rows: Row[] = [
    {
      ...rowOf('server, with upload', ours, 0),
      bar: `≥ ${BAR}, ≥ ${BAR_OF_BARE} of bare (${share.toFixed(2)})`,
      holds: speedUp >= BAR && share >= BAR_OF_BARE,
    },
    rowOf('bare processes', theirs, 1),
  ];
  return { columns, rows };
}
