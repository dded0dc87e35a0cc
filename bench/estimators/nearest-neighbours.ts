import { figures } from '../benchmark.js';
import { formatShare, formatSmall } from '../report/format.js';
import { differencesOf, largestOf } from '../scores.js';
import type { Case, Comparison } from './comparison.js';
import { neighboursOf } from './neighbours-of.js';
import { countEqualSets } from './equal-sets.js';

const K = 5;

export const neighboursComparison: Comparison = {
  title: `Nearest neighbours: ${K}, Euclidean`,
  kind: 'k_neighbors_classifier',
  peer: 'scikit-learn',
  question: {
    estimator: 'sklearn.neighbors.KNeighborsClassifier',
    parameters: { n_jobs: 1 },
    neighbours: true,
  },
  cases: [10_000, 100_000].flatMap((rows) =>
    [20, 100].map((columns): Case => ({ rows, columns, classes: 2, bars: { batch: 1 } })),
  ),
  quality: {
    columns: [figures('Queries with the same neighbours'), figures('Probabilities apart by at most')],
    compare(problem, { probabilities }, theirs) {
      const queries = problem.qy.length;
      const same = countEqualSets(neighboursOf(problem, K), theirs.neighbours, K);
      const apart = largestOf(differencesOf(probabilities, theirs.probabilities, problem.classes));
      return { cells: [formatShare(same, queries), formatSmall(apart)], bar: 'same 100 %', holds: same === queries };
    },
  },
};
