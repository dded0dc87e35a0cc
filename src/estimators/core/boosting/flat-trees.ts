import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { BoostedTrees } from './boosted-trees.js';
import { LEAF } from './gradient-tree.js';

/** The bytes of a node, and of a place in a block of 8 rows (f64): see kernels/assembly/boosted-traversal.ts. */
const NODE_BYTES = 16;
const PLACE_BYTES = 64;

/** Trees laid out for the kernels that walk them; addresses are of the workspace. */
export interface FlatTrees {
  readonly nTrees: number;
  /** The address of the nodes of all trees, 16 bytes each: see kernels/assembly/boosted-traversal.ts. */
  readonly nodes: number;
  /** The address of the roots (u32, shape: nTrees), in bytes from the first node. */
  readonly roots: number;
}

/** The places of a row: its values, their negatives, and a NaN for leaves to look at. */
export function rowPlaces(nFeatures: number): number {
  return 2 * nFeatures + 1;
}

/** The bytes that `flattenTrees` places. */
export function flatTreesBytes({ treeStart, feature }: BoostedTrees): number {
  return Workspace.sizeOf(feature.length, NODE_BYTES) + Workspace.sizeOf(treeStart.length, 4);
}

/**
 * Lays the trees out with the children of each split side by side.
 *
 * @throws RangeError when the nodes are not those of trees, or a split is not valid.
 */
export function flattenTrees(workspace: Workspace, trees: BoostedTrees, nFeatures: number): FlatTrees {
  const { treeStart, feature } = trees;
  const nTrees = treeStart.length - 1;
  const nodes = new NodeWriter(workspace, trees, nFeatures);
  const roots = workspace.u32(treeStart.length);
  for (let tree = 0, next = 0; tree < nTrees; tree++) {
    roots[tree] = next * NODE_BYTES;
    // The places where the nodes to come belong.
    const open = [next++];
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      const place = open.pop();
      if (place === undefined) throw notATree(tree);
      if (feature[node] === LEAF) {
        nodes.writeLeaf(place);
      } else {
        const missingLeft = nodes.writeSplit(place, feature[node], next);
        // Rows with a missing value go to the first child.
        open.push(...(missingLeft ? [next + 1, next] : [next, next + 1]));
        next += 2;
      }
      if (next > treeStart[tree + 1]) throw notATree(tree);
    }
    if (open.length > 0) throw notATree(tree);
  }
  return { nTrees, nodes: nodes.address, roots: roots.address };
}

function notATree(tree: number): RangeError {
  return new RangeError(`the nodes of tree ${tree} are not those of a tree`);
}

/** Writes nodes in the order of the tensors, each to its place. */
class NodeWriter {
  readonly #words: Placed<Uint32Array<ArrayBuffer>>;
  readonly #numbers: Float64Array;
  readonly #trees: BoostedTrees;
  readonly #nFeatures: number;
  #split = 0;
  #leaf = 0;

  constructor(workspace: Workspace, trees: BoostedTrees, nFeatures: number) {
    this.#words = workspace.u32((trees.feature.length * NODE_BYTES) / 4);
    this.#numbers = new Float64Array(this.#words.buffer, this.#words.byteOffset, this.#words.length / 2);
    this.#trees = trees;
    this.#nFeatures = nFeatures;
  }

  get address(): number {
    return this.#words.address;
  }

  /** Returns whether missing values go left. */
  writeSplit(place: number, feature: number, first: number): boolean {
    const threshold = this.#trees.threshold[this.#split];
    const missingLeft = this.#trees.missingLeft[this.#split];
    const fits = feature >= 0 && feature < this.#nFeatures && threshold > -Infinity && missingLeft <= 1;
    if (!fits) throw new RangeError(`split ${this.#split} of the trees is not valid`);
    this.#split++;
    // Where missing values go right, the second child is the left one: -x > -threshold less a little says x <= threshold.
    this.#numbers[place * 2] = missingLeft === 1 ? threshold : numberBelow(-threshold);
    this.#words[place * 4 + 2] = (missingLeft === 1 ? feature : feature + this.#nFeatures) * PLACE_BYTES;
    this.#words[place * 4 + 3] = first * NODE_BYTES;
    return missingLeft === 1;
  }

  writeLeaf(place: number): void {
    this.#numbers[place * 2] = this.#trees.leafValue[this.#leaf++];
    this.#words[place * 4 + 2] = 2 * this.#nFeatures * PLACE_BYTES;
    this.#words[place * 4 + 3] = place * NODE_BYTES;
  }
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/** The largest number below `value`; -Infinity has none, and stays. */
export function numberBelow(value: number): number {
  if (value === -Infinity) return value;
  if (value === 0) return -Number.MIN_VALUE;
  double[0] = value;
  bits[0] += value > 0 ? -1n : 1n;
  return double[0];
}
