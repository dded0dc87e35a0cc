import { figures } from '../benchmark.js';
import { accuracyOf, brierOf } from '../scores.js';
import type { Case, Comparison } from './comparison.js';

const forest = (rows: number, classes: number, fit: number): Case => ({
  rows,
  columns: 20,
  classes,
  bars: { fit, batch: 0.2, row: 0.01 },
});

export const forestComparison: Comparison = {
  title: 'Random forest: 100 trees, grown to purity',
  kind: 'random_forest_classifier',
  peer: 'scikit-learn',
  question: {
    estimator: 'sklearn.ensemble.RandomForestClassifier',
    parameters: { n_jobs: 1, random_state: 0 },
    rows: 20,
  },
  cases: [forest(10_000, 2, 0.1), forest(100_000, 2, 0.08), forest(100_000, 10, 0.1)],
  quality: {
    columns: [figures('Accuracy, ours / theirs'), figures('Brier score, ours / theirs')],
    compare({ qy, classes }, ours, theirs) {
      const pair = [ours, theirs].map(({ probabilities }) => ({
        accuracy: accuracyOf(probabilities, qy, classes).toFixed(3),
        brier: brierOf(probabilities, qy, classes).toFixed(4),
      }));
      return {
        cells: [pair.map(({ accuracy }) => accuracy).join(' / '), pair.map(({ brier }) => brier).join(' / ')],
      };
    },
  },
};
