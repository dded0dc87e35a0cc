// The kernels that the module exports, by their files. They know addresses in
// one linear memory and nothing else: whoever calls them lays the memory out.
export * from './memory';
export { manhattanDistance, squaredDistance } from './distance';
export { scanExactly } from './exact-scan';
export { scanOne, scanQuad } from './filter-scan';
export { offerNeighbour, sortNeighbours } from './top-k';
