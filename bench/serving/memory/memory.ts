import type { Estimator } from '../../../client/index.js';
import { type Benchmark, figures, type Row } from '../../benchmark.js';
import { classification } from '../../data/generators/classification.js';
import type { Problem } from '../../data/problem.js';
import { formatCount } from '../../report/format.js';
import { countEqual } from '../../scores.js';
import { megabytes } from './megabytes.js';
import { startOwn } from '../servers/own.js';
import { median } from '../../report/statistics.js';

const ROUNDS = 3;
const ROWS = 1_000_000;
const SHORT_ROWS = 100_000;
const COLUMNS = 28;
const QUERIES = 1000;
const BAR = 3;

/** Of few trees: the memory is there from the first one on. */
const ESTIMATORS: readonly { readonly title: string; readonly estimator: Estimator }[] = [
  { title: 'random_forest_classifier, 3 trees', estimator: { randomForestClassifier: { nEstimators: 3 } } },
  { title: 'lgbm_classifier, 5 trees', estimator: { lgbmClassifier: { nEstimators: 5 } } },
  { title: 'xgb_classifier, 5 trees', estimator: { xgbClassifier: { nEstimators: 5 } } },
  { title: 'cat_boost_classifier, 5 trees', estimator: { catBoostClassifier: { iterations: 5 } } },
];

/** In bytes, and what the model was worth. */
interface Measured {
  readonly before: number;
  readonly peak: number;
  readonly accuracy: number;
}

/** What a server needs to take and train a large set. */
export const memory: Benchmark = {
  name: 'memory',
  title: 'Memory of a FitStream',
  description:
    `The most memory that the server's process had resident (VmHWM) over a FitStream of ${formatCount(ROWS)} × ${COLUMNS} float64 (224 MB), training and storing ` +
    `included, in sizes of X; each training in a server of its own. The median of ${ROUNDS}. The bar is for the whole process.`,
  async run({ progress, short }) {
    const rounds = short ? 1 : ROUNDS;
    progress.begin(1 + ESTIMATORS.length);
    const problem = await progress.step('drawing the data', () =>
      classification(short ? SHORT_ROWS : ROWS, COLUMNS, QUERIES),
    );
    const rows: Row[] = [];
    for (const { title, estimator } of ESTIMATORS) {
      const measured: Measured[] = [];
      const row = await progress.step(
        title,
        async () => {
          for (let round = 0; round < rounds; round++) measured.push(await measure(estimator, problem));
          return rowOf(title, measured, problem.x.byteLength);
        },
        ({ cells }) => `${cells[3]} × X`,
      );
      rows.push(row);
    }
    const columns = [
      { title: 'Estimator' },
      figures('Before, MB'),
      figures('Peak, MB'),
      figures('Peak, sizes of X'),
      figures('Without what was there before'),
      figures('Accuracy'),
    ];
    return [{ columns, rows }];
  },
};

async function measure(estimator: Estimator, { x, y, q, qy, columns }: Problem): Promise<Measured> {
  const own = await startOwn({ TRAINING_CORES: '1' });
  const { client, server } = own;
  try {
    await client.waitForReady();
    const before = await server.ask('usage');
    await client.fit({ name: 'trained', estimator, x: { rows: y.length, columns, data: x }, y });
    const after = await server.ask('usage');
    await client.load('trained');
    const { labels } = await client.predict({ name: 'trained', x: { rows: qy.length, columns, data: q } });
    return {
      before: before.residentBytes,
      peak: after.peakBytes,
      accuracy: countEqual(labels.map(Number), qy) / qy.length,
    };
  } finally {
    await own.stop();
  }
}

function rowOf(title: string, measured: readonly Measured[], size: number): Row {
  const middle = (of: (each: Measured) => number) => median(measured.map(of));
  const sizes = middle(({ peak }) => peak / size);
  return {
    cells: [
      title,
      megabytes(middle(({ before }) => before)),
      megabytes(middle(({ peak }) => peak)),
      sizes.toFixed(2),
      middle(({ peak, before }) => (peak - before) / size).toFixed(2),
      middle(({ accuracy }) => accuracy).toFixed(3),
    ],
    bar: `≤ ${BAR}`,
    holds: sizes <= BAR,
  };
}
