import type { Engine, ModelShape } from '../estimator.js';
import { allFit, copyInParts, forParts, type InParts } from '../in-parts.js';
import type { KNeighborsHyperparameters } from '../k-neighbors-classifier.js';
import { requireNeighbours } from '../require-neighbours.js';
import { dataOf, tensor, type Tensors } from '../tensor.js';
import { NeighbourSearch } from './neighbour-search.js';

/**
 * Votes of the exact nearest neighbours, found by our own kernels. `algorithm`
 * and `leaf_size` choose a search and never change the answer: all of their
 * values are honoured, and served by the one search that there is. Where several
 * rows are as far as the last neighbour, those vote that vote in scikit-learn when
 * it searches by brute force.
 */
export const coreKNeighbors: Engine<KNeighborsHyperparameters> = {
  takesMissingValues: false,

  honours: (name, value) => name !== 'p' || value === 1 || value === 2,

  trainingBytes({ nSamples, nFeatures, nValidation, values }, { n_neighbors, p }) {
    const model = (isSinglePrecision(values) ? 4 : 8) * nSamples * nFeatures + 4 * nSamples;
    const search = nValidation === 0 ? 0 : 4 * nSamples + NeighbourSearch.bytes(nSamples, nFeatures, n_neighbors, p);
    return { reading: model, learning: model, predicting: model + search };
  },

  /** @throws INVALID_REQUEST when there are fewer rows than neighbours. */
  fit(training, { n_neighbors }, monitor) {
    requireNeighbours(training, n_neighbors);
    const { x, y, nSamples, nFeatures, releaseX } = training;
    const shape = [nSamples, nFeatures];
    const rows = isSinglePrecision(x) ? tensor('F32', shape, new Float32Array(x)) : tensor('F64', shape, x.slice());
    const tensors = { x: rows, y: tensor('I32', [nSamples], Int32Array.from(y)) };
    releaseX?.();
    monitor.progress(1, 1);
    return tensors;
  },

  *restore(tensors, shape, { n_neighbors: k, p, weights }) {
    const { nFeatures, nClasses } = shape;
    const rows = yield* read(tensors, shape, k);
    // Copies, which do not keep the tensors in memory.
    const y = new Int32Array(rows.y.length);
    yield* copyInParts(y, rows.y);
    const search = yield* NeighbourSearch.of(rows.x, nFeatures, k, p);
    const { distances, neighbours, batch } = search;
    const weigh = weights === 'uniform' ? () => 1 : p === 1 ? inverse : inverseRoot;
    return {
      memoryBytes: search.memoryBytes + y.byteLength,
      predictProbabilities(matrix, probabilities) {
        probabilities.fill(0, 0, matrix.rows * nClasses);
        for (let first = 0; first < matrix.rows; first += batch) {
          const count = Math.min(batch, matrix.rows - first);
          search.find(matrix, first, count);
          for (let query = 0; query < count; query++) {
            const votes = (first + query) * nClasses;
            const nearest = distances[query * k];
            let total = 0;
            for (let at = query * k; at < (query + 1) * k; at++) {
              const weight = weigh(distances[at], nearest);
              probabilities[votes + y[neighbours[at]]] += weight;
              total += weight;
            }
            for (let c = votes; c < votes + nClasses; c++) probabilities[c] /= total;
          }
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
function inverse(distance: number, nearest: number): number {
  return distance === nearest ? 1 : nearest / distance;
}

/** The same of squared distances. */
function inverseRoot(squared: number, nearest: number): number {
  return squared === nearest ? 1 : Math.sqrt(nearest) / Math.sqrt(squared);
}

function isSinglePrecision(x: Float64Array | Float32Array): boolean {
  if (x instanceof Float32Array) return true;
  for (let i = 0; i < x.length; i++) if (Math.fround(x[i]) !== x[i]) return false;
  return true;
}

function* areFinite(x: Float64Array | Float32Array): InParts<boolean> {
  // 0 for finite numbers, NaN for others.
  let sum = 0;
  yield* forParts(x.length, (from, to) => {
    for (let i = from; i < to; i++) sum += x[i] - x[i];
  });
  return sum === 0;
}

interface Rows {
  readonly x: Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  readonly y: Int32Array<ArrayBuffer>;
}

function* read(tensors: Tensors, { nFeatures, nClasses }: ModelShape, nNeighbors: number): InParts<Rows> {
  const y = dataOf(tensors, 'y', 'I32', [-1]);
  const dtype = tensors['x']?.dtype === 'F32' ? 'F32' : 'F64';
  const x = dataOf(tensors, 'x', dtype, [y.length, nFeatures]);
  if (y.length < nNeighbors) throw new RangeError(`${y.length} rows have no ${nNeighbors} neighbours`);
  const areLabels = yield* allFit(y, (label) => label >= 0 && label < nClasses);
  if (!areLabels) throw new RangeError('tensor y names unknown classes');
  if (!(yield* areFinite(x))) throw new RangeError('tensor x is not finite');
  return { x, y };
}
