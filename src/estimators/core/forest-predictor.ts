import { Workspace } from '../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../estimator.js';
import type { InParts } from '../in-parts.js';
import type { Forest } from './forest-tensors.js';
import { flatForestBytes, flattenForest } from './flat-forest.js';

/** The kernel walks as many rows at a time. */
const LANES = 8;
const MAX_BATCH = 1024;
/** The most values of a batch, so that it stays in the cache while tree after tree looks at it. */
const MAX_BATCH_VALUES = 65_536;

/**
 * Averages the class shares of the leaves that a row reaches, as scikit-learn's
 * forests do.
 *
 * @throws RangeError when the trees are not valid.
 */
export function* forestPredictor(forest: Forest, shape: ModelShape): InParts<Predictor> {
  const { nFeatures, nClasses } = shape;
  const batch = Math.max(LANES, Math.min(MAX_BATCH, Math.floor(MAX_BATCH_VALUES / nFeatures)));
  // Complete rows fill the slots from the front, up to a multiple of the lanes; the others from the back.
  const slots = batch + LANES;
  const workspace = new Workspace(
    flatForestBytes(forest) + Workspace.sizeOf(slots * nFeatures, 8) + Workspace.sizeOf(slots * nClasses, 8),
  );
  const { nTrees, nodes, roots, shares, missingRight } = yield* flattenForest(workspace, forest, shape);
  const { kernels } = workspace;
  const x = workspace.f64(slots * nFeatures);
  const sums = workspace.f64(slots * nClasses);
  const slotOf = new Uint32Array(batch);

  /** Copies a row to a slot, and returns whether it has no missing values. */
  const copyRow = (data: Float64Array | Float32Array, from: number, slot: number): boolean => {
    let missing = 0;
    for (let i = 0, to = slot * nFeatures; i < nFeatures; i++, to++) {
      const value = data[from + i];
      x[to] = value;
      missing += value === value ? 0 : 1;
    }
    return missing === 0;
  };
  const walkMissing = (slot: number) => {
    kernels.walkRowMissing(
      x.address + slot * nFeatures * 8,
      nodes,
      roots,
      nTrees,
      missingRight,
      shares,
      sums.address + slot * nClasses * 8,
    );
  };

  return {
    memoryBytes: workspace.byteLength,
    predictProbabilities({ rows, columns, data }, probabilities) {
      for (let first = 0; first < rows; first += batch) {
        const n = Math.min(batch, rows - first);
        let nComplete = 0;
        let firstMissing = slots;
        for (let row = 0; row < n; row++) {
          const from = (first + row) * columns;
          if (copyRow(data, from, nComplete)) {
            slotOf[row] = nComplete++;
          } else {
            slotOf[row] = --firstMissing;
            x.copyWithin(firstMissing * nFeatures, nComplete * nFeatures, (nComplete + 1) * nFeatures);
          }
        }
        sums.fill(0, 0, nComplete * nClasses);
        sums.fill(0, firstMissing * nClasses);
        if (nComplete === 1) {
          kernels.walkRow(x.address, nodes, roots, nTrees, shares, sums.address);
        } else {
          const nLanes = Math.ceil(nComplete / LANES) * LANES;
          kernels.walkBatch(x.address, nLanes, nFeatures, nodes, roots, nTrees, shares, nClasses, sums.address);
        }
        for (let slot = firstMissing; slot < slots; slot++) walkMissing(slot);
        for (let row = 0; row < n; row++) {
          const to = (first + row) * nClasses;
          const from = slotOf[row] * nClasses;
          for (let k = 0; k < nClasses; k++) probabilities[to + k] = sums[from + k] / nTrees;
        }
      }
    },
  };
}
