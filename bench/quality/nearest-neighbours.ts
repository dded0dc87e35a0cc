import { figures } from '../benchmark.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { formatCount, formatShare } from '../report/format.js';
import { differencesOf, labelsOf } from '../scores.js';
import type { Check } from './check.js';
import { tiedRows } from './ties.js';

const K = 5;
const APART = 1e-3;
const SAME = 0.999;

export const neighboursCheck: Check = {
  title: `Nearest neighbours, ${K}`,
  columns: [
    figures('Equal probabilities'),
    figures('Same label'),
    figures('Rows with a tie'),
    figures('Equal probabilities without a tie'),
    figures('Same label without a tie'),
  ],
  note:
    `Probabilities are equal when they are to ${APART}. A row has a tie when its ${K}th and its next neighbour are equally far ` +
    '(to nine digits): which of them votes is then a matter of the order that a search happens to have.',
  takesMissing: false,
  steps: 1,
  compare: (set, folds, peer, progress) =>
    progress.step(
      `${set.name}: nearest neighbours`,
      async () => {
        const all = { rows: 0, equal: 0, same: 0 };
        const untied = { ...all };
        for (const { problem, given } of folds) {
          const { classes, qy } = problem;
          const question = {
            estimator: 'sklearn.neighbors.KNeighborsClassifier',
            parameters: { n_neighbors: K, n_jobs: 1 },
          };
          const theirs = (await peer.ask(given, question)).probabilities;
          const ours = probabilitiesOf(trainOurs('k_neighbors_classifier', { n_neighbors: K }, problem), problem);
          const apart = differencesOf(ours, theirs, classes);
          const [labels, theirLabels] = [ours, theirs].map((p) => labelsOf(p, classes));
          const isTied = tiedRows(problem, K);
          qy.forEach((_, row) => {
            for (const counts of isTied[row] === 1 ? [all] : [all, untied]) {
              counts.rows++;
              if (apart[row] <= APART) counts.equal++;
              if (labels[row] === theirLabels[row]) counts.same++;
            }
          });
        }
        const tied = all.rows - untied.rows;
        return {
          cells: [
            formatShare(all.equal, all.rows),
            formatShare(all.same, all.rows),
            `${formatCount(tied)} of ${formatCount(all.rows)}`,
            formatShare(untied.equal, untied.rows),
            formatShare(untied.same, untied.rows),
          ],
          bar: `100 %, ≥ ${100 * SAME} %`,
          holds: all.equal === all.rows && all.same >= SAME * all.rows,
        };
      },
      ({ cells: [equal, same, tied] }) => `equal ${equal}, same labels ${same}, ties ${tied}`,
    ),
};
