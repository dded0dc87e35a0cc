/** The kernels of nearest neighbours; each is documented in its file under `assembly/`. */
export interface NeighbourKernels {
  // Nearest neighbours: distance, top-k, exact-scan, filter-scan.
  squaredDistance(a: number, b: number, n: number): number;
  manhattanDistance(a: number, b: number, n: number): number;
  offerNeighbour(distances: number, rows: number, k: number, distance: number, row: number): number;
  sortNeighbours(distances: number, rows: number, k: number): void;
  scanExactly(search: number, from: number, to: number, pair: number, first: number, second: number, p: number): void;
  scanQuad: FilterScan;
  scanOne: FilterScan;
}

/** A scan of rounded rows for the queries from `query` on; returns the distances taken. */
type FilterScan = (
  search: number,
  blocks: number,
  from: number,
  to: number,
  pairs: number,
  rounded: number,
  query: number,
) => number;
