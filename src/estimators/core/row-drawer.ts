import { Workspace } from '../../kernels/workspace.js';
import { type WeightedRows, writeFixedWeights } from './row-weights.js';
import type { TreeGrower } from './tree-grower.js';

/** After so many draws, a few ms of work, others may have their say. */
const PAUSE_DRAWS = 2 ** 16;

/** The bytes that `rowDrawer` places. */
export function drawerBytes(nRows: number, bootstrap: boolean, weighted: boolean): number {
  return bootstrap && weighted ? Workspace.sizeOf(nRows, 8) : 0;
}

/**
 * Makes the function that sets the weights of the rows for the next tree. Without
 * bootstrap they are those of the training; with it they say how often each row
 * was drawn, with chances in proportion to the weights of the training, as in
 * scikit-learn since 1.8.
 *
 * @param nDraws undefined without bootstrap
 * @param pause called every few milliseconds
 */
export function rowDrawer(
  workspace: Workspace,
  grower: TreeGrower,
  rows: WeightedRows,
  nDraws: number | undefined,
  pause: () => void,
): () => void {
  if (nDraws === undefined) {
    writeFixedWeights(rows, grower.weights);
    return () => undefined;
  }
  const draw = drawing(workspace, grower, rows);
  return () => {
    grower.weights.fill(0);
    for (let left = nDraws; left > 0; left -= PAUSE_DRAWS) {
      draw(Math.min(left, PAUSE_DRAWS));
      pause();
    }
  };
}

/** The kernel that draws so many rows more. */
function drawing(workspace: Workspace, grower: TreeGrower, { nRows, weights }: WeightedRows): (nDraws: number) => void {
  const { kernels } = workspace;
  const counts = grower.weights.address;
  if (weights === undefined) return (nDraws) => kernels.drawRows(grower.random, nRows, nDraws, counts);
  const sums = workspace.f64(nRows);
  let sum = 0;
  weights.forEach((weight, row) => (sums[row] = sum += weight));
  return (nDraws) => kernels.drawWeightedRows(grower.random, sums.address, nRows, nDraws, counts);
}
