import { Workspace } from '../../../kernels/workspace.js';
import { BLOCK, type BlockedRows, bytesOf, widthOf } from './blocked-rows.js';
import { Cholesky } from './cholesky.js';
import type { InverseHessian } from './curvature-memory.js';
import { PRODUCTS_PER_CALL } from './objective.js';
import type { ScaledPenalty } from './penalty.js';

/** More features than these are taken as if they were not correlated: their moments would cost more than they save. */
const MOST_FEATURES = 512;
/** Rows that moments are taken of, at the least, and for each feature. */
const [LEAST_ROWS, ROWS_PER_FEATURE] = [2048, 16];
/** Added to variances of 1: of all rows, and of a sample, in which features may look dependent that are not. */
const [RIDGE, SAMPLE_RIDGE] = [1e-8, 1e-3];
/** Single precision shows correlations up to its rounding. */
const SINGLE_RIDGE = 1e-6;

/** The bytes that a preconditioner places in the workspace; it needs about as many outside. */
export function preconditionerBytes(nFeatures: number): number {
  const width = widthOf(nFeatures);
  return width > MOST_FEATURES ? 0 : Workspace.sizeOf(width * width, 8) + Workspace.sizeOf(BLOCK, 8);
}

/**
 * The inverse of the Hessian where all coefficients are 0, which L-BFGS starts
 * from. There it is the product of two small matrices: the covariance of the
 * features (with the penalty), and that of the classes, diag(p) - p pᵀ, whose
 * pseudoinverse is diag(1/p) between two projections to vectors of sum 0 over
 * classes. So correlated features and rare classes cost no iterations.
 *
 * @param curvature of the outputs there: p (1 - p) of two classes, else p of each class
 * @param onCall is called between the kernel calls; what it throws ends the work.
 */
export function inverseHessianAtZero(
  workspace: Workspace,
  rows: BlockedRows,
  penalty: ScaledPenalty,
  curvature: readonly number[],
  onCall: () => void,
): InverseHessian {
  const { width } = rows;
  const pitch = width + 1;
  const nOutputs = curvature.length;
  const covariance = width > MOST_FEATURES ? undefined : factorise(workspace, rows, penalty, mean(curvature), onCall);

  return (vector) => {
    for (let k = 0; k < nOutputs; k++) {
      covariance?.solve(vector, k * pitch);
      for (let i = k * pitch; i < (k + 1) * pitch; i++) vector[i] /= curvature[k];
    }
    if (nOutputs > 1) removeMeans(vector, pitch, nOutputs);
  };
}

/** The part of `inverseHessianAtZero` that is left without correlations: for parameters on their own. */
export function inverseDiagonalAtZero(width: number, curvature: readonly number[]): InverseHessian {
  return (vector) => {
    for (let i = 0; i < vector.length; i++) vector[i] /= curvature[Math.floor(i / (width + 1))];
  };
}

function factorise(
  workspace: Workspace,
  rows: BlockedRows,
  penalty: ScaledPenalty,
  curvature: number,
  onCall: () => void,
): Cholesky {
  const { storage, width, nBlocks } = rows;
  const blocks = Math.min(nBlocks, Math.ceil(Math.max(LEAST_ROWS, ROWS_PER_FEATURE * width) / BLOCK));
  const moments = workspace.f64(width * width);
  const scratch = workspace.f64(BLOCK);
  const { addMoments32, addMoments64 } = workspace.kernels;
  const add = storage === 'single' ? addMoments32 : addMoments64;
  const bytes = BLOCK * bytesOf(storage);
  const perCall = Math.max(1, Math.floor(PRODUCTS_PER_CALL / (BLOCK * width * width)));
  for (let first = 0; first < blocks; first += perCall) {
    if (first > 0) onCall();
    const x = rows.x.address + first * width * bytes;
    const weights = rows.weights.address + first * bytes;
    add(x, weights, Math.min(perCall, blocks - first), width, scratch.address, moments.address);
  }

  const weight = rows.weightOf(blocks);
  const matrix = moments.map((sum) => sum / weight);
  const ridge = blocks < nBlocks ? SAMPLE_RIDGE : storage === 'single' ? SINGLE_RIDGE : RIDGE;
  for (let j = 0; j < width; j++) {
    const diagonal = matrix[j * (width + 1)];
    const pull = (penalty.l2[j] ?? 0) / curvature;
    // The scaling has made the true sum 1; a feature that does not show in a sample must not seem flat.
    matrix[j * (width + 1)] = (diagonal < 0.1 ? Math.max(diagonal, 1 - pull) : diagonal) + pull + ridge;
  }
  return new Cholesky(matrix, width, ridge / 2);
}

/** Subtracts from each parameter its mean over the outputs. */
function removeMeans(vector: Float64Array, pitch: number, nOutputs: number): void {
  for (let j = 0; j < pitch; j++) {
    let sum = 0;
    for (let k = 0; k < nOutputs; k++) sum += vector[k * pitch + j];
    for (let k = 0; k < nOutputs; k++) vector[k * pitch + j] -= sum / nOutputs;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
