import { BLOCK, type BlockedRows, type Storage } from './blocked-rows.js';
import type { Limits } from './minimiser.js';
import type { Evaluation } from './objective.js';

/** A part of a training: what it evaluates, and how far it goes. */
export type Stage = Evaluation & Pick<Limits, 'tolerance' | 'promise' | 'noise'>;

/** Numbers of X up to which it is stored in double precision, 1 MB. */
const MOST_DOUBLES = 131_072;
/** What remains of a gradient in single precision is rounding. */
const SINGLE_TOLERANCE = 1e-6;
const NOISE: Readonly<Record<Storage, number>> = { single: 1e-8, double: 1.42e-14 };
/** The share of `tol` that may be left of the mean loss: rare classes have small gradients, however far they are. */
const PROMISE = 1e-3;
/** A sample is an eighth of the rows, where that is enough for all parameters. */
const SAMPLE_SHARE = 1 / 8;
const ROWS_PER_PARAMETER = 20;
const LEAST_SAMPLE = 2048;

/** Small training sets are kept in double precision; in large ones its rounding is beyond notice. */
export function storageOf(nRows: number, nFeatures: number): Storage {
  return nRows * nFeatures <= MOST_DOUBLES ? 'double' : 'single';
}

/**
 * The parts of a training to the tolerance `tol`: on a sample of many rows, which
 * most iterations need no more than; on all rows; and, where single precision
 * does not go that far, on all rows in double precision.
 */
export function stagesOf({ storage, nRows, nBlocks, width }: BlockedRows, tol: number): Stage[] {
  const promise = tol * PROMISE;
  const double: Stage = { blocks: nBlocks, arithmetic: 'double', tolerance: tol, promise, noise: NOISE.double };
  if (storage === 'double') return [double];

  const single: Stage = {
    blocks: nBlocks,
    arithmetic: 'single',
    tolerance: Math.max(tol, SINGLE_TOLERANCE),
    promise: Math.max(tol, SINGLE_TOLERANCE) * PROMISE,
    noise: NOISE.single,
  };
  const stages = [single, double];
  const sample = Math.floor((nRows * SAMPLE_SHARE) / BLOCK);
  if (sample * BLOCK >= Math.max(LEAST_SAMPLE, ROWS_PER_PARAMETER * width)) {
    // The sample's own error is about 1 / sqrt(rows): no use in going far below.
    const tolerance = Math.max(tol, 0.05 / Math.sqrt(sample * BLOCK));
    stages.unshift({ ...single, blocks: sample, tolerance, promise: Infinity });
  }
  return stages;
}
