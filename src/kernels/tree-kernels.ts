/** The kernels of trees; each is documented in its file under `assembly/`. */
export interface TreeKernels {
  // Trees: random.ts, bootstrap.ts, binning.ts, logarithm.ts, partition.ts, growth-layout.ts, growing.ts, traversal.ts.
  seedRandom(random: number, seed: number, stream: number): void;
  drawRows(random: number, nRows: number, nDraws: number, counts: number): void;
  drawWeightedRows(random: number, sums: number, nRows: number, nDraws: number, counts: number): void;
  binRows(
    x: number,
    nBlock: number,
    nFeatures: number,
    edges: number,
    columns: number,
    nRows: number,
    first: number,
    lows: number,
    highs: number,
  ): void;
  log2(x: number): number;
  partitionRows(
    rows: number,
    samples: number,
    count: number,
    column: number,
    low: number,
    missing: number,
    spareRows: number,
    spareSamples: number,
  ): number;
  growthBytes(nRows: number, nFeatures: number, nClasses: number, maxLeaves: number): number;
  setUpGrowth(
    growth: number,
    nRows: number,
    nFeatures: number,
    nClasses: number,
    maxLeaves: number,
    columns: number,
    labels: number,
    nodes: number,
    entries: number,
    importances: number,
  ): void;
  limitGrowth(
    growth: number,
    entropy: boolean,
    maxFeatures: number,
    maxDepth: number,
    minSplit: number,
    minLeaf: number,
    minWeightFraction: number,
    minDecrease: number,
  ): void;
  startTree(growth: number, weights: number, random: number): void;
  /** Returns 1 when the tree is done, 0 when the budget is. */
  grow(growth: number, budget: number): number;
  walkBatch(
    x: number,
    nBlocks: number,
    nFeatures: number,
    roots: number,
    levels: number,
    nTrees: number,
    nClasses: number,
    sums: number,
    standing: number,
    waiting: number,
  ): void;
  walkRow(x: number, roots: number, nTrees: number, sums: number): void;
  walkRowMissing(x: number, roots: number, nTrees: number, sums: number): void;
}
