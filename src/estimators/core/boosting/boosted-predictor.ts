import { Workspace } from '../../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../../estimator.js';
import type { InParts } from '../../in-parts.js';
import type { BoostedTrees } from './boosted-trees.js';
import { placeOfCategory } from './category-places.js';
import { categoriesOf } from './category-sets.js';
import { flatTreesBytes, flattenTrees, rowPlaces, setWordsOf } from './flat-trees.js';
import { sigmoids, softmaxes } from './link.js';

/** The rows of a block: see kernels/assembly/boosted-traversal.ts. */
const LANES = 8;
const MAX_BLOCKS = 128;
/** The most values of a batch, so that it stays in the cache while tree after tree looks at it. */
const MAX_BATCH_VALUES = 32_768;

/**
 * Sums up the leaves that a row reaches, and turns the sums into probabilities.
 *
 * @param single whether values are rounded to single precision first, as in training
 * @param unseenLeft whether categories that the training has not seen go left
 * @throws RangeError when the trees are not valid.
 */
export function* boostedPredictor(
  trees: BoostedTrees,
  shape: ModelShape,
  single: boolean,
  unseenLeft: boolean,
): InParts<Predictor> {
  const { nFeatures, nClasses } = shape;
  const nOutputs = trees.baseScore.length;
  // A copy, which does not keep the tensors in memory.
  const baseScore = trees.baseScore.slice();
  const places = rowPlaces(nFeatures);
  const batch = LANES * Math.max(1, Math.min(MAX_BLOCKS, Math.floor(MAX_BATCH_VALUES / places / LANES)));
  const nSetWords = yield* setWordsOf(trees);
  const workspace = new Workspace(
    flatTreesBytes(trees, nSetWords) + Workspace.sizeOf(batch * places, 8) + Workspace.sizeOf(batch * nOutputs, 8),
  );
  const { nodes, roots, nTrees, haveCategories } = yield* flattenTrees(workspace, trees, {
    shape,
    unseenLeft,
    nSetWords,
  });
  const { kernels } = workspace;
  const walkRow = haveCategories ? kernels.walkMixedRow : kernels.walkBoostedRow;
  const walkBatch = haveCategories ? kernels.walkMixedBatch : kernels.walkBoostedBatch;
  const ofCategories = haveCategories
    ? Array.from({ length: nFeatures }, (_, i) => i).filter((i) => categoriesOf(shape, i) > 0)
    : [];
  const x = workspace.f64(batch * places);
  // Of categories, the first half of a value is a whole number.
  const numbers = new Uint32Array(x.buffer, x.byteOffset, 2 * x.length);
  // The place that always holds NaN stands behind a row's values and their negatives.
  x.fill(NaN);
  const scores = workspace.f64(batch * nOutputs);

  const copyRow = (data: Float64Array | Float32Array, from: number, row: number): void => {
    const lane = row % LANES;
    for (let i = 0, to = (row - lane) * places + lane; i < nFeatures; i++, to += LANES) {
      const value = single ? Math.fround(data[from + i]) : data[from + i];
      x[to] = value;
      // Beyond single precision lies Infinity, whose negative would be above no threshold, not even -Infinity.
      x[to + nFeatures * LANES] = single ? Math.max(-value, -Number.MAX_VALUE) : -value;
    }
    for (const i of ofCategories) {
      const to = (row - lane) * places + i * LANES + lane;
      numbers[2 * to] = placeOfCategory(data[from + i], categoriesOf(shape, i));
    }
  };

  return {
    memoryBytes: workspace.byteLength,
    predictProbabilities({ rows, columns, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        for (let row = 0; row < n; row++) {
          copyRow(data, (first + row) * columns, row);
          for (let output = 0; output < nOutputs; output++) scores[row * nOutputs + output] = baseScore[output];
        }
        if (n === 1) {
          walkRow(x.address, nodes, roots, nTrees, nOutputs, scores.address);
        } else {
          const nBlocks = Math.ceil(n / LANES);
          walkBatch(x.address, nBlocks, places * LANES * 8, nodes, roots, nTrees, nOutputs, scores.address);
        }
        if (nOutputs === 1) sigmoids(scores, n, probabilities, first * nClasses);
        else softmaxes(scores, n, nClasses, probabilities, first * nClasses);
      }
    },
  };
}
