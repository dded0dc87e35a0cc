import { Workspace } from '../../kernels/workspace.js';
import type { ModelShape, Predictor } from '../estimator.js';
import type { InParts } from '../in-parts.js';
import type { Forest } from './forest-tensors.js';
import { flatForestBytes, flattenForest } from './flat-forest.js';

/** The rows of a block: see kernels/assembly/traversal.ts. */
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
  const blocks = Math.max(1, Math.floor(Math.min(MAX_BATCH, MAX_BATCH_VALUES / nFeatures) / LANES));
  const batch = blocks * LANES;
  // Complete rows fill the slots from the front, up to a whole block; the others from the back.
  const slots = batch + LANES;
  const workspace = new Workspace(
    flatForestBytes(forest, shape) +
      Workspace.sizeOf(slots * nFeatures, 8) +
      Workspace.sizeOf(slots * nClasses, 8) +
      Workspace.sizeOf(slots, 4) +
      Workspace.sizeOf(slots + LANES, 8),
  );
  const { nTrees, roots, levels } = yield* flattenForest(workspace, forest, shape);
  const { kernels } = workspace;
  const x = workspace.f64(slots * nFeatures);
  const sums = workspace.f64(slots * nClasses);
  const standing = workspace.u32(slots);
  const waiting = workspace.f64(slots + LANES);
  const slotOf = new Uint32Array(batch);

  /** Where the first value of a slot is in `x`; the next ones are a block's rows apart. */
  const placeOf = (slot: number): number => (slot - (slot % LANES)) * nFeatures + (slot % LANES);
  /** Copies a row to a slot, and returns whether it has no missing values. */
  const copyRow = (data: Float64Array | Float32Array, from: number, slot: number): boolean => {
    let missing = 0;
    for (let i = 0, to = placeOf(slot); i < nFeatures; i++, to += LANES) {
      const value = data[from + i];
      x[to] = value;
      missing += value === value ? 0 : 1;
    }
    return missing === 0;
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
            copyRow(data, from, firstMissing);
          }
        }
        sums.fill(0, 0, nComplete * nClasses);
        sums.fill(0, firstMissing * nClasses);
        if (nComplete === 1) {
          kernels.walkRow(x.address, roots, nTrees, sums.address);
        } else {
          const nBlocks = Math.ceil(nComplete / LANES);
          kernels.walkBatch(
            x.address,
            nBlocks,
            nFeatures,
            roots,
            levels,
            nTrees,
            nClasses,
            sums.address,
            standing.address,
            waiting.address,
          );
        }
        for (let slot = firstMissing; slot < slots; slot++) {
          kernels.walkRowMissing(x.address + placeOf(slot) * 8, roots, nTrees, sums.address + slot * nClasses * 8);
        }
        for (let row = 0; row < n; row++) {
          const to = (first + row) * nClasses;
          const from = slotOf[row] * nClasses;
          for (let k = 0; k < nClasses; k++) probabilities[to + k] = sums[from + k] / nTrees;
        }
      }
    },
  };
}
