import { figures } from '../benchmark.js';
import { probabilitiesOf, trainOurs } from '../ours.js';
import { formatShare, formatSmall } from '../report/format.js';
import { countEqual, differencesOf, labelsOf, largestOf } from '../scores.js';
import type { Check } from './check.js';

const APART = 1e-3;
const SAME = 0.999;

/** The minimum is unique, and both get to it; see the note. */
const OURS = { tol: 1e-8, max_iter: 10_000 };
const THEIRS = { solver: 'newton-cholesky', tol: 1e-10, max_iter: 1000 };

export const logisticRegressionCheck: Check = {
  title: 'Logistic regression, at the minimum',
  columns: [
    figures('Probabilities apart by at most'),
    figures('Same label'),
    figures('Ours by default, from the minimum'),
    figures('scikit-learn by default, from the minimum'),
  ],
  note:
    'Both minimise one objective, which has one minimum, and are made to get there: ours with `tol=1e-8`, scikit-learn with ' +
    '`solver="newton-cholesky"` and `tol=1e-10`, since its L-BFGS takes thousands of iterations to do so on rows as they are. The ' +
    'last two columns are the largest distances of probabilities from that minimum with the defaults (`tol=1e-4`, ' +
    '`max_iter=100`), where both stop earlier.',
  takesMissing: false,
  steps: 1,
  compare: (set, folds, peer, progress) =>
    progress.step(
      `${set.name}: logistic regression`,
      async () => {
        let [rows, same, apart, ours, theirs] = [0, 0, 0, 0, 0];
        for (const { problem, given } of folds) {
          const { classes, qy } = problem;
          const train = (hyperparameters: Readonly<Record<string, unknown>>) =>
            probabilitiesOf(trainOurs('logistic_regression', hyperparameters, problem), problem);
          const ask = async (parameters: Readonly<Record<string, unknown>>) =>
            (await peer.ask(given, { estimator: 'sklearn.linear_model.LogisticRegression', parameters })).probabilities;
          const minimum = await ask(THEIRS);
          const reached = train(OURS);
          const distance = (probabilities: Float64Array) => largestOf(differencesOf(probabilities, minimum, classes));
          rows += qy.length;
          same += countEqual(labelsOf(reached, classes), labelsOf(minimum, classes));
          apart = Math.max(apart, distance(reached));
          ours = Math.max(ours, distance(train({})));
          theirs = Math.max(theirs, distance(await ask({})));
        }
        return {
          cells: [formatSmall(apart), formatShare(same, rows), formatSmall(ours), formatSmall(theirs)],
          bar: `≤ ${APART}, ≥ ${100 * SAME} %`,
          holds: apart <= APART && same >= SAME * rows,
        };
      },
      ({ cells: [apart, same] }) => `probabilities apart by at most ${apart}, same labels ${same}`,
    ),
};
