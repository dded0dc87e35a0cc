import { figures } from '../benchmark.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { formatSigned, formatSpread } from '../report/format.js';
import { mean } from '../report/statistics.js';
import { accuracyOf, brierOf } from '../scores.js';
import type { Check, Fold } from './check.js';

const SEEDS = 10;
/** How much worse the Brier score may be on average: one or the other. */
const SHARE = 0.01;
const DIFFERENCE = 0.002;

const digits = (value: number) => value.toFixed(4);

interface Scores {
  readonly brier: number;
  readonly accuracy: number;
}

export const forestCheck: Check = {
  title: 'Random forest, 100 trees',
  columns: [
    figures('Brier score, ours'),
    figures('theirs'),
    figures('ours − theirs'),
    figures('by seed'),
    figures('Accuracy, ours / theirs'),
  ],
  note: `Means of ${SEEDS} seeds. The Brier score is the squared distance of the probabilities from the true class, on average: less is better.`,
  takesMissing: true,
  steps: SEEDS,
  async compare(set, folds, peer, progress) {
    const runs: { ours: Scores; theirs: Scores }[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const run = await progress.step(
        `${set.name}: random forest, seed ${seed}`,
        async () => {
          const ours = folds.map(({ problem }) =>
            probabilitiesOf(trainOurs('random_forest_classifier', {}, problem, seed), problem),
          );
          const theirs: Float64Array[] = [];
          for (const { given } of folds) {
            const parameters = { n_jobs: 1, random_state: seed };
            const question = { estimator: 'sklearn.ensemble.RandomForestClassifier', parameters };
            theirs.push((await peer.ask(given, question)).probabilities);
          }
          return { ours: scoresOf(folds, ours), theirs: scoresOf(folds, theirs) };
        },
        ({ ours, theirs }) => `Brier score ${ours.brier.toFixed(4)} against ${theirs.brier.toFixed(4)}`,
      );
      runs.push(run);
    }

    const ours = mean(runs.map((run) => run.ours.brier));
    const theirs = mean(runs.map((run) => run.theirs.brier));
    const accuracies = [mean(runs.map((run) => run.ours.accuracy)), mean(runs.map((run) => run.theirs.accuracy))];
    const difference = ours - theirs;
    const share = formatSigned((100 * difference) / theirs, (value) => value.toFixed(1));
    const differences = runs.map((run) => run.ours.brier - run.theirs.brier);
    return {
      cells: [
        digits(ours),
        digits(theirs),
        `${formatSigned(difference, digits)} (${share} %)`,
        formatSpread(differences, (value) => formatSigned(value, digits)),
        accuracies.map((accuracy) => accuracy.toFixed(3)).join(' / '),
      ],
      bar: `≤ +${100 * SHARE} % or +${DIFFERENCE}`,
      holds: difference <= Math.max(SHARE * theirs, DIFFERENCE),
    };
  },
};

/** The scores of all rows held out. */
function scoresOf(folds: readonly Fold[], probabilities: readonly Float64Array[]): Scores {
  const rows = folds.reduce((sum, { problem }) => sum + problem.qy.length, 0);
  const overRows = (score: (p: Float64Array, y: Int32Array, classes: number) => number) =>
    folds.reduce((sum, { problem: { qy, classes } }, i) => sum + qy.length * score(probabilities[i], qy, classes), 0) /
    rows;
  return { brier: overRows(brierOf), accuracy: overRows(accuracyOf) };
}
