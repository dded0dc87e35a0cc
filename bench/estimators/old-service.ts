import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { type Benchmark, figures, type Row, type Table } from '../benchmark.js';
import type { Problem } from '../data/problem.js';
import { synthetic } from '../data/synthetic.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { Peer, type PeerQuestion } from '../peers/peer.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import type { Progress } from '../report/progress.js';
import { median } from '../report/statistics.js';
import { logLossOf } from '../scores.js';
import { QUERIES, ROUNDS } from './compare.js';

const ROWS = 15_000;
const COLUMNS = 50;
const TIMES_FASTER = 8;

interface Model {
  readonly kind: EstimatorKind;
  readonly given: Readonly<Record<string, number>>;
  readonly question: PeerQuestion;
}

const model = (
  kind: EstimatorKind,
  given: Model['given'],
  estimator: string,
  others: Readonly<Record<string, number>>,
): Model => ({ kind, given, question: { estimator, parameters: { ...given, ...others, n_jobs: 1 } } });

const MODELS = [
  model('random_forest_classifier', { n_estimators: 150, max_depth: 15 }, 'sklearn.ensemble.RandomForestClassifier', {
    random_state: 0,
  }),
  model('lgbm_classifier', { n_estimators: 200, num_leaves: 40 }, 'lightgbm.LGBMClassifier', { verbose: -1 }),
];

/** Of a fit in seconds, and on the queries. */
interface Run {
  readonly fit: number;
  readonly logLoss: number;
}

/** What the rows are drawn like; the demo's own are not known but for their size. */
const DATA: readonly { readonly title: string; readonly draw: (peer: Peer) => Promise<Problem> }[] = [
  {
    title: "make_classification's defaults: 2 informative features",
    draw: (peer) => peer.draw(drawn({}), QUERIES),
  },
  {
    title: 'make_classification, 25 informative features',
    draw: (peer) => peer.draw(drawn({ n_informative: COLUMNS / 2 }), QUERIES),
  },
  {
    title: 'the data of the other benchmarks: 25 informative features, and noise',
    draw: (): Promise<Problem> => Promise.resolve(synthetic(ROWS, COLUMNS, 2, QUERIES)),
  },
];

function drawn(others: Readonly<Record<string, number>>) {
  return { n_samples: ROWS + QUERIES, n_features: COLUMNS, n_classes: 2, random_state: 0, ...others };
}

/** The two models of the demo of the Python service that this one replaces. */
export const oldService: Benchmark = {
  name: 'old-service',
  title: "The old service's demo: a forest and boosted trees",
  description:
    `A forest of 150 trees of depth 15 and LightGBM's 200 trees of 40 leaves on ${formatCount(ROWS)} rows × ${COLUMNS} features ` +
    `(float64), one thread, ${ROUNDS} rounds in turn; medians of fits, and of how many times faster ours are. The log loss is that ` +
    `of ${QUERIES} other rows; beside both models, the forest's and the boosted trees'.`,
  async run({ progress, python }) {
    const peer = await Peer.start({ python, progress });
    try {
      progress.begin(ROUNDS * DATA.length);
      const tables: Table[] = [];
      for (const { title, draw } of DATA) tables.push(await compare(title, await draw(peer), peer, progress));
      return tables;
    } finally {
      await peer.stop();
    }
  },
};

async function compare(title: string, problem: Problem, peer: Peer, progress: Progress): Promise<Table> {
  const given = await peer.give(problem);
  const runOf = (fit: number, probabilities: Float64Array): Run => ({
    fit,
    logLoss: logLossOf(probabilities, problem.qy, problem.classes),
  });
  const ours: Run[][] = [];
  const theirs: Run[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await progress.step(
      `${title}, round ${round + 1} of ${ROUNDS}`,
      async () => {
        const trained = MODELS.map((one) => trainOurs(one.kind, one.given, problem));
        const answers = [];
        for (const { question } of MODELS) answers.push(await peer.ask(given, question));
        ours.push(trained.map((one) => runOf(one.fit, probabilitiesOf(one, problem))));
        theirs.push(answers.map(({ seconds, probabilities }) => runOf(seconds.fit, probabilities)));
      },
      () => `${timesFaster(ours[round], theirs[round]).toFixed(1)} times faster`,
    );
  }
  const rowOf = (name: string, of: (runs: readonly Run[]) => readonly Run[]) => {
    const [mine, others] = [ours.map(of), theirs.map(of)];
    const ms = [mine, others].map((runs) => formatMs(1000 * median(runs.map(sumOf))));
    const faster = mine.map((runs, round) => timesFaster(runs, others[round]));
    return { faster: median(faster), cells: [name, ...ms, median(faster).toFixed(2), formatSpread(faster)] };
  };
  // Every round gives the same models.
  const losses = MODELS.map((_, index) => [ours, theirs].map(([runs]) => runs[index].logLoss.toFixed(4)).join(' / '));
  const rows = MODELS.map(({ kind }, index): Row => ({
    cells: [...rowOf(kind, (runs) => [runs[index]]).cells, losses[index]],
  }));
  const { faster, cells } = rowOf('both', (runs) => runs);
  const columns = [
    { title: 'Model' },
    figures('Ours, ms'),
    figures('Theirs, ms'),
    figures('Times faster'),
    figures('Least to most'),
    figures('Log loss, ours / theirs'),
  ];
  const both = { cells: [...cells, losses.join(', ')], bar: `≥ ${TIMES_FASTER}`, holds: faster >= TIMES_FASTER };
  return { title, columns, rows: [...rows, both] };
}

function sumOf(runs: readonly Run[]): number {
  return runs.reduce((sum, { fit }) => sum + fit, 0);
}

function timesFaster(ours: readonly Run[], theirs: readonly Run[]): number {
  return sumOf(theirs) / sumOf(ours);
}
