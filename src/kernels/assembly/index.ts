// The kernels that the module exports, by their files. They know addresses in
// one linear memory and nothing else: whoever calls them lays the memory out.
export * from './memory';
export { squaredDistance } from './distance';
export { scanExactly } from './exact-scan';
export { roundRow } from './rounding';
export { scanOne, scanQuad } from './filter-scan';
export { offerNeighbour, sortNeighbours } from './top-k';
export { exponentials32, exponentials64, logarithms32, logarithms64 } from './exponential';
export { linearScores, softmaxRows } from './linear-predict';
export { addMoments32, addMoments64 } from './linear';
export { addColumnMoments32, addColumnMoments64, placeBlock32, placeBlock64 } from './rows';
export { sigmoidLoss32, sigmoidLoss64, sigmoidLossMixed } from './sigmoid';
export { softmaxLoss32, softmaxLoss64, softmaxLossMixed } from './softmax';

export { seedRandom } from './random';
export { drawRows, drawWeightedRows } from './bootstrap';
export { binRows } from './binning';
export { log2 } from './logarithm';
export { partitionRows } from './partition';
export { growthBytes, limitGrowth, setUpGrowth } from './growth-layout';
export { grow, startTree } from './growing';
export { walkBatch, walkRow, walkRowMissing } from './traversal';

export { countDistinct, sortNumbers } from './radix-sort';
export { placeBins16, placeBins8, placeCategories16, placeCategories8 } from './tiles';
export { drawItems, drawShare, listRows } from './sampling';
export { classGradients, sigmoidGradients, softmaxProbabilities } from './boosting-gradients';
export { sigmoidLogLoss, softmaxLogLoss } from './log-loss';
export { addTile, addWide, clearHistogram, gatherBins, gatherPairs, subtractHistogram } from './gradient-histogram';
export { leafScore, leafStep } from './leaf-score';
export { findSplit } from './split-search';
export { partitionByCut16, partitionByCut8, partitionBySet16, partitionBySet8 } from './tile-partition';
export { addToScores } from './boosting-scores';
export { walkBoostedBatch, walkBoostedRow, walkMixedBatch, walkMixedRow } from './boosted-traversal';

export { sigmoidStructure, softmaxStructure } from './oblivious-gradients';
export { bayesianFactors, bernoulliFactors, drawFraction, drawnFactors, weighRows } from './row-factors';
export { nextNormal, startNormals } from './normals';
export { addSplitScores, bestBorder, histogramTotal } from './oblivious-split';
export { addLanes } from './lane-histogram';
export {
  addLeafValues,
  addWeightsByLeaf,
  countGroups,
  findLeaves8,
  findLeavesMixed,
  markLeaves,
  markTests,
  groupRows,
  leafCurvature,
  listByLeaf,
  stepGroups,
} from './oblivious-leaves';
export { countBorders, walkObliviousBatch, walkObliviousRow } from './oblivious-traversal';

export { countKeys, joinKeys } from './tuple-keys';
export { addCounts, countedStatistics, countersOf, orderedStatistics, startCounts } from './target-statistics';
export { commonBits, hashTuples, orderTuples, tagTuples } from './tuple-hashes';
export { lookUpStatistics, packEntries } from './statistic-tables';
