import { type Placed, Workspace } from '../../kernels/workspace.js';
import type { BinnedFeatures } from './binned-features.js';
import type { GrowthLimits } from './growth-limits.js';

/** The values that a call of the kernel looks at, well within 50 ms. */
const BUDGET = 4_000_000;
/** Entropy takes several times as long as gini. */
const ENTROPY_BUDGET = BUDGET / 4;

const NODE_WORDS = 4;
const ENTRY_WORDS = 2;

/** What the growing needs to know beforehand. */
export interface GrowthSize {
  readonly nRows: number;
  readonly nFeatures: number;
  readonly nClasses: number;
  readonly limits: GrowthLimits;
}

/** A tree as the kernel leaves it, until the next one grows; node 0 is its root. */
export interface GrownTree {
  /** LEAF, or the feature that the split looks at. */
  feature(node: number): number;
  /** The left child, which the right one follows; of a leaf its first entry, or its class when it has none. */
  next(node: number): number;
  threshold(node: number): number;
  /** 1 or 0. */
  missingLeft(node: number): number;
  nEntries(node: number): number;
  entryClass(entry: number): number;
  entryWeight(entry: number): number;
  /** Shape: nFeatures, the sum of the gains of the splits at each. */
  readonly importances: Float64Array;
}

/** Grows trees in a workspace, one after the other: the view of kernels/assembly/growth.ts from outside. */
export class TreeGrower {
  /** Shape: nRows, whole numbers that sum up to less than 2^32; rows of weight 0 are left out. */
  readonly weights: Placed<Uint32Array<ArrayBuffer>>;
  /** The state of the random draws of a tree. */
  readonly random: number;
  readonly #workspace: Workspace;
  readonly #growth: number;
  readonly #budget: number;
  readonly #importances: Float64Array;
  readonly #tree: GrownTree;

  /** The bytes that it places. */
  static bytes(size: GrowthSize): number {
    const { nRows, nFeatures, nClasses, limits } = size;
    const growth = new Workspace(0).kernels.growthBytes(nRows, nFeatures, nClasses, limits.maxLeaves);
    return [
      [growth, 1],
      [maxNodes(size) * NODE_WORDS, 4],
      [maxEntries(size) * ENTRY_WORDS, 4],
      [nFeatures, 8],
      [nRows, 4],
      [nRows, 4],
      [1, 8],
    ].reduce((sum, [length, width]) => sum + Workspace.sizeOf(length, width), 0);
  }

  /** Those of them that stay untouched, and so take no memory, while trees have no more than `nNodes` nodes. */
  static untouchedBytes(size: GrowthSize, nNodes: number, pure: boolean): number {
    const nodes = Math.max(0, maxNodes(size) - nNodes) * NODE_WORDS * 4;
    return nodes + (pure ? maxEntries(size) * ENTRY_WORDS * 4 : 0);
  }

  constructor(
    workspace: Workspace,
    size: GrowthSize,
    features: BinnedFeatures,
    labels: Int32Array,
    budget = size.limits.entropy ? ENTROPY_BUDGET : BUDGET,
  ) {
    const { nRows, nFeatures, nClasses, limits } = size;
    const { kernels } = workspace;
    const growth = workspace.u8(kernels.growthBytes(nRows, nFeatures, nClasses, limits.maxLeaves));
    const nodes = workspace.i32(maxNodes(size) * NODE_WORDS);
    const entries = workspace.u32(maxEntries(size) * ENTRY_WORDS);
    const importances = workspace.f64(nFeatures);
    const placedLabels = workspace.u32(nRows);
    placedLabels.set(labels);
    this.weights = workspace.u32(nRows);
    this.random = workspace.f64(1).address;
    kernels.setUpGrowth(
      growth.address,
      nRows,
      nFeatures,
      nClasses,
      limits.maxLeaves,
      features.columns.address,
      placedLabels.address,
      nodes.address,
      entries.address,
      importances.address,
    );
    kernels.limitGrowth(
      growth.address,
      limits.entropy,
      limits.maxFeatures,
      limits.maxDepth,
      limits.minSplit,
      limits.minLeaf,
      limits.minWeightFraction,
      limits.minDecrease,
    );
    this.#workspace = workspace;
    this.#growth = growth.address;
    this.#budget = budget;
    this.#importances = importances;
    this.#tree = readTree(nodes, entries, importances, features);
  }

  /** Grows a tree on the rows as `weights` has them; `pause` is called every few milliseconds. */
  grow(pause: () => void): GrownTree {
    const { kernels } = this.#workspace;
    this.#importances.fill(0);
    kernels.startTree(this.#growth, this.weights.address, this.random);
    while (kernels.grow(this.#growth, this.#budget) === 0) pause();
    return this.#tree;
  }
}

function readTree(
  nodes: Int32Array<ArrayBuffer>,
  entries: Uint32Array,
  importances: Float64Array,
  features: BinnedFeatures,
): GrownTree {
  const bytes = new Uint8Array(nodes.buffer, nodes.byteOffset, nodes.byteLength);
  return {
    importances,
    feature: (node) => nodes[node * NODE_WORDS],
    next: (node) => nodes[node * NODE_WORDS + 1],
    nEntries: (node) => nodes[node * NODE_WORDS + 2],
    threshold(node) {
      const at = (node * NODE_WORDS + 3) * 4;
      return features.threshold(nodes[node * NODE_WORDS], bytes[at], bytes[at + 1]);
    },
    missingLeft: (node) => bytes[(node * NODE_WORDS + 3) * 4 + 2],
    entryClass: (entry) => entries[entry * ENTRY_WORDS],
    entryWeight: (entry) => entries[entry * ENTRY_WORDS + 1],
  };
}

/** The most nodes that a tree can have. */
function maxNodes({ nRows, limits }: GrowthSize): number {
  const byDepth = limits.maxDepth < 31 ? 2 ** limits.maxDepth : Infinity;
  return 2 * Math.min(nRows, limits.maxLeaves || Infinity, byDepth);
}

/** The most entries of its leaves; the last leaf may pass them by, until it is seen that it needs none. */
function maxEntries({ nRows, nClasses, limits }: GrowthSize): number {
  return Math.min(nRows, (limits.maxLeaves || Infinity) * nClasses) + nClasses;
}
