import { Workspace } from '../../kernels/workspace.js';

/** Columns that are copied side by side: as many numbers as a line of the cache has. */
const GROUP = 8;

/** The distinct values of a column. */
export interface DistinctValues {
  /** Shape: n_distinct, rising. */
  readonly values: Float64Array;
  /** Shape: n_distinct, how often each occurs. */
  readonly counts: Uint32Array;
}

/** The rows of a matrix that are looked at. */
export interface ColumnSample {
  /** Shape: rows x nFeatures, row-major; NaN is missing. */
  readonly x: Float64Array;
  readonly nFeatures: number;
  readonly rows: Uint32Array;
  /** Whether values are rounded to single precision first. */
  readonly single: boolean;
}

/** The bytes that `distinctValues` takes while it is at work. */
export function distinctValuesBytes(nRows: number): number {
  return Workspace.sizeOf(GROUP * nRows, 8) + Workspace.sizeOf(nRows, 8) + Workspace.sizeOf(nRows, 4);
}

/** The distinct values of one column after the other, missing ones left out; each is gone when the next one comes. */
export function* distinctValues(sample: ColumnSample): Generator<DistinctValues> {
  const { nFeatures, rows } = sample;
  const n = rows.length;
  const workspace = new Workspace(distinctValuesBytes(n));
  const group = workspace.f64(GROUP * n);
  const spare = workspace.f64(n);
  const counts = workspace.u32(n);
  const { kernels } = workspace;
  for (let first = 0; first < nFeatures; first += GROUP) {
    const present = copyGroup(sample, first, group);
    for (let lane = 0; lane < present.length; lane++) {
      const column = group.subarray(lane * n, lane * n + present[lane]);
      kernels.sortNumbers(column.byteOffset, present[lane], spare.address);
      const nDistinct = kernels.countDistinct(column.byteOffset, present[lane], counts.address);
      yield { values: column.subarray(0, nDistinct), counts: counts.subarray(0, nDistinct) };
    }
  }
}

/** Copies columns one behind the other, and returns how many values of each are not missing. */
function copyGroup({ x, nFeatures, rows, single }: ColumnSample, first: number, group: Float64Array): Uint32Array {
  const n = rows.length;
  const present = new Uint32Array(Math.min(GROUP, nFeatures - first));
  for (let i = 0; i < n; i++) {
    const from = rows[i] * nFeatures + first;
    for (let lane = 0; lane < present.length; lane++) {
      const value = x[from + lane];
      if (!Number.isNaN(value)) group[lane * n + present[lane]++] = single ? Math.fround(value) : value;
    }
  }
  return present;
}
