import { type Placed, Workspace } from '../../kernels/workspace.js';
import { type RoundedRows, roundedRowsBytes } from './rounded-rows.js';
import { round, type Rounded } from './rounding.js';

/** Rows are gone through in parts of this size, which stay in a cache for all queries of a batch. */
export const PART_BYTES = 262_144;
/** The blocks of the first part: few, to see early whether the filter is of use. */
const FIRST_PART = 64;
/** The blocks that a walk along sorted rows takes at one time. */
const STRIDE = 16;
const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;

/** The Euclidean search that looks at rounded rows first; see the kernel filter-scan. */
export class FilteredSearch {
  /** Shape: batch x 4; see the kernel. */
  readonly bounds: Placed<Float64Array>;
  /** Shape: batch; the distance of the nearest row that was left out, at the least that of the farthest neighbour. */
  readonly outside: Placed<Float64Array>;
  /** Shape: batch. */
  readonly thresholds: Placed<Int32Array>;
  readonly #grid: Placed<Int16Array>;
  /** The distances taken for a query, or for four at the first of them. */
  readonly #taken: Float64Array;
  readonly #result: Rounded = { norm: 0, error: 0, fits: false };

  constructor(
    private readonly workspace: Workspace,
    readonly rounded: RoundedRows,
    private readonly nFeatures: number,
    private readonly k: number,
    batch: number,
  ) {
    this.bounds = workspace.f64(batch * 4);
    this.outside = workspace.f64(batch);
    this.thresholds = workspace.i32(batch);
    this.#grid = workspace.i16(batch * 2 * this.rounded.pairs);
    this.#taken = new Float64Array(batch);
  }

  /** The bytes that a search takes of a workspace. */
  static sizeOf(n: number, nFeatures: number, batch: number): number {
    const grid = Workspace.sizeOf(batch * 2 * Math.ceil(nFeatures / 2), 2);
    const queries = Workspace.sizeOf(batch * 4, 8) + Workspace.sizeOf(batch, 8) + Workspace.sizeOf(batch, 4);
    return roundedRowsBytes(n, nFeatures) + queries + grid;
  }

  /**
   * Fills the heaps of the first `count` queries, whose points (shape: count x
   * nFeatures) are those of the record `search`. Sets a flag in `failed` for each
   * for which the filter does not do: its heap is of no use.
   */
  fill(search: number, points: Placed<Float64Array>, count: number, failed: Uint8Array): void {
    this.#taken.fill(0, 0, count);
    this.outside.fill(Infinity, 0, count);
    for (let query = 0; query < count; query++) failed[query] = this.#round(points.address, query) ? 0 : 1;
    const { leading } = this.rounded;
    if (leading === undefined) this.#sweep(search, count, failed);
    else
      for (let query = 0; query < count; query++)
        if (failed[query] === 0 && !this.#walk(search, query, leading)) failed[query] = 1;
  }

  /** Moves the point of a query to the grid, if it is on it. */
  #round(points: number, query: number): boolean {
    const { nFeatures } = this;
    const { rounding, error, pairs } = this.rounded;
    const result = this.#result;
    round(this.workspace, rounding, points + query * nFeatures * 8, this.#grid.address + query * pairs * 4, 4, result);
    const at = 4 * query;
    this.bounds[at] = result.norm;
    this.bounds[at + 1] = result.error + error;
    this.bounds[at + 2] = rounding.unit;
    this.bounds[at + 3] = 1 + (nFeatures + 8) * 2 ** -50;
    // No row has a chance with a query off the grid.
    this.thresholds[query] = result.fits ? LOWEST : HIGHEST;
    return result.fits;
  }

  /** Takes all rows past all queries, four at a time. */
  #sweep(search: number, count: number, failed: Uint8Array): void {
    const { nBlocks, blockBytes } = this.rounded;
    const most = Math.max(1, Math.floor(PART_BYTES / blockBytes));
    for (let from = 0, part = FIRST_PART; from < nBlocks; from += part, part *= 2) {
      part = Math.min(part, most);
      const to = Math.min(nBlocks, from + part);
      for (let query = 0, size = 0; query < count; query += size) {
        size = query + 4 <= count ? 4 : 1;
        if (this.#taken[query] === Infinity || this.#scan(search, from, to, query, size, 8 * to)) continue;
        this.#taken[query] = Infinity;
        failed.fill(1, query, query + size);
      }
    }
  }

  /**
   * Takes the rows past one query from where it is among them, along the feature
   * by which they are sorted, until that alone is too far.
   */
  #walk(search: number, query: number, leading: NonNullable<RoundedRows['leading']>): boolean {
    const { nBlocks, pairs } = this.rounded;
    const { feature, first, last } = leading;
    const own = this.#grid[query * pairs * 2 + feature];
    let up = lowerBound(last, own);
    let down = up;
    for (;;) {
      const above = up < nBlocks ? first[up] - own : Infinity;
      const below = down > 0 ? own - last[down - 1] : Infinity;
      const gap = Math.max(0, Math.min(above, below));
      // What the kernel asks of scores, said of distances: norm - 2 score.
      if (gap * gap >= this.bounds[4 * query] - 2 * this.thresholds[query]) return true;
      if (gap === Infinity) return true;
      const from = above <= below ? up : Math.max(0, down - STRIDE);
      const to = above <= below ? Math.min(nBlocks, up + STRIDE) : down;
      if (above <= below) up = to;
      else down = from;
      if (!this.#scan(search, from, to, query, 1, 8 * (up - down) + 4096)) return false;
    }
  }

  /** Scans blocks for four queries or one, and tells whether that pays with `seen` rows seen. */
  #scan(search: number, from: number, to: number, query: number, size: number, seen: number): boolean {
    const { kernels } = this.workspace;
    const { blocks, pairs } = this.rounded;
    const scan = size === 4 ? kernels.scanQuad : kernels.scanOne;
    const grid = this.#grid.address + query * pairs * 4;
    this.#taken[query] += scan(search, blocks.address, from, to, pairs, grid, query);
    return this.#taken[query] <= size * distanceBudget(seen, this.k);
  }
}

/**
 * The most distances that filtering `seen` rows may take for a query: twice what
 * it takes in a random order of rows, and as many more as cost what the exact
 * scan costs, about an eighth of it for each row.
 */
function distanceBudget(seen: number, k: number): number {
  return 2 * k * (1 + Math.log(Math.max(1, seen / k))) + seen / 8;
}

/** The first index of the ascending `values` whose value is at least `value`. */
function lowerBound(values: Int16Array, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
