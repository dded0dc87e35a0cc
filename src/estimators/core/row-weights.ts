import type { TrainingSet } from '../estimator.js';
import { binaryExponent } from './binary-exponent.js';

/** What the weights of rows sum up to in fixed point; trees count in 32 bits, and leave room. */
const FIXED_TOTAL = 2 ** 28;
/** What is divided by a smaller total, or multiplied with it, may overflow or vanish. */
const LEAST_TOTAL = 2 ** -900;

/** The rows that a training looks at: those whose weight is not 0. */
export interface WeightedRows {
  readonly nRows: number;
  /** Shape: nRows, the places of the rows in the training set; absent when they are all of it. */
  readonly index?: Uint32Array;
  /** Shape: nRows, those of the training times a power of two, so that they can be summed; absent when all are equal. */
  readonly weights?: Float64Array;
  /** The sum of the weights as they came; of equal ones too. It may be infinite. */
  readonly total: number;
}

export function weightedRows({ nSamples, sampleWeight }: TrainingSet): WeightedRows {
  if (sampleWeight === undefined) return { nRows: nSamples, total: nSamples };
  const nRows = sampleWeight.reduce((n, weight) => n + (weight > 0 ? 1 : 0), 0);
  const index = nRows === nSamples ? undefined : rowsOfWeight(sampleWeight, nRows);
  const weights = index === undefined ? sampleWeight : Float64Array.from(index, (row) => sampleWeight[row]);
  const total = sumOf(weights);
  const areEqual = weights.every((weight) => weight === weights[0]);
  return { nRows, index, weights: areEqual ? undefined : inRange(weights, total), total };
}

/** Weights whose total is finite and not all but 0: only extreme ones are multiplied, which is exact. */
function inRange(weights: Float64Array, total: number): Float64Array {
  if (total >= LEAST_TOTAL && total < Infinity) return weights;
  const largest = weights.reduce((a, b) => Math.max(a, b));
  const scale = 2 ** Math.min(1000, -binaryExponent(largest));
  return weights.map((weight) => weight * scale);
}

function sumOf(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}

/** The places of the `nRows` weights that are not 0. */
function rowsOfWeight(sampleWeight: Float64Array, nRows: number): Uint32Array {
  const rows = new Uint32Array(nRows);
  for (let row = 0, i = 0; i < nRows; row++) if (sampleWeight[row] > 0) rows[i++] = row;
  return rows;
}

/**
 * Writes weights as whole numbers from 1 to 2^31, so that their sums are the same
 * in any order: themselves where they are whole and small, else in proportion.
 */
export function writeFixedWeights({ weights }: WeightedRows, fixed: Uint32Array): void {
  if (weights === undefined) {
    fixed.fill(1);
    return;
  }
  const total = sumOf(weights);
  const scale = total <= FIXED_TOTAL && weights.every(Number.isInteger) ? 1 : FIXED_TOTAL / total;
  for (let row = 0; row < fixed.length; row++) fixed[row] = Math.max(1, Math.round(weights[row] * scale));
}
