import { Workspace } from '../../kernels/workspace.js';

/** The most columns that are copied side by side: as many numbers as a line of the cache has. */
const MAX_GROUP = 8;
/** The values of a group, so that many rows take no more memory than they must: 4 MiB. */
const GROUP_VALUES = 524_288;

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
  return Workspace.sizeOf(groupOf(nRows) * nRows, 8) + Workspace.sizeOf(nRows, 8) + Workspace.sizeOf(nRows, 4);
}

/** The distinct values of one column after the other, missing ones left out; each is gone when the next one comes. */
export function* distinctValues(sample: ColumnSample): Generator<DistinctValues> {
  const { nFeatures, rows } = sample;
  const n = rows.length;
  const size = groupOf(n);
  const workspace = new Workspace(distinctValuesBytes(n));
  const group = workspace.f64(size * n);
  const spare = workspace.f64(n);
  const counts = workspace.u32(n);
  const { kernels } = workspace;
  for (let first = 0; first < nFeatures; first += size) {
    const present = copyGroup(sample, first, Math.min(size, nFeatures - first), group);
    for (let lane = 0; lane < present.length; lane++) {
      const column = group.subarray(lane * n, lane * n + present[lane]);
      kernels.sortNumbers(column.byteOffset, present[lane], spare.address);
      const nDistinct = kernels.countDistinct(column.byteOffset, present[lane], counts.address);
      yield { values: column.subarray(0, nDistinct), counts: counts.subarray(0, nDistinct) };
    }
  }
}

/** The columns of a group of `nRows` rows. */
function groupOf(nRows: number): number {
  return Math.max(1, Math.min(MAX_GROUP, Math.floor(GROUP_VALUES / nRows)));
}

/** Copies `count` columns one behind the other, and returns how many values of each are not missing. */
function copyGroup(
  { x, nFeatures, rows, single }: ColumnSample,
  first: number,
  count: number,
  group: Float64Array,
): Uint32Array {
  const n = rows.length;
  const present = new Uint32Array(count);
  for (let i = 0; i < n; i++) {
    const from = rows[i] * nFeatures + first;
    for (let lane = 0; lane < present.length; lane++) {
      const value = x[from + lane];
      if (!Number.isNaN(value)) group[lane * n + present[lane]++] = single ? Math.fround(value) : value;
    }
  }
  return present;
}
