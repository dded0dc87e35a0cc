import { figures } from '../benchmark.js';
import { logLossOf } from '../scores.js';
import type { Comparison } from './comparison.js';

/** The log loss of both, side by side and held to nothing. */
export const logLoss: Comparison['quality'] = {
  columns: [figures('Log loss, ours / theirs')],
  compare({ qy, classes }, ours, theirs) {
    return {
      cells: [[ours, theirs].map(({ probabilities }) => logLossOf(probabilities, qy, classes).toFixed(4)).join(' / ')],
    };
  },
};
