import { type Placed, Workspace } from '../../kernels/workspace.js';
import { copyInParts, forParts, type InParts } from '../in-parts.js';
import type { Matrix } from '../matrix.js';
import { binaryExponent } from './binary-exponent.js';
import { FilteredSearch, PART_BYTES } from './filtered-search.js';
import { placeRoundedRows, type RoundedRows } from './rounded-rows.js';
import { roundingBytes, roundingOf } from './rounding.js';

/** The most bytes of heaps: there are fewer queries in a batch when they have many neighbours. */
const HEAP_BYTES = 2 ** 24;
const MAX_BATCH = 256;
/** Values past this power of two have squares that may be infinite, or 0. */
const MAX_EXPONENT = 500;
/** Where the largest of such values is brought: as far in, so that queries further out still have squares. */
const SCALED_EXPONENT = 440;
const NO_ROW = 0xffffffff;

/**
 * Exact search for the k nearest rows, in double precision; of rows as far as the
 * last of them, those that scikit-learn's brute force keeps (see the kernel top-k).
 * Euclidean searches look at rows rounded to 16 bits first, and take distances
 * only of those that have a chance (see the kernel filter-scan).
 */
export class NeighbourSearch {
  /** The most queries that one call of `find` takes. */
  readonly batch: number;
  /** Shape: batch x k, the nearest first: distances, for p = 2 their squares, in a unit of their own. */
  readonly distances: Placed<Float64Array>;
  /** Shape: batch x k, the numbers of the rows. */
  readonly neighbours: Placed<Uint32Array>;

  readonly #workspace: Workspace;
  /** Where everything is; see the kernels' file neighbour-search. */
  readonly #record: Placed<Uint32Array>;
  readonly #points: Placed<Float64Array>;
  /** Two points, interleaved. */
  readonly #pair: Placed<Float64Array>;
  readonly #filtered: FilteredSearch | undefined;
  /** Which queries take the exact scan. */
  readonly #exactly: Uint8Array;
  /** The numbers of those queries. */
  readonly #marked: Uint8Array;
  readonly #n: number;
  readonly #scale: number;

  /** The bytes of the workspace of a search among `n` rows. */
  static bytes(n: number, nFeatures: number, k: number, p: number): number {
    const batch = batchOf(k);
    const sizes = [n * nFeatures, batch * nFeatures, 2 * nFeatures, batch * k, batch * k, 10];
    return sizes.reduce(
      (sum, length) => sum + Workspace.sizeOf(length, 8),
      p === 2 ? roundingBytes(nFeatures) + FilteredSearch.sizeOf(n, nFeatures, batch) : 0,
    );
  }

  /**
   * A search among rows, which are copied, in parts.
   *
   * @param x shape: n x nFeatures, row-major, finite
   */
  static *of(x: Float64Array | Float32Array, nFeatures: number, k: number, p: number): InParts<NeighbourSearch> {
    const workspace = new Workspace(NeighbourSearch.bytes(x.length / nFeatures, nFeatures, k, p));
    const rows = workspace.f64(x.length);
    const scale = yield* scaleOf(x);
    yield* copyInParts(rows, x);
    if (scale !== 1) {
      yield* forParts(rows.length, (from, to) => {
        for (let i = from; i < to; i++) rows[i] *= scale;
      });
    }
    const rounding = p === 2 ? yield* roundingOf(workspace, rows, nFeatures) : undefined;
    const rounded = rounding && (yield* placeRoundedRows(workspace, rows, nFeatures, rounding));
    return new NeighbourSearch(workspace, rows, rounded, scale, nFeatures, k, p);
  }

  /** @param rows shape: n x nFeatures, brought to `scale` */
  private constructor(
    workspace: Workspace,
    rows: Placed<Float64Array>,
    rounded: RoundedRows | undefined,
    scale: number,
    private readonly nFeatures: number,
    private readonly k: number,
    private readonly p: number,
  ) {
    this.#n = rows.length / nFeatures;
    this.batch = batchOf(k);
    const { batch } = this;
    this.#workspace = workspace;
    this.#scale = scale;
    this.#points = workspace.f64(batch * nFeatures);
    this.#pair = workspace.f64(2 * nFeatures);
    this.distances = workspace.f64(batch * k);
    this.neighbours = workspace.u32(batch * k);
    this.#exactly = new Uint8Array(batch);
    this.#marked = new Uint8Array(batch);
    this.#filtered = rounded && new FilteredSearch(workspace, rounded, nFeatures, k, batch);
    this.#record = workspace.u32(10);
    this.#record.set([
      rows.address,
      this.#points.address,
      this.distances.address,
      this.neighbours.address,
      this.#filtered?.bounds.address ?? 0,
      this.#filtered?.outside.address ?? 0,
      this.#filtered?.thresholds.address ?? 0,
      this.#filtered?.rounded.order.address ?? 0,
      nFeatures,
      k,
    ]);
  }

  /** The bytes that it keeps. */
  get memoryBytes(): number {
    return this.#workspace.byteLength;
  }

  /** Finds the neighbours of the `count` rows of `x` from `first` on. */
  find({ data, columns }: Matrix, first: number, count: number): void {
    const { nFeatures, k } = this;
    this.#clear(0, count);
    for (let query = 0; query < count; query++) {
      const from = (first + query) * columns;
      for (let j = 0; j < nFeatures; j++) this.#points[query * nFeatures + j] = data[from + j] * this.#scale;
    }
    if (this.#filtered === undefined) this.#exactly.fill(1, 0, count);
    else this.#filter(this.#filtered, count);
    this.#scanExactly(count);
    const { kernels } = this.#workspace;
    for (let query = 0; query < count; query++)
      kernels.sortNeighbours(this.distances.address + query * k * 8, this.neighbours.address + query * k * 4, k);
  }

  #clear(from: number, to: number): void {
    this.distances.fill(Infinity, from * this.k, to * this.k);
    this.neighbours.fill(NO_ROW, from * this.k, to * this.k);
  }

  /** Fills heaps behind the filter, and marks the queries that this does not settle. */
  #filter(filtered: FilteredSearch, count: number): void {
    filtered.fill(this.#record.address, this.#points, count, this.#exactly);
    // Of rows equally far, some may have been left out.
    for (let query = 0; query < count; query++)
      if (filtered.outside[query] === this.distances[query * this.k]) this.#exactly[query] = 1;
  }

  /** Scans all rows for the marked queries, two at a time, in parts that stay in a cache for all of them. */
  #scanExactly(count: number): void {
    let nMarked = 0;
    for (let query = 0; query < count; query++) {
      if (this.#exactly[query] === 0) continue;
      this.#clear(query, query + 1);
      this.#marked[nMarked++] = query;
    }
    if (nMarked === 0) return;
    const part = Math.max(4, Math.floor(PART_BYTES / (32 * this.nFeatures)) * 4);
    for (let from = 0; from < this.#n; from += part) {
      const to = Math.min(this.#n, from + part);
      for (let i = 0; i < nMarked; i += 2)
        this.#scanPair(from, to, this.#marked[i], this.#marked[Math.min(i + 1, nMarked - 1)]);
    }
  }

  #scanPair(from: number, to: number, first: number, second: number): void {
    const { nFeatures } = this;
    for (let j = 0; j < nFeatures; j++) {
      this.#pair[2 * j] = this.#points[first * nFeatures + j];
      this.#pair[2 * j + 1] = this.#points[second * nFeatures + j];
    }
    const { kernels } = this.#workspace;
    kernels.scanExactly(this.#record.address, from, to, this.#pair.address, first, second, this.p);
  }
}

/** The queries of a batch: fewer when they have many neighbours. */
function batchOf(k: number): number {
  return Math.min(MAX_BATCH, Math.max(4, 4 * Math.floor(HEAP_BYTES / (48 * k))));
}

/**
 * A power of two that keeps the squares of the differences apart from infinity
 * and 0, by which values can be multiplied exactly; 1 for all but extreme values.
 * Queries whose squares are infinite all the same count as equally far from every
 * row.
 */
function* scaleOf(x: Float64Array | Float32Array): InParts<number> {
  let largest = 0;
  yield* forParts(x.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const magnitude = Math.abs(x[i]);
      if (magnitude > largest) largest = magnitude;
    }
  });
  if (largest === 0) return 1;
  const exponent = binaryExponent(largest);
  if (Math.abs(exponent) < MAX_EXPONENT) return 1;
  return 2 ** (Math.sign(exponent) * SCALED_EXPONENT - exponent);
}
