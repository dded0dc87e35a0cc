import { type Circumstances, figures, type Row, type Table } from '../benchmark.js';
import type { Problem } from '../data/problem.js';
import { synthetic } from '../data/synthetic.js';
import { wordsProblem } from '../data/words-set.js';
import { probabilitiesOf, seconds, trainOurs } from '../ours.js';
import { Peer } from '../peers/peer.js';
import { formatMs, formatSize, formatSpread } from '../report/format.js';
import type { Progress } from '../report/progress.js';
import { median } from '../report/statistics.js';
import type { Case, Comparison, Ours, Quality, Work } from './comparison.js';

export const QUERIES = 1000;
export const ROUNDS = 3;
/** Batches that are timed, after as many as are asked in so many seconds: code is compiled, caches are filled. */
export const BATCHES = 5;
const WARM_UP = 0.3;
/** Single rows that ours is timed with. */
const SINGLES = 200;

type Seconds = Readonly<Record<Work, number>>;

/** What each work is called in the table. */
const WORKS: Readonly<Record<Work, string>> = {
  fit: 'fit',
  batch: 'batch',
  row: 'row',
  array_batch: 'batch of an array',
  array_row: 'row of an array',
};

/** Runs all comparisons, one after the other. */
export async function compareAll(comparisons: readonly Comparison[], circumstances: Circumstances): Promise<Table[]> {
  const peer = await Peer.start(circumstances);
  const { progress } = circumstances;
  try {
    progress.begin(ROUNDS * comparisons.reduce((sum, { cases }) => sum + cases.length, 0));
    const tables = [];
    for (const comparison of comparisons) tables.push(await compare(comparison, peer, progress));
    return tables;
  } finally {
    await peer.stop();
  }
}

/** Runs the cases of a comparison, ours and the peer in turn. */
async function compare(comparison: Comparison, peer: Peer, progress: Progress): Promise<Table> {
  const rows: Row[] = [];
  for (const one of comparison.cases) rows.push(...(await runCase(comparison, one, peer, progress)));
  const sizes = [figures('Rows × features'), figures('Classes'), { title: 'Work' }];
  const times = [figures('Ours, ms'), figures(`${comparison.peer}, ms`), figures('Ratio'), figures('Least to most')];
  return { title: comparison.title, columns: [...sizes, ...times, ...comparison.quality.columns], rows };
}

async function runCase(comparison: Comparison, one: Case, peer: Peer, progress: Progress): Promise<Row[]> {
  const { kind, question, quality } = comparison;
  const works = (Object.keys(WORKS) as Work[]).filter((work) => one.bars[work] !== undefined);
  const problem = problemOf(one);
  const given = await peer.give(problem);
  const ours: Seconds[] = [];
  const theirs: Seconds[] = [];
  // Every round gives the same models.
  let held: Quality | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const size = `${sizeOf(one)}, ${one.classes} classes`;
    await progress.step(
      `${kind}, ${size}, round ${round + 1} of ${ROUNDS}`,
      async () => {
        const [model, times] = runOurs(comparison, problem);
        const answer = await peer.ask(given, { ...question, batches: BATCHES, warm_up: WARM_UP });
        ours.push(times);
        theirs.push(answer.seconds);
        held ??= quality.compare(problem, model, answer);
      },
      () => works.map((work) => `${WORKS[work]} ${(ours[round][work] / theirs[round][work]).toFixed(3)}`).join(', '),
    );
  }

  return works.map((work, index) => {
    const bar = one.bars[work] ?? undefined;
    const ratios = ours.map((run, round) => run[work] / theirs[round][work]);
    const ratio = median(ratios);
    const ms = [ours, theirs].map((runs) => formatMs(1000 * median(runs.map((run) => run[work]))));
    const size = [sizeOf(one), String(one.classes), WORKS[work]];
    // It is the same for all that is timed of a model.
    const shown = index === 0 ? held : undefined;
    return {
      cells: [
        ...size,
        ...ms,
        ratio.toFixed(3),
        formatSpread(ratios, (value) => value.toFixed(3)),
        ...quality.columns.map((_, column) => shown?.cells[column] ?? ''),
      ],
      ...(bar !== undefined && {
        bar: [`≤ ${bar}`, shown?.bar ?? []].flat().join(', '),
        holds: ratio <= bar && shown?.holds !== false,
      }),
    };
  });
}

function problemOf({ rows, columns, categories, classes }: Case): Problem {
  if (categories === undefined) return synthetic(rows, columns, classes, QUERIES);
  const numbers = columns - categories.length;
  // The two with the most categories.
  const pairs = [categories.length - 2, categories.length - 1] as const;
  return wordsProblem(rows, { classes, numbers, categories, pairs }, QUERIES);
}

function sizeOf({ rows, columns, categories }: Case): string {
  return formatSize({ rows, columns, categorical: categories });
}

function runOurs({ kind, given = {} }: Comparison, problem: Problem): [Ours, Seconds] {
  const { q, columns, classes } = problem;
  const trained = trainOurs(kind, given, problem);
  const out = new Float64Array(100 * classes);
  const ask = (from: number, rows: number) => {
    const data = q.subarray(from * columns, (from + rows) * columns);
    trained.predictor.predictProbabilities({ rows, columns, data }, out);
  };
  const probabilities = probabilitiesOf(trained, problem);
  const start = performance.now();
  while (performance.now() - start < 1000 * WARM_UP) probabilitiesOf(trained, problem);
  const batches = Array.from({ length: BATCHES }, () => seconds(() => probabilitiesOf(trained, problem))[0]);
  const singles = Array.from({ length: SINGLES }, (_, row) => seconds(() => ask(row, 1))[0]);
  // Ours is given rows of numbers in any case.
  const [batch, row] = [median(batches), median(singles)];
  return [
    { ...trained, probabilities },
    { fit: trained.fit, batch, row, array_batch: batch, array_row: row },
  ];
}
