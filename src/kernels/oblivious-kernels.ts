/** The kernels of oblivious trees; each is documented in its file under `assembly/`. */
export interface ObliviousKernels {
  // oblivious-gradients.ts
  sigmoidStructure(
    scores: number,
    labels: number,
    weights: number,
    nRows: number,
    pairs: number,
    norms: number,
    sums: number,
  ): void;
  softmaxStructure(
    probabilities: number,
    labels: number,
    weights: number,
    nRows: number,
    nClasses: number,
    pairs: number,
    norms: number,
    sums: number,
  ): void;
  // row-factors.ts
  bayesianFactors(random: number, nRows: number, temperature: number, factors: number): void;
  bernoulliFactors(random: number, nRows: number, share: number, factors: number): void;
  drawnFactors(random: number, nRows: number, share: number, extra: number, factors: number): void;
  drawFraction(random: number): number;
  weighRows(factors: number, nRows: number, pairs: number, nPairs: number, pitch: number, rows: number): number;
  // normals.ts
  startNormals(normals: number): void;
  nextNormal(normals: number, random: number): number;
  // oblivious-split.ts
  histogramTotal(histogram: number, nBins: number, total: number): void;
  addSplitScores(
    histograms: number,
    offset: number,
    nLeaves: number,
    nPairs: number,
    totals: number,
    single: boolean,
    nBorders: number,
    l2: number,
    least: number,
    squares: number,
    sums: number,
    pitch: number,
  ): void;
  bestBorder(
    sums: number,
    pitch: number,
    nBorders: number,
    deviation: number,
    normals: number,
    random: number,
    score: number,
  ): number;
  // lane-histogram.ts
  addLanes(tile: number, rows: number, count: number, pairs: number, histograms: number): void;
  // oblivious-leaves.ts
  findLeaves8: FindLeaves;
  findLeavesMixed: FindLeaves;
  markLeaves(bins: number, stride: number, nRows: number, cut: number, level: number, leaves: number): void;
  markTests(bins: number, rowBytes: number, nRows: number, split: number, bit: number, marks: number): void;
  countGroups(leaves: number, labels: number, bits: number, nRows: number, counts: number): void;
  groupRows(
    scores: number,
    labels: number,
    weights: number,
    leaves: number,
    nRows: number,
    next: number,
    odds: number,
    grouped: number,
  ): void;
  stepGroups(
    odds: number,
    weights: number,
    starts: number,
    nGroups: number,
    factors: number,
    stepped: number,
    slopes: number,
  ): number;
  leafCurvature(
    rows: number,
    count: number,
    probabilities: number,
    pitch: number,
    nClasses: number,
    labels: number,
    weights: number,
    row: number,
    slopes: number,
    matrix: number,
  ): number;
  listByLeaf(leaves: number, nRows: number, next: number, rows: number): void;
  addLeafValues(scores: number, leaves: number, nRows: number, values: number): void;
  addWeightsByLeaf(weights: number, leaves: number, nRows: number, sums: number): void;
  // oblivious-traversal.ts
  countBorders(
    x: number,
    stride: number,
    nRows: number,
    list: number,
    nPlaces: number,
    places: number,
    pitch: number,
  ): void;
  walkObliviousRow(trees: number, nTrees: number, nOutputs: number, outputs: number): void;
  walkObliviousBatch(nBlocks: number, trees: number, nTrees: number, nOutputs: number, outputs: number): void;
}

type FindLeaves = (
  bins: number,
  rowBytes: number,
  nRows: number,
  splits: number,
  nSplits: number,
  leaves: number,
) => void;
