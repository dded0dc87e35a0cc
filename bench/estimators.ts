import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineOf, resolveEstimator } from '../src/estimators/catalog.js';
import type { EstimatorKind, Predictor, TrainingMonitor } from '../src/estimators/estimator.js';
import { evaluate } from '../src/training/evaluate.js';
import { type PeerAnswer, ScikitLearn } from './peers/scikit-learn.js';
import { type Benchmark, median, type Row, spreadOf } from './report.js';
import { type Problem, synthetic } from './synthetic.js';

/** One estimator on one problem, with the bars that its times are held to. */
interface Case {
  readonly kind: EstimatorKind;
  readonly peer: string;
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  readonly given: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly bars: { readonly fit?: number; readonly batch?: number; readonly row?: number };
}

const forest = (rows: number, classes: number, bars: Case['bars']): Case => ({
  kind: 'random_forest_classifier',
  peer: 'RandomForestClassifier',
  rows,
  columns: 20,
  classes,
  bars,
  given: {},
  parameters: { n_jobs: 1, random_state: 0 },
});
const linear = (columns: number, classes: number): Case => ({
  kind: 'logistic_regression',
  peer: 'LogisticRegression',
  rows: 100_000,
  columns,
  classes,
  bars: { fit: 1 },
  given: {},
  parameters: {},
});
const neighbours = (rows: number, columns: number): Case => ({
  kind: 'k_neighbors_classifier',
  peer: 'KNeighborsClassifier',
  rows,
  columns,
  classes: 2,
  bars: { batch: 1 },
  given: {},
  parameters: { n_jobs: 1 },
});

const CASES: readonly Case[] = [
  forest(10_000, 2, { fit: 0.1, batch: 0.2, row: 0.01 }),
  forest(100_000, 2, { fit: 0.08, batch: 0.2, row: 0.01 }),
  forest(100_000, 10, { fit: 0.1, batch: 0.2, row: 0.01 }),
  ...[20, 100].flatMap((columns) => [2, 10].map((classes) => linear(columns, classes))),
  ...[10_000, 100_000].flatMap((rows) => [20, 100].map((columns) => neighbours(rows, columns))),
];
const QUERIES = 1000;
const ROUNDS = 3;
const UNWATCHED: TrainingMonitor = { progress: () => undefined };

/** The training core against scikit-learn, one thread each, on the same files, in turn. */
export const estimators: Benchmark = {
  name: 'estimators',
  title: 'The training core against scikit-learn',
  description:
    `Times as ratios, ours ÷ scikit-learn's, on one thread each, ${ROUNDS} rounds in turn on the same rows (synthetic, float64); ` +
    `fit includes all preparation of the data, batch is ${QUERIES} rows, and row a single one. Quality on the same ${QUERIES} rows, ` +
    'ours / theirs. The forest has 100 trees grown to purity; all hyperparameters are the defaults of both.',
  async run(log) {
    const folder = await mkdtemp(join(tmpdir(), 'modelserver-bench-'));
    const peer = await ScikitLearn.start(log);
    try {
      const rows: Row[] = [];
      for (const one of CASES) rows.push(...(await compare(one, peer, folder, log)));
      return rows;
    } finally {
      await peer.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function compare(one: Case, peer: ScikitLearn, folder: string, log: (line: string) => void): Promise<Row[]> {
  const problem = synthetic(one.rows, one.columns, one.classes, QUERIES);
  const files = { x: join(folder, 'x'), y: join(folder, 'y'), q: join(folder, 'q') };
  await Promise.all([writeFile(files.x, problem.x), writeFile(files.y, problem.y), writeFile(files.q, problem.q)]);
  const what = `${one.kind}, ${one.rows / 1000}k × ${one.columns}, ${one.classes} classes`;
  const request = { estimator: one.peer, parameters: one.parameters, columns: one.columns, ...files };

  const ours: Timed[] = [];
  const theirs: PeerAnswer[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(runOurs(one, problem));
    theirs.push(await peer.ask(request));
  }
  const quality = await compareQuality(problem, ours[0], theirs[0]);
  log(`${what}: ${quality}`);
  return (['fit', 'batch', 'row'] as const).flatMap((part): Row[] => {
    const bar = one.bars[part];
    if (bar === undefined) return [];
    const ratios = ours.map((run, round) => run[part] / theirs[round][part]);
    const ratio = median(ratios);
    const ms = [ours, theirs].map((runs) => (median(runs.map((run) => run[part])) * 1000).toPrecision(3));
    log(`  ${part}: ${ratio.toFixed(3)} (${ms[0]} ms against ${ms[1]} ms), bar ${bar}`);
    return [
      {
        what: `${what}: ${part} (${ms[0]} ÷ ${ms[1]} ms; ${quality})`,
        measured: ratio.toFixed(3),
        spread: spreadOf(ratios, 3),
        bar: `≤ ${bar}`,
        holds: ratio <= bar,
      },
    ];
  });
}

interface Timed {
  readonly fit: number;
  readonly batch: number;
  readonly row: number;
  readonly probabilities: Float64Array;
}

function runOurs(one: Case, { x, y, q, columns, classes }: Problem): Timed {
  const spec = resolveEstimator(one.kind, 'core', one.given);
  const engine = engineOf(spec);
  const rows = y.length;
  // The training may keep its X, as it does in the server, where it owns it.
  const training = { nSamples: rows, nFeatures: columns, nClasses: classes, x: x.slice(), y, seed: 0 };
  const [fit, tensors] = seconds(() => engine.fit(training, spec.hyperparameters, UNWATCHED));
  const predictor = engine.restore(tensors, { nFeatures: columns, nClasses: classes }, spec.hyperparameters);
  const probabilities = new Float64Array(QUERIES * classes);
  ask(predictor, q.subarray(0, 100 * columns), columns, probabilities);
  const [batch] = seconds(() => ask(predictor, q, columns, probabilities));
  const out = new Float64Array(classes);
  const single = Array.from(
    { length: 200 },
    (_, i) => seconds(() => ask(predictor, q.subarray(i * columns, (i + 1) * columns), columns, out))[0],
  );
  return { fit, batch, row: median(single), probabilities };
}

function ask(predictor: Predictor, data: Float64Array<ArrayBuffer>, columns: number, out: Float64Array): void {
  predictor.predictProbabilities({ rows: data.length / columns, columns, data }, out);
}

async function compareQuality(problem: Problem, ours: Timed, theirs: PeerAnswer): Promise<string> {
  const bytes = await readFile(theirs.probabilities);
  const peers = new Float64Array(Uint8Array.from(bytes).buffer);
  const [a, b] = [ours.probabilities, peers].map((p) => evaluate(p, problem.qy, problem.classes));
  const largest = peers.reduce((most, p, i) => Math.max(most, Math.abs(p - ours.probabilities[i])), 0);
  const brier = [ours.probabilities, peers].map((p) => brierOf(p, problem.qy, problem.classes).toFixed(4));
  const accuracy = `accuracy ${a.accuracy.toFixed(3)} / ${b.accuracy.toFixed(3)}`;
  return `${accuracy}, Brier ${brier.join(' / ')}, probabilities apart by at most ${largest.toExponential(1)}`;
}

/** The mean squared distance from the true class's indicator. */
function brierOf(probabilities: Float64Array, y: Int32Array, classes: number): number {
  let sum = 0;
  probabilities.forEach((p, i) => {
    sum += (p - (y[Math.floor(i / classes)] === i % classes ? 1 : 0)) ** 2;
  });
  return sum / y.length;
}

function seconds<T>(task: () => T): [number, T] {
  const start = performance.now();
  const result = task();
  return [(performance.now() - start) / 1000, result];
}
