import { Workspace } from '../../kernels/workspace.js';
import type { ModelShape } from '../estimator.js';
import type { InParts } from '../in-parts.js';
import { type Forest, LEAF } from './forest-tensors.js';

/** The bytes of a node and a share, and of a feature's values in a block: see kernels/assembly/traversal.ts. */
const NODE_BYTES = 24;
const SHARE_BYTES = 16;
const PLACE_BYTES = 64;
/** The bytes from a node to its left child, and from there to its right one. */
const LEFT_BYTES = 12;
const CHILD_BYTES = 4;
/** Marks a leaf's number as the class of a pure leaf. */
const PURE = 0x8000_0000;
/** The upper half of the NaN that marks a leaf. */
const QUIET_NAN = 0x7ff8_0000;
/** How many nodes, and shares with them, are laid out at a time. */
const PART = 4096;

/** Trees laid out for the kernels that walk them; addresses. */
interface FlatForest {
  readonly nTrees: number;
  readonly roots: number;
  readonly levels: number;
}

/** The bytes that `flattenForest` places. */
export function flatForestBytes(forest: Forest, shape: ModelShape): number {
  return Workspace.sizeOf(nodeBytes(forest, shape), 1) + 2 * Workspace.sizeOf(forest.treeStart.length - 1, 4);
}

/** The bytes of all nodes and shares. */
function nodeBytes({ threshold, shareStart, share }: Forest, { nClasses }: ModelShape): number {
  return (nClasses + threshold.length + shareStart.length - 1) * NODE_BYTES + share.length * SHARE_BYTES;
}

/**
 * Lays the trees out in the order of the tensors; but of the pure leaves, which are
 * one for all trees, only the addresses.
 *
 * @throws RangeError when the nodes are not those of trees, or a split is not valid.
 */
export function* flattenForest(workspace: Workspace, forest: Forest, shape: ModelShape): InParts<FlatForest> {
  const { treeStart, feature } = forest;
  const nTrees = treeStart.length - 1;
  const nodes = new NodeWriter(workspace, forest, shape);
  const roots = workspace.u32(nTrees);
  const levels = workspace.u32(nTrees);
  for (let tree = 0; tree < nTrees; tree++) {
    const nNodes = treeStart[tree + 1] - treeStart[tree];
    levels[tree] = levelsOfMost(nNodes);
    // Where the addresses of the nodes to come belong.
    const open = [roots.address + tree * 4];
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (nodes.written >= PART) {
        nodes.written = 0;
        yield;
      }
      const link = open.pop();
      if (link === undefined) throw notATree(tree);
      if (feature[node] === LEAF) {
        nodes.writeLeaf(link);
      } else {
        const left = nodes.writeSplit(link, feature[node]);
        open.push(left + CHILD_BYTES, left);
      }
      if (open.length > nNodes) throw notATree(tree);
    }
    if (open.length > 0) throw notATree(tree);
  }
  return { nTrees, roots: roots.address, levels: levels.address };
}

/**
 * The levels that most rows go down in a tree: those of a full tree of as many
 * leaves, and some more, since trees are not full.
 */
function levelsOfMost(nNodes: number): number {
  return 32 - Math.clz32(nNodes);
}

function notATree(tree: number): RangeError {
  return new RangeError(`the nodes of tree ${tree} are not those of a tree`);
}

/** Writes nodes in the order of the tensors, and their addresses to where those belong. */
class NodeWriter {
  /** Nodes and shares; for the caller to set back. */
  written = 0;
  /** All of the memory, by the numbers and words of which addresses are multiples. */
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;
  readonly #forest: Forest;
  readonly #shape: ModelShape;
  /** The addresses of the pure leaves, and of the next node. */
  readonly #pure: number;
  #next: number;
  #split = 0;
  #leaf = 0;
  #mixed = 0;

  constructor(workspace: Workspace, forest: Forest, shape: ModelShape) {
    const nodes = workspace.f64(nodeBytes(forest, shape) / 8);
    this.#words = new Uint32Array(nodes.buffer);
    this.#numbers = new Float64Array(nodes.buffer);
    this.#forest = forest;
    this.#shape = shape;
    this.#pure = nodes.address;
    this.#next = nodes.address;
    for (let label = 0; label < shape.nClasses; label++) this.#placeLeaf(PURE + label);
  }

  /** Writes the next split, and its address to `link`; returns where the address of its left child belongs. */
  writeSplit(link: number, feature: number): number {
    const threshold = this.#forest.threshold[this.#split];
    const missingLeft = this.#forest.missingLeft[this.#split];
    const fits = feature >= 0 && feature < this.#shape.nFeatures && threshold > -Infinity && missingLeft <= 1;
    if (!fits) throw new RangeError(`split ${this.#split} of the forest is not valid`);
    this.#split++;
    this.written++;
    const node = this.#place(NODE_BYTES);
    this.#numbers[node / 8] = threshold;
    this.#words[node / 4 + 2] = feature * PLACE_BYTES;
    this.#words[node / 4 + 5] = (1 - missingLeft) * CHILD_BYTES;
    this.#words[link / 4] = node;
    return node + LEFT_BYTES;
  }

  /** Writes the address of the next leaf to `link`, and the leaf if it is mixed. */
  writeLeaf(link: number): void {
    const label = this.#forest.leaf[this.#leaf++];
    this.written++;
    this.#words[link / 4] = label < this.#shape.nClasses ? this.#pure + label * NODE_BYTES : this.#writeMixedLeaf();
  }

  /** Writes the next mixed leaf with its shares, and returns its address. */
  #writeMixedLeaf(): number {
    const { shareStart, shareClass, share } = this.#forest;
    const from = shareStart[this.#mixed++];
    const to = shareStart[this.#mixed];
    this.written += to - from;
    const node = this.#placeLeaf(to - from);
    for (let i = from; i < to; i++) {
      const at = this.#place(SHARE_BYTES);
      this.#words[at / 4] = shareClass[i];
      this.#numbers[at / 8 + 1] = share[i];
    }
    return node;
  }

  /** Writes a leaf, which is both of its own children, and returns its address. */
  #placeLeaf(distribution: number): number {
    const node = this.#place(NODE_BYTES);
    this.#words.set([distribution, QUIET_NAN, 0, node, node, 0], node / 4);
    return node;
  }

  #place(bytes: number): number {
    const address = this.#next;
    this.#next += bytes;
    return address;
  }
}
