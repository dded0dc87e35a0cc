import { type Placed, Workspace } from '../../kernels/workspace.js';
import type { TrainingSet } from '../estimator.js';
import { between, binEdges, EDGE_STRIDE } from './bin-edges.js';
import type { WeightedRows } from './row-weights.js';
import { distinctValues, distinctValuesBytes } from './sampled-columns.js';
import { spreadRows } from './spread-rows.js';

/** The bin of missing values. */
export const MISSING_BIN = 255;
/** From more rows than these, the edges come from a sample. */
const EDGE_SAMPLE = 32_768;
/** After so many values, a few 10 ms of work, others may have their say. */
const PAUSE_VALUES = 500_000;
/** The values that are copied into the workspace at a time. */
const BLOCK_VALUES = 16_384;

type F64 = Placed<Float64Array<ArrayBuffer>>;

/** The training rows in bins of a byte, column by column. */
export interface BinnedFeatures {
  /** Shape: nFeatures x nRows. */
  readonly columns: Placed<Uint8Array<ArrayBuffer>>;
  /** The cut between the bins `low` and `high` of a feature; rows above it are those of `high` and later ones. */
  readonly threshold: (feature: number, low: number, high: number) => number;
}

/** The bytes that `binFeatures` places. */
export function binnedBytes(nRows: number, nFeatures: number): number {
  const perBin = Workspace.sizeOf(nFeatures * EDGE_STRIDE, 8);
  return Workspace.sizeOf(nRows * nFeatures, 1) + 3 * perBin + Workspace.sizeOf(blockRows(nFeatures) * nFeatures, 8);
}

/** The bytes that `binFeatures` takes while it is at work: the sample and its columns. */
export function binningBytes(nRows: number): number {
  const sampled = Math.min(nRows, EDGE_SAMPLE);
  return distinctValuesBytes(sampled) + 4 * sampled;
}

/** Puts every value in its bin; `pause` is called every so many values. */
export function binFeatures(
  workspace: Workspace,
  { x, nFeatures }: TrainingSet,
  { nRows, index }: WeightedRows,
  pause: () => void,
): BinnedFeatures {
  const columns = workspace.u8(nRows * nFeatures);
  const edges = workspace.f64(nFeatures * EDGE_STRIDE).fill(Infinity) as F64;
  const lows = workspace.f64(nFeatures * EDGE_STRIDE).fill(Infinity) as F64;
  const highs = workspace.f64(nFeatures * EDGE_STRIDE).fill(-Infinity) as F64;

  let since = 0;
  const worked = (values: number) => {
    since += values;
    if (since < PAUSE_VALUES) return;
    since = 0;
    pause();
  };

  const sample = sampleOf(nRows, index);
  let nDone = 0;
  for (const distinct of distinctValues({ x, nFeatures, rows: sample, single: false })) {
    edges.set(binEdges(distinct), EDGE_STRIDE * nDone++);
    worked(sample.length);
  }

  const size = blockRows(nFeatures);
  const block = workspace.f64(size * nFeatures);
  for (let first = 0; first < nRows; first += size) {
    const n = Math.min(size, nRows - first);
    copyRows(x, nFeatures, first, n, index, block);
    workspace.kernels.binRows(
      block.address,
      n,
      nFeatures,
      edges.address,
      columns.address,
      nRows,
      first,
      lows.address,
      highs.address,
    );
    worked(n * nFeatures);
  }
  return {
    columns,
    threshold(feature, low, high) {
      if (high === MISSING_BIN) return Infinity;
      return between(highs[feature * EDGE_STRIDE + low], lows[feature * EDGE_STRIDE + high]);
    },
  };
}

function blockRows(nFeatures: number): number {
  return Math.max(1, Math.floor(BLOCK_VALUES / nFeatures));
}

/** The places of all rows in X, or of one row of every so many. */
function sampleOf(nRows: number, index: Uint32Array | undefined): Uint32Array {
  const places = spreadRows(nRows, EDGE_SAMPLE);
  return index === undefined ? places : places.map((place) => index[place]);
}

function copyRows(
  x: Float64Array,
  nFeatures: number,
  first: number,
  n: number,
  index: Uint32Array | undefined,
  block: Float64Array,
): void {
  if (index === undefined) {
    block.set(x.subarray(first * nFeatures, (first + n) * nFeatures));
    return;
  }
  for (let i = 0; i < n; i++) {
    const from = index[first + i] * nFeatures;
    block.set(x.subarray(from, from + nFeatures), i * nFeatures);
  }
}
