import { type Benchmark, figures, type Row } from '../benchmark.js';
import { synthetic } from '../data/synthetic.js';
import { trainOurs } from '../ours.js';
import { formatCount, formatMs, formatSpread } from '../report/format.js';
import { median } from '../report/statistics.js';
import { ROUNDS } from './compare.js';

const COLUMNS = 28;
const FEW = 100_000;
const MANY = 10 * FEW;
const BAR = 11;
const KINDS = ['lgbm_classifier', 'xgb_classifier'] as const;

/** How our time to boost grows with the rows. */
export const rowGrowth: Benchmark = {
  name: 'row-growth',
  title: 'Boosted trees of ten times the rows',
  description: `Fits with the defaults on ${formatCount(FEW)} and ${formatCount(MANY)} rows × ${COLUMNS} features (synthetic, float64), one thread, ${ROUNDS} rounds in turn; medians.`,
  async run({ progress }) {
    const problems = [FEW, MANY].map((rows) => synthetic(rows, COLUMNS, 2, 1));
    progress.begin(KINDS.length * ROUNDS);
    const rows: Row[] = [];
    for (const kind of KINDS) {
      const runs: number[][] = [];
      for (let round = 0; round < ROUNDS; round++) {
        await progress.step(
          `${kind}, round ${round + 1} of ${ROUNDS}`,
          () => {
            runs.push(problems.map((problem) => trainOurs(kind, {}, problem).fit));
          },
          () => `× ${growthOf(runs[round]).toFixed(2)}`,
        );
      }
      const growths = runs.map(growthOf);
      const growth = median(growths);
      const ms = problems.map((_, size) => formatMs(1000 * median(runs.map((run) => run[size]))));
      rows.push({
        cells: [kind, ...ms, growth.toFixed(2), formatSpread(growths)],
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
    ];
    return [{ columns, rows }];
  },
};

function growthOf([few, many]: readonly number[]): number {
  return many / few;
}
