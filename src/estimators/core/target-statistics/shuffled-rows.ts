import type { Kernels } from '../../../kernels/kernels.js';
import type { Placed, Workspace } from '../../../kernels/workspace.js';

/** The most rows of a run. */
const MAX_RUN = 256;
/** Up to so many runs there are. */
const RUNS = 1_000;

/**
 * Draws the order that rows are placed in, and that the first fold sees them in.
 *
 * @param random the address of a stream of random numbers
 * @param order the result: the row of each place
 */
export function shuffleRows(kernels: Kernels, random: number, order: Placed<Uint32Array<ArrayBuffer>>): void {
  kernels.listRows(order.length, order.address);
  kernels.drawItems(random, order.address, order.length, order.length);
}

/** The order in which a fold sees the rows: runs of neighbours, which keep their order inside. */
export interface RowOrder {
  /** u32[nRuns], the first place of each run; 0: all places are one run. */
  readonly runs: number;
  readonly nRuns: number;
  readonly runRows: number;
}

/** The rows of a run, as CatBoost chooses them (fold_permutation_block). */
export function runRowsOf(nRows: number): number {
  return Math.min(MAX_RUN, Math.floor(nRows / RUNS) + 1);
}

/** The order of the first fold: the rows as they are placed. */
export function placedOrder(nRows: number): RowOrder {
  return { runs: 0, nRuns: 1, runRows: nRows };
}

/** Draws the order of another fold. */
export function drawOrder(workspace: Workspace, random: number, nRows: number): RowOrder {
  const runRows = runRowsOf(nRows);
  const runs = workspace.u32(Math.ceil(nRows / runRows));
  shuffleRows(workspace.kernels, random, runs);
  for (let run = 0; run < runs.length; run++) runs[run] *= runRows;
  return { runs: runs.address, nRuns: runs.length, runRows };
}
