import type { Engine, ModelShape } from '../estimator.js';
import { allFit, forParts, type InParts } from '../in-parts.js';
import type { KNeighborsHyperparameters } from '../k-neighbors-classifier.js';
import { requireNeighbours } from '../require-neighbours.js';
import { dataOf, tensor, type Tensors } from '../tensor.js';
import { kdOrder, kdTree, kdTreeBytes } from './kd-tree.js';
import { minkowski, toDistance } from './minkowski.js';
import { nearestRows, type Neighbour } from './nearest-rows.js';

/** Votes of the neighbours that the k-d tree of ml-knn finds. */
export const mljsKNeighbors: Engine<KNeighborsHyperparameters> = {
  takesMissingValues: false,

  honours(name, value) {
    if (name === 'p') return value === 1 || value === 2;
    if (name === 'algorithm') return value === 'auto' || value === 'kd_tree';
    return name !== 'leaf_size' || value === 30;
  },

  /** @throws INVALID_REQUEST when there are fewer rows than neighbours. */
  fit(training, { n_neighbors, p }, monitor) {
    requireNeighbours(training, n_neighbors);
    const { x, y, nSamples, nFeatures } = training;
    const order = kdOrder(x, nFeatures, minkowski(p, nFeatures));
    monitor.progress(1, 1);
    return {
      x: tensor('F64', [nSamples, nFeatures], x.slice()),
      y: tensor('I32', [nSamples], Int32Array.from(y)),
      tree: tensor('U32', [nSamples], order),
    };
  },

  *restore(tensors, shape, { n_neighbors, p, weights }) {
    const { nFeatures, nClasses } = shape;
    const { x, y, order } = yield* read(tensors, shape, n_neighbors);
    const metric = minkowski(p, nFeatures);
    const rows = { x, nFeatures, metric, tree: yield* kdTree(x, nFeatures, order, metric) };
    const weigh = weights === 'uniform' ? () => 1 : inverseDistance(p);
    const point = new Float64Array(nFeatures);
    return {
      memoryBytes: x.byteLength + y.byteLength + order.byteLength + kdTreeBytes(y.length, nFeatures),
      readsTensors: true,
      predictProbabilities({ rows: nRows, columns, data }, probabilities) {
        for (let row = 0; row < nRows; row++) {
          for (let j = 0; j < nFeatures; j++) point[j] = data[row * columns + j];
          const neighbours = nearestRows(rows, point, n_neighbors);
          const votes = probabilities.subarray(row * nClasses, (row + 1) * nClasses).fill(0);
          let total = 0;
          for (const neighbour of neighbours) {
            const weight = weigh(neighbour, neighbours[0]);
            votes[y[neighbour.row]] += weight;
            total += weight;
          }
          for (let c = 0; c < nClasses; c++) votes[c] /= total;
        }
      },
    };
  },
};

/**
 * Weights by the inverse distance, relative to the nearest neighbour's: they can
 * not overflow, and neighbours at distance 0 share all the weight, as in
 * scikit-learn.
 */
function inverseDistance(p: number): (neighbour: Neighbour, nearest: Neighbour) => number {
  return ({ measured }, nearest) =>
    measured === nearest.measured ? 1 : toDistance(p, nearest.measured) / toDistance(p, measured);
}

interface Rows {
  readonly x: Float64Array;
  readonly y: Int32Array;
  readonly order: Uint32Array;
}

function* read(tensors: Tensors, { nFeatures, nClasses }: ModelShape, nNeighbors: number): InParts<Rows> {
  const y = dataOf(tensors, 'y', 'I32', [-1]);
  const x = dataOf(tensors, 'x', 'F64', [y.length, nFeatures]);
  const order = dataOf(tensors, 'tree', 'U32', [y.length]);
  if (y.length < nNeighbors) throw new RangeError(`${y.length} rows have no ${nNeighbors} neighbours`);
  const areLabels = yield* allFit(y, (label) => label >= 0 && label < nClasses);
  if (!areLabels) throw new RangeError('tensor y names unknown classes');
  if (!(yield* allFit(x, Number.isFinite))) throw new RangeError('tensor x is not finite');
  const seen = new Uint8Array(order.length);
  yield* forParts(order.length, (from, to) => {
    for (let at = from; at < to; at++) {
      const row = order[at];
      if (row >= order.length || seen[row] === 1) throw new RangeError('tensor tree does not name every row once');
      seen[row] = 1;
    }
  });
  return { x, y, order };
}
