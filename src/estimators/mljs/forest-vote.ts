import type { Predictor } from '../estimator.js';
import { type Forest, LEAF } from './forest-tensors.js';

/** Averages the class shares of the leaves that a row reaches, as scikit-learn's forests do. */
export function forestVote(forest: Forest, nClasses: number): Predictor {
  const { treeStart, feature, threshold, next, leafStart, leafClass, leafShare } = forest;
  const nTrees = treeStart.length - 1;
  const arrays = [treeStart, feature, threshold, next, leafStart, leafClass, leafShare];
  const memoryBytes = arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return {
    memoryBytes,
    readsTensors: true,
    predictProbabilities({ rows, columns, data }, probabilities) {
      for (let row = 0; row < rows; row++) {
        const from = row * columns;
        const to = row * nClasses;
        probabilities.fill(0, to, to + nClasses);
        for (let t = 0; t < nTrees; t++) {
          let node = treeStart[t];
          while (feature[node] !== LEAF) {
            node = data[from + feature[node]] < threshold[node] ? node + 1 : next[node];
          }
          const leaf = next[node];
          for (let i = leafStart[leaf]; i < leafStart[leaf + 1]; i++) {
            probabilities[to + leafClass[i]] += leafShare[i];
          }
        }
        for (let c = to; c < to + nClasses; c++) probabilities[c] /= nTrees;
      }
    },
  };
}
