import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { type Benchmark, figures, type Row } from '../benchmark.js';
import type { Problem } from '../data/problem.js';
import { synthetic } from '../data/synthetic.js';
import { probabilitiesOf, seconds, trainOurs } from '../ours.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import type { Progress } from '../report/progress.js';
import { median } from '../report/statistics.js';
import { countEqual, labelsOf } from '../scores.js';
import { mlKnn, mlLogisticRegression, type MlPackage, mlRandomForest } from './packages.js';

interface Case {
  readonly kind: EstimatorKind;
  readonly given: Readonly<Record<string, unknown>>;
  readonly peer: MlPackage;
  readonly rows: number;
  readonly bars?: { readonly fit?: number };
}

const TREES = 10;
const K = 5;
const COLUMNS = 20;
const QUERIES = 1000;
const ROUNDS = 3;

const neighbours = (rows: number): Case => ({
  kind: 'k_neighbors_classifier',
  given: { n_neighbors: K },
  peer: mlKnn(K),
  rows,
});
const CASES: readonly Case[] = [
  {
    kind: 'random_forest_classifier',
    given: { n_estimators: TREES, max_features: { rule: 'all' } },
    peer: mlRandomForest(TREES),
    rows: 1000,
    bars: { fit: 0.01 },
  },
  { kind: 'logistic_regression', given: {}, peer: mlLogisticRegression, rows: 1000 },
  neighbours(1000),
  neighbours(10_000),
];

/** Seconds, and the share of the queries that were labelled rightly. */
interface Run {
  readonly fit: number;
  readonly batch: number;
  readonly accuracy: number;
}

/** The training core against the ml-* packages, in one process, at sizes that those can bear. */
export const mljs: Benchmark = {
  name: 'mljs',
  title: 'The training core against the ml-* packages',
  description:
    `The packages are called directly, not through ENGINE_MLJS, with the settings of their documentation; ${ROUNDS} rounds in turn ` +
    `in one thread on the same rows (synthetic, ${COLUMNS} features, 2 classes). The ratio is the median of ours ÷ theirs, the ` +
    `times are medians; batch is ${QUERIES} rows, and accuracy that on them. The forest has ${TREES} bagged trees of all features, there are ${K} ` +
    'neighbours, and ml-logistic-regression takes 1,000 steps of 0.005.',
  async run({ progress }) {
    progress.begin(CASES.length * ROUNDS);
    const rows: Row[] = [];
    for (const one of CASES) rows.push(...(await runCase(one, progress)));
    const columns = [
      { title: 'Peer' },
      figures('Rows'),
      { title: 'Work' },
      figures('Ours, ms'),
      figures('Theirs, ms'),
      figures('Ratio'),
      figures('Least to most'),
      figures('Accuracy, ours / theirs'),
    ];
    return [{ columns, rows }];
  },
};

async function runCase(one: Case, progress: Progress): Promise<Row[]> {
  const problem = synthetic(one.rows, COLUMNS, 2, QUERIES);
  // The packages need not hurry to be compiled: they take long enough.
  runOurs(one, problem);
  const ours: Run[] = [];
  const theirs: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await progress.step(
      `${one.peer.name}, ${formatCount(one.rows)} rows, round ${round + 1} of ${ROUNDS}`,
      () => {
        ours.push(runOurs(one, problem));
        theirs.push(runTheirs(one, problem));
      },
      () =>
        `fit ${(ours[round].fit / theirs[round].fit).toFixed(5)}, batch ${(ours[round].batch / theirs[round].batch).toFixed(5)}`,
    );
  }
  return (['fit', 'batch'] as const).map((work) => {
    const ratios = ours.map((run, round) => run[work] / theirs[round][work]);
    const ratio = median(ratios);
    const bar = work === 'fit' ? one.bars?.fit : undefined;
    const ms = [ours, theirs].map((runs) => formatMs(1000 * median(runs.map((run) => run[work]))));
    const accuracy = [ours, theirs].map(([run]) => run.accuracy.toFixed(3)).join(' / ');
    return {
      cells: [
        one.peer.name,
        formatCount(one.rows),
        work,
        ...ms,
        ratio.toFixed(5),
        formatSpread(ratios, (value) => value.toFixed(5)),
        accuracy,
      ],
      ...(bar === undefined ? {} : { bar: `≤ ${bar}`, holds: ratio <= bar }),
    };
  });
}

function runOurs({ kind, given }: Case, problem: Problem): Run {
  const trained = trainOurs(kind, given, problem);
  const [batch, probabilities] = seconds(() => probabilitiesOf(trained, problem));
  return { fit: trained.fit, batch, accuracy: shareOf(labelsOf(probabilities, problem.classes), problem) };
}

function runTheirs({ peer }: Case, problem: Problem): Run {
  const [x, q] = [problem.x, problem.q].map((data) =>
    Array.from({ length: data.length / COLUMNS }, (_, row) =>
      Array.from(data.subarray(row * COLUMNS, (row + 1) * COLUMNS)),
    ),
  );
  const y = Array.from(problem.y);
  const [fit, label] = seconds(() => peer.fit(x, y));
  const [batch, labels] = seconds(() => label(q));
  return { fit, batch, accuracy: shareOf(labels, problem) };
}

function shareOf(labels: ArrayLike<number>, { qy }: Problem): number {
  return countEqual(labels, qy) / qy.length;
}
