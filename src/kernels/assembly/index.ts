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
export { placeBins16, placeBins8 } from './tiles';
export { drawItems, drawShare, listRows } from './sampling';
export { classGradients, sigmoidGradients, softmaxProbabilities } from './boosting-gradients';
export { sigmoidLogLoss, softmaxLogLoss } from './log-loss';
export { addTile16, addTile8, clearHistogram, gatherBins, gatherPairs, subtractHistogram } from './gradient-histogram';
export { findSplit, leafScore, leafStep } from './gradient-split';
export { partitionTile16, partitionTile8 } from './tile-partition';
export { addToScores, addWalked16, addWalked8 } from './boosting-scores';
export { walkBoostedBatch, walkBoostedRow } from './boosted-traversal';

export { sigmoidStructure, softmaxStructure } from './oblivious-gradients';
export { bayesianFactors, bernoulliFactors, drawnFactors, weighRows } from './row-factors';
export { nextNormal, normalsBytes, startNormals } from './normals';
export { addSplitScores, bestBorder, histogramTotal } from './oblivious-split';
export {
  addLeafValues,
  addWeightsByLeaf,
  countGroups,
  findLeaves16,
  findLeaves8,
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
