/** The kernels of boosted trees; each is documented in its file under `assembly/`. */
export interface BoostingKernels {
  // tiles.ts, tile-partition.ts
  placeBins8: PlaceBins;
  placeBins16: PlaceBins;
  placeCategories8: PlaceCategories;
  placeCategories16: PlaceCategories;
  partitionByCut8: PartitionByCut;
  partitionByCut16: PartitionByCut;
  partitionBySet8: PartitionBySet;
  partitionBySet16: PartitionBySet;
  // radix-sort.ts
  sortNumbers(values: number, n: number, spare: number): void;
  countDistinct(values: number, n: number, lengths: number): number;
  // sampling.ts
  listRows(nRows: number, rows: number): void;
  drawShare(random: number, nRows: number, share: number, drawn: number, rest: number): number;
  drawItems(random: number, items: number, n: number, count: number): void;
  // boosting-gradients.ts, log-loss.ts
  sigmoidGradients(scores: number, labels: number, weights: number, nRows: number, least: number, pairs: number): void;
  softmaxProbabilities(scores: number, nRows: number, nClasses: number, probabilities: number): void;
  classGradients(
    probabilities: number,
    label: number,
    labels: number,
    weights: number,
    nRows: number,
    factor: number,
    least: number,
    pairs: number,
  ): void;
  sigmoidLogLoss(scores: number, labels: number, weights: number, nRows: number, step: number, sums: number): void;
  softmaxLogLoss(
    scores: number,
    labels: number,
    weights: number,
    nRows: number,
    nClasses: number,
    step: number,
    sums: number,
  ): void;
  // gradient-histogram.ts, split-search.ts, leaf-score.ts
  gatherPairs(pairs: number, rows: number, count: number, gathered: number): void;
  gatherBins(bins: number, rowBytes: number, rows: number, count: number, gathered: number): void;
  addTile(bins: number, rowBytes: number, width: number, count: number, pairs: number, histograms: number): void;
  addWide(bins: number, rowBytes: number, count: number, pairs: number, histogram: number): void;
  clearHistogram(at: number, bytes: number): void;
  subtractHistogram(from: number, other: number, bytes: number): void;
  findSplit(
    histograms: number,
    features: number,
    nFeatures: number,
    count: number,
    gradient: number,
    hessian: number,
    penalties: number,
    categories: number,
    fromAbove: boolean,
    floor: number,
    splittable: number,
    best: number,
  ): void;
  leafScore(gradient: number, hessian: number, penalties: number): number;
  leafStep(gradient: number, hessian: number, penalties: number): number;
  // boosting-scores.ts
  addToScores(scores: number, rows: number, count: number, value: number): void;
  // boosted-traversal.ts
  walkBoostedBatch: WalkBatch;
  walkBoostedRow: WalkRow;
  walkMixedBatch: WalkBatch;
  walkMixedRow: WalkRow;
}

type PlaceBins = (
  x: number,
  nBlock: number,
  nFeatures: number,
  edges: number,
  nEdges: number,
  missingBin: number,
  bins: number,
  rowBytes: number,
) => void;

type PlaceCategories = (
  x: number,
  nBlock: number,
  nFeatures: number,
  kept: number,
  all: number,
  unseenBin: number,
  bins: number,
  rowBytes: number,
) => void;

type PartitionByCut = (
  rows: number,
  count: number,
  bins: number,
  rowBytes: number,
  cut: number,
  alsoLeft: number,
  spare: number,
) => number;

type PartitionBySet = (
  rows: number,
  count: number,
  bins: number,
  rowBytes: number,
  set: number,
  spare: number,
) => number;

type WalkBatch = (
  x: number,
  nBlocks: number,
  blockBytes: number,
  nodes: number,
  roots: number,
  nTrees: number,
  nOutputs: number,
  outputs: number,
) => void;

type WalkRow = (x: number, nodes: number, roots: number, nTrees: number, nOutputs: number, outputs: number) => void;
