import { type Benchmark, figures, type Row } from '../benchmark.js';
import type { Problem } from '../data/problem.js';
import { synthetic } from '../data/synthetic.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import { median } from '../report/statistics.js';
import { logLossOf } from '../scores.js';
import { QUERIES, ROUNDS } from './compare.js';

const COLUMNS = 28;
const FEW = 100_000;
const MANY = 10 * FEW;
const BAR = 11;
const KINDS = ['lgbm_classifier', 'xgb_classifier'] as const;

/** How our time to boost grows with the rows. */
export const rowGrowth: Benchmark = {
  name: 'row-growth',
  title: 'Boosted trees of ten times the rows',
  description: `Fits with the defaults on ${formatCount(FEW)} and ${formatCount(MANY)} rows × ${COLUMNS} features (synthetic, float64), one thread, ${ROUNDS} rounds in turn; medians. The log losses are those of ${formatCount(QUERIES)} other rows.`,
  async run({ progress }) {
    const problems = [FEW, MANY].map((rows) => synthetic(rows, COLUMNS, 2, QUERIES));
    progress.begin(KINDS.length * ROUNDS);
    const rows: Row[] = [];
    for (const kind of KINDS) {
      const runs: number[][] = [];
      // Every round gives the same models.
      let losses: readonly string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await progress.step(
          `${kind}, round ${round + 1} of ${ROUNDS}`,
          () => {
            const fits = problems.map((problem) => fitOf(kind, problem));
            runs.push(fits.map(({ seconds }) => seconds));
            losses = fits.map(({ logLoss }) => logLoss.toFixed(4));
          },
          () => `× ${growthOf(runs[round]).toFixed(2)}`,
        );
      }
      const growths = runs.map(growthOf);
      const growth = median(growths);
      const ms = problems.map((_, size) => formatMs(1000 * median(runs.map((run) => run[size]))));
      rows.push({
        cells: [kind, ...ms, growth.toFixed(2), formatSpread(growths), ...losses],
        bar: `≤ ${BAR}`,
        holds: growth <= BAR,
      });
    }
    const columns = [
      { title: 'Estimator' },
      figures(`${formatCount(FEW)} rows, ms`),
      figures(`${formatCount(MANY)} rows, ms`),
      figures('Growth'),
      figures('Least to most'),
      figures(`Log loss, ${formatCount(FEW)} rows`),
      figures(`${formatCount(MANY)} rows`),
    ];
    return [{ columns, rows }];
  },
};

function fitOf(kind: (typeof KINDS)[number], problem: Problem): { seconds: number; logLoss: number } {
  const trained = trainOurs(kind, {}, problem);
  return { seconds: trained.fit, logLoss: logLossOf(probabilitiesOf(trained, problem), problem.qy, problem.classes) };
}

function growthOf([few, many]: readonly number[]): number {
  return many / few;
}
