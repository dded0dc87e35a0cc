// The kernels that the module exports, by their files. They know addresses in
// one linear memory and nothing else: whoever calls them lays the memory out.
export * from './memory';

export { seedRandom } from './random';
export { drawRows, drawWeightedRows } from './bootstrap';
export { binRows } from './binning';
export { log2 } from './logarithm';
export { partitionRows } from './partition';
export { growthBytes, limitGrowth, setUpGrowth } from './growth-layout';
export { entryCount, grow, nodeCount, startTree } from './growing';
export { walkBatch, walkRow, walkRowMissing } from './traversal';
