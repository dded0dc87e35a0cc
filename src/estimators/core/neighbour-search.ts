import { type Placed, Workspace } from '../../kernels/workspace.js';
import type { Matrix } from '../matrix.js';
import { placeRoundedRows, type RoundedRows, roundedRowsBytes } from './rounded-rows.js';
import { round, type Rounded, roundingOf } from './rounding.js';

/** Rows are gone through in parts of this size, which stay in a cache for all queries of a batch. */
const PART_BYTES = 262_144;
/** The most bytes of heaps: there are fewer queries in a batch when they have many neighbours. */
const HEAP_BYTES = 2 ** 24;
const MAX_BATCH = 256;
/** Values past this power of two have squares that may be infinite, or 0. */
const MAX_EXPONENT = 500;
/** Where the largest of such values is brought: as far in, so that queries further out still have squares. */
const SCALED_EXPONENT = 440;
const NO_ROW = 0xffffffff;

/**
 * Exact search for the k nearest rows, in double precision; of equally near rows
 * the earlier ones. Euclidean searches look at rows rounded to 16 bits first, and
 * take distances only of those that have a chance (see the kernel filter-scan).
 */
export class NeighbourSearch {
  /** The most queries that one call of `find` takes. */
  readonly batch: number;
  /** Shape: batch x k, the nearest first: distances, for p = 2 their squares, in a unit of their own. */
  readonly distances: Placed<Float64Array>;
  /** Shape: batch x k, the numbers of the rows. */
  readonly neighbours: Placed<Uint32Array>;

  readonly #workspace: Workspace;
  readonly #record: Placed<Uint32Array>;
  readonly #points: Placed<Float64Array>;
  readonly #pair: Placed<Float64Array>;
  readonly #bounds: Placed<Float64Array>;
  readonly #thresholds: Placed<Int32Array>;
  readonly #grid: Placed<Int16Array>;
  readonly #rounded: RoundedRows | undefined;
  /** Which queries take the exact scan. */
  readonly #exactly: Uint8Array;
  /** The distances taken for each four queries, at the first of them. */
  readonly #taken: Float64Array;
  readonly #result: Rounded = { norm: 0, error: 0, fits: false };
  readonly #n: number;
  readonly #scale: number;

  /** @param x shape: n x nFeatures, row-major, finite */
  constructor(
    x: Float64Array | Float32Array,
    private readonly nFeatures: number,
    private readonly k: number,
    private readonly p: number,
  ) {
    const n = x.length / nFeatures;
    this.#n = n;
    this.batch = Math.min(MAX_BATCH, Math.max(4, 4 * Math.floor(HEAP_BYTES / (48 * k))));
    const { batch } = this;
    const gridWidth = 2 * Math.ceil(nFeatures / 2);
    const workspace = new Workspace(
      [
        [x.length, 8],
        [batch * nFeatures, 8],
        [2 * nFeatures, 8],
        [batch * k, 8],
        [batch * k, 4],
        [batch * 4, 8],
        [batch, 4],
        [batch * gridWidth, 2],
        [9, 4],
      ].reduce((sum, [length, width]) => sum + Workspace.sizeOf(length, width), roundedRowsBytes(n, nFeatures)),
    );
    this.#workspace = workspace;
    const rows = workspace.f64(x.length);
    this.#scale = scaleOf(x);
    for (let i = 0; i < x.length; i++) rows[i] = x[i] * this.#scale;
    this.#points = workspace.f64(batch * nFeatures);
    this.#pair = workspace.f64(2 * nFeatures);
    this.distances = workspace.f64(batch * k);
    this.neighbours = workspace.u32(batch * k);
    this.#bounds = workspace.f64(batch * 4);
    this.#thresholds = workspace.i32(batch);
    this.#grid = workspace.i16(batch * gridWidth);
    this.#exactly = new Uint8Array(batch);
    this.#taken = new Float64Array(batch);
    const rounding = p === 2 ? roundingOf(rows, nFeatures) : undefined;
    this.#rounded = rounding && placeRoundedRows(workspace, rows, nFeatures, rounding);
    this.#record = workspace.u32(9);
    this.#record.set([
      rows.address,
      this.#points.address,
      this.distances.address,
      this.neighbours.address,
      this.#bounds.address,
      this.#thresholds.address,
      this.#rounded?.order.address ?? 0,
      nFeatures,
      k,
    ]);
  }

  /** Finds the neighbours of the `count` rows of `x` from `first` on. */
  find({ data, columns }: Matrix, first: number, count: number): void {
    const { nFeatures, k } = this;
    this.#clear(0, count);
    for (let query = 0; query < count; query++) {
      const from = (first + query) * columns;
      for (let j = 0; j < nFeatures; j++) this.#points[query * nFeatures + j] = data[from + j] * this.#scale;
    }
    if (this.#rounded === undefined) this.#exactly.fill(1, 0, count);
    else this.#filter(this.#rounded, count);
    this.#scanExactly(count);
    const { kernels } = this.#workspace;
    for (let query = 0; query < count; query++)
      kernels.sortNeighbours(this.distances.address + query * k * 8, this.neighbours.address + query * k * 4, k);
  }

  /** Searches with the filter, four queries at a time, and marks those for which that does not do. */
  #filter(rounded: RoundedRows, count: number): void {
    for (let query = 0; query < count; query++) this.#round(rounded, query);
    this.#taken.fill(0, 0, count);
    const { kernels } = this.#workspace;
    const { blocks, nBlocks, blockBytes, pairs } = rounded;
    const record = this.#record.address;
    const most = Math.max(1, Math.floor(PART_BYTES / blockBytes));
    // The first parts are smaller, to see early whether the filter is of use.
    for (let from = 0, part = 64; from < nBlocks; from += part, part *= 2) {
      part = Math.min(part, most);
      const to = Math.min(nBlocks, from + part);
      const budget = distanceBudget(8 * to, this.k);
      for (let query = 0, size = 0; query < count; query += size) {
        const isQuad = query + 4 <= count;
        size = isQuad ? 4 : 1;
        if (this.#taken[query] > size * budget) continue;
        const scan = isQuad ? kernels.scanQuad : kernels.scanOne;
        const grid = this.#grid.address + query * pairs * 4;
        this.#taken[query] += scan(record, blocks.address, from, to, pairs, grid, query);
        if (this.#taken[query] > size * budget) this.#giveUp(query, size);
      }
    }
  }

  /** Leaves the queries to the exact scan, which begins again. */
  #giveUp(query: number, size: number): void {
    this.#taken[query] = Infinity;
    this.#exactly.fill(1, query, query + size);
    this.#clear(query, query + size);
  }

  #clear(from: number, to: number): void {
    this.distances.fill(Infinity, from * this.k, to * this.k);
    this.neighbours.fill(NO_ROW, from * this.k, to * this.k);
  }

  #round({ rounding, error, pairs }: RoundedRows, query: number): void {
    const { nFeatures } = this;
    const result = this.#result;
    const point = this.#points.subarray(query * nFeatures, (query + 1) * nFeatures);
    round(rounding, point, this.#grid, query * pairs * 2, 1, result);
    const at = 4 * query;
    this.#bounds[at] = result.norm;
    this.#bounds[at + 1] = result.error + error;
    this.#bounds[at + 2] = rounding.unit;
    this.#bounds[at + 3] = 1 + (nFeatures + 8) * 2 ** -50;
    // A query off the grid has no row with a chance there.
    this.#thresholds[query] = result.fits ? -(2 ** 31) : 2 ** 31 - 1;
    this.#exactly[query] = result.fits ? 0 : 1;
  }

  /** Scans all rows for the marked queries, two at a time. */
  #scanExactly(count: number): void {
    let waiting = -1;
    for (let query = 0; query < count; query++) {
      if (this.#exactly[query] === 0) continue;
      if (waiting < 0) {
        waiting = query;
      } else {
        this.#scanPair(waiting, query);
        waiting = -1;
      }
    }
    if (waiting >= 0) this.#scanPair(waiting, waiting);
  }

  #scanPair(first: number, second: number): void {
    const { nFeatures } = this;
    for (let j = 0; j < nFeatures; j++) {
      this.#pair[2 * j] = this.#points[first * nFeatures + j];
      this.#pair[2 * j + 1] = this.#points[second * nFeatures + j];
    }
    const { kernels } = this.#workspace;
    kernels.scanExactly(this.#record.address, 0, this.#n, this.#pair.address, first, second, this.p);
  }
}

/**
 * The most distances that filtering `seen` rows may take for a query: twice what
 * it takes in a random order of rows, and as many more as cost what the exact
 * scan costs, about a quarter of the time for each row.
 */
function distanceBudget(seen: number, k: number): number {
  return 2 * k * (1 + Math.log(Math.max(1, seen / k))) + seen / 8;
}

/**
 * A power of two that keeps the squares of the differences apart from infinity
 * and 0, by which values can be multiplied exactly; 1 for all but extreme values.
 * Queries whose squares are infinite all the same count as equally far from every
 * row.
 */
function scaleOf(x: Float64Array | Float32Array): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]));
  if (largest === 0) return 1;
  const exponent = Math.floor(Math.log2(largest));
  if (Math.abs(exponent) < MAX_EXPONENT) return 1;
  return 2 ** (Math.sign(exponent) * SCALED_EXPONENT - exponent);
}
