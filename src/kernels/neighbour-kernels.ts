/** The kernels of nearest neighbours; each is documented in its file under `assembly/`. */
export interface NeighbourKernels {
  // distance.ts, top-k.ts, exact-scan.ts, rounding.ts, filter-scan.ts
  squaredDistance(a: number, b: number, n: number): number;
  offerNeighbour(distances: number, rows: number, k: number, distance: number, row: number): number;
  sortNeighbours(distances: number, rows: number, k: number): void;
  scanExactly(search: number, from: number, to: number, pair: number, first: number, second: number, p: number): void;
  roundRow(
    row: number,
    centre: number,
    nFeatures: number,
    unit: number,
    target: number,
    stride: number,
    result: number,
  ): void;
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
