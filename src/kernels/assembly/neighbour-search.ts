/**
 * Where a search for neighbours has its arrays; `search` in the kernels is the
 * address of such a record, of ten u32 in this order. Shapes count in elements;
 * one query after the other.
 */
@unmanaged
export class NeighbourSearch {
  /** f64, n x nFeatures: the training rows. */
  rows: usize;
  /** f64, queries x nFeatures. */
  points: usize;
  /** f64, queries x k: the distances of each query's heap (see top-k). */
  distances: usize;
  /** u32, queries x k: the rows of each query's heap. */
  neighbours: usize;
  /** f64, queries x 4: what filter-scan knows of each query. */
  bounds: usize;
  /** f64, queries: the distance of the nearest row outside the heap, as far as filter-scan has seen. */
  outside: usize;
  /** i32, queries: a row whose score is not above has no chance; see filter-scan. */
  thresholds: usize;
  /** u32, a multiple of 8: the row at each place of the blocks of filter-scan. */
  order: usize;
  nFeatures: i32;
  k: i32;

  point(query: i32): usize {
    return this.points + ((<usize>query * this.nFeatures) << 3);
  }

  row(row: u32): usize {
    return this.rows + ((<usize>row * this.nFeatures) << 3);
  }

  heapDistances(query: i32): usize {
    return this.distances + ((<usize>query * this.k) << 3);
  }

  heapRows(query: i32): usize {
    return this.neighbours + ((<usize>query * this.k) << 2);
  }
}
