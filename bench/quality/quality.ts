import { type Benchmark, figures, type Row, type Table } from '../benchmark.js';
import { type DataSets, loadDataSets } from '../data/data-sets.js';
import type { DataSet } from '../data/data-set.js';
import { foldsOf } from '../data/folds.js';
import type { Problem } from '../data/problem.js';
import { UnfitData } from '../data/unfit-data.js';
import { Peer } from '../peers/peer.js';
import { formatCount, formatSize } from '../report/format.js';
import type { Check, Fold } from './check.js';
import { forestCheck } from './forest.js';
import { logisticRegressionCheck } from './logistic-regression.js';
import { neighboursCheck } from './nearest-neighbours.js';

const CHECKS: readonly Check[] = [logisticRegressionCheck, neighboursCheck, forestCheck];
const FOLDS = 5;
const SEED = 0;
/** Of larger sets one fold is enough. */
const ALL_FOLDS_ROWS = 5000;

/** A data set with what is held out of it. */
interface Split {
  readonly set: DataSet;
  readonly problems: readonly Problem[];
}

/** The probabilities of the training core beside scikit-learn's, on real data. */
export const quality: Benchmark = {
  name: 'quality',
  title: "The quality of the training core beside scikit-learn's",
  description:
    `Both are trained on the same rows of public data sets, as they are, and asked about the rows held out: those of ${FOLDS} stratified ` +
    `folds in turn, or of the first one where there are more than ${formatCount(ALL_FOLDS_ROWS)} rows. All hyperparameters that are not ` +
    'named are the defaults of both. iris, wine, breast_cancer and digits are in test/data, the others came with `--data`.',
  async run(circumstances) {
    const { progress, dataFolder } = circumstances;
    const data = await loadDataSets(dataFolder);
    const { splits, leftOut } = splitsOf(data);
    for (const { file, reason } of leftOut) progress.note(`${file} ${reason}: left out`);
    const peer = await Peer.start(circumstances);
    try {
      const wanted = CHECKS.map((check) => splits.filter(({ set }) => check.takesMissing || !set.x.some(Number.isNaN)));
      progress.begin(CHECKS.reduce((sum, { steps }, i) => sum + steps * wanted[i].length, 0));
      const rows = CHECKS.map((): Row[] => []);
      for (const { set, problems } of splits) {
        const folds: Fold[] = [];
        for (const problem of problems) folds.push({ problem, given: await peer.give(problem) });
        for (const [i, check] of CHECKS.entries()) {
          if (!wanted[i].some((split) => split.set === set)) continue;
          const row = await check.compare(set, folds, peer, progress);
          rows[i].push({ ...row, cells: [set.name, formatSize(set), String(set.classes), ...row.cells] });
        }
      }
      return CHECKS.map((check, i) => tableOf(check, rows[i]));
    } finally {
      await peer.stop();
    }
  },
};

function splitsOf({ sets, leftOut }: DataSets): { splits: Split[]; leftOut: DataSets['leftOut'] } {
  const splits: Split[] = [];
  const unfit = [...leftOut];
  for (const set of sets) {
    try {
      const folds = foldsOf(set, FOLDS, SEED);
      splits.push({ set, problems: set.rows > ALL_FOLDS_ROWS ? folds.slice(0, 1) : folds });
    } catch (error) {
      if (!(error instanceof UnfitData)) throw error;
      unfit.push({ file: `${set.name}.csv`, reason: error.message });
    }
  }
  return { splits, leftOut: unfit };
}

function tableOf({ title, columns, note }: Check, rows: readonly Row[]): Table {
  const ofSet = [{ title: 'Data set' }, figures('Rows × features'), figures('Classes')];
  return { title, columns: [...ofSet, ...columns], rows, note };
}
