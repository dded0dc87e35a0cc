import { Workspace } from '../../kernels/workspace.js';
import { type WeightedRows, writeFixedWeights } from './row-weights.js';
import type { TreeGrower } from './tree-grower.js';

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
 */
export function rowDrawer(
  workspace: Workspace,
  grower: TreeGrower,
  rows: WeightedRows,
  nDraws: number | undefined,
): () => void {
  const { kernels } = workspace;
  const { nRows } = rows;
  const counts = grower.weights.address;
  if (nDraws === undefined) {
    writeFixedWeights(rows, grower.weights);
    return () => undefined;
  }
  if (rows.weights === undefined) return () => kernels.drawRows(grower.random, nRows, nDraws, counts);
  const sums = workspace.f64(nRows);
  let sum = 0;
  rows.weights.forEach((weight, row) => (sums[row] = sum += weight));
  return () => kernels.drawWeightedRows(grower.random, sums.address, nRows, nDraws, counts);
}
