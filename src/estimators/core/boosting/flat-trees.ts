import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { ModelShape } from '../../estimator.js';
import type { InParts } from '../../in-parts.js';
import type { BoostedTrees } from './boosted-trees.js';
import { lastPlace, laySet, wordsOfPlaces } from './category-places.js';
import { categoriesOf, listedBy } from './category-sets.js';
import { LEAF } from './gradient-tree.js';

/** The bytes of a node, of one of trees that part categories, and of a place in a block of 8 rows (f64): see kernels/assembly/boosted-traversal.ts. */
const NODE_BYTES = 16;
const MIXED_NODE_BYTES = 32;
const PLACE_BYTES = 64;
/** How many nodes, and words of their sets with them, are laid out at a time. */
const PART = 4096;
/** How many splits are asked for the size of their sets at a time, and how many categories they may list. */
const SETS = 256;

/** Trees laid out for the kernels that walk them; addresses are of the workspace. */
export interface FlatTrees {
  readonly nTrees: number;
  /** The address of the nodes of all trees: see kernels/assembly/boosted-traversal.ts. */
  readonly nodes: number;
  /** The address of the roots (u32, shape: nTrees), in bytes from the first node. */
  readonly roots: number;
  /** Whether splits part categories, so that the walks have to know of them. */
  readonly haveCategories: boolean;
}

/** The places of a row: its values, their negatives, and a NaN for leaves to look at. */
export function rowPlaces(nFeatures: number): number {
  return 2 * nFeatures + 1;
}

/** What the trees are laid out by. */
interface Layout {
  readonly shape: ModelShape;
  /** Whether categories that the training has not seen go left. */
  readonly unseenLeft: boolean;
  /** As `setWordsOf` says. */
  readonly nSetWords: number;
}

/**
 * The bytes that `flattenTrees` places.
 *
 * @param nSetWords as `setWordsOf` says
 */
export function flatTreesBytes(trees: BoostedTrees, nSetWords: number): number {
  const { treeStart, feature } = trees;
  return (
    Workspace.sizeOf(feature.length, nodeBytesOf(trees)) +
    Workspace.sizeOf(treeStart.length, 4) +
    Workspace.sizeOf(nSetWords, 4)
  );
}

function nodeBytesOf({ categories }: BoostedTrees): number {
  return categories === undefined ? NODE_BYTES : MIXED_NODE_BYTES;
}

/** The words of the sets of all splits that part categories. */
export function* setWordsOf({ categories }: BoostedTrees): InParts<number> {
  let sum = 0;
  if (categories === undefined) return sum;
  for (let split = 0; split < categories.listedLeft.length; split++) {
    if (split % SETS === 0 || categories.start[split + 1] - categories.start[split] > SETS) yield;
    sum += wordsOfPlaces(lastPlace(categories, split));
  }
  return sum;
}

/**
 * Lays the trees out with the children of each split side by side.
 *
 * @throws RangeError when the nodes are not those of trees, or a split is not valid.
 */
export function* flattenTrees(workspace: Workspace, trees: BoostedTrees, layout: Layout): InParts<FlatTrees> {
  const { treeStart, feature } = trees;
  const nTrees = treeStart.length - 1;
  const nodes = new NodeWriter(workspace, trees, layout);
  const roots = workspace.u32(treeStart.length);
  for (let tree = 0, next = 0; tree < nTrees; tree++) {
    roots[tree] = next * nodeBytesOf(trees);
    // The places where the nodes to come belong.
    const open = [next++];
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (nodes.written >= PART) {
        nodes.written = 0;
        yield;
      }
      const place = open.pop();
      if (place === undefined) throw notATree(tree);
      if (feature[node] === LEAF) {
        nodes.writeLeaf(place);
      } else {
        const leftIsFirst = nodes.writeSplit(place, feature[node], next);
        open.push(...(leftIsFirst ? [next + 1, next] : [next, next + 1]));
        next += 2;
      }
      if (next > treeStart[tree + 1]) throw notATree(tree);
    }
    if (open.length > 0) throw notATree(tree);
  }
  nodes.requireEnd();
  return { nTrees, nodes: nodes.address, roots: roots.address, haveCategories: trees.categories !== undefined };
}

function notATree(tree: number): RangeError {
  return new RangeError(`the nodes of tree ${tree} are not those of a tree`);
}

/** Writes nodes in the order of the tensors, each to its place. */
class NodeWriter {
  /** Nodes, and words of sets; for the caller to set back. */
  written = 0;
  readonly #words: Placed<Uint32Array<ArrayBuffer>>;
  readonly #numbers: Float64Array;
  readonly #nodeBytes: number;
  readonly #sets: Placed<Uint32Array<ArrayBuffer>>;
  readonly #trees: BoostedTrees;
  readonly #shape: ModelShape;
  readonly #nFeatures: number;
  readonly #unseenLeft: boolean;
  #split = 0;
  #leaf = 0;
  #categorySplit = 0;
  #nSetWords = 0;

  constructor(workspace: Workspace, trees: BoostedTrees, { shape, unseenLeft, nSetWords }: Layout) {
    this.#nodeBytes = nodeBytesOf(trees);
    this.#words = workspace.u32((trees.feature.length * this.#nodeBytes) / 4);
    this.#numbers = new Float64Array(this.#words.buffer, this.#words.byteOffset, this.#words.length / 2);
    this.#sets = workspace.u32(nSetWords);
    this.#trees = trees;
    this.#shape = shape;
    this.#nFeatures = shape.nFeatures;
    this.#unseenLeft = unseenLeft;
  }

  get address(): number {
    return this.#words.address;
  }

  /** Returns whether the first child is the left one. */
  writeSplit(place: number, feature: number, first: number): boolean {
    const threshold = this.#trees.threshold[this.#split];
    const missingLeft = this.#trees.missingLeft[this.#split];
    const nCategories = categoriesOf(this.#shape, feature);
    const fits = nCategories > 0 ? this.#fitsSet(threshold, nCategories) : threshold > -Infinity;
    if (!(feature >= 0 && feature < this.#nFeatures && fits && missingLeft <= 1)) {
      throw new RangeError(`split ${this.#split} of the trees is not valid`);
    }
    this.#split++;
    if (nCategories > 0) {
      this.#writeSet(place, feature, first, missingLeft === 1);
      return true;
    }
    // Rows with a missing value go to the first child. Where missing values go right, the second child is the left one: -x > -threshold less a little says x <= threshold.
    const value = missingLeft === 1 ? feature : feature + this.#nFeatures;
    this.#write(place, missingLeft === 1 ? threshold : numberBelow(-threshold), value, first);
    return missingLeft === 1;
  }

  /** Whether the next set is one of a feature of so many categories. */
  #fitsSet(threshold: number, nCategories: number): boolean {
    const { categories } = this.#trees;
    const split = this.#categorySplit;
    if (!Number.isNaN(threshold) || categories === undefined || split >= categories.listedLeft.length) return false;
    return listedBy(categories, split).every((category) => category < nCategories);
  }

  #writeSet(place: number, feature: number, first: number, missingLeft: boolean): void {
    const { categories } = this.#trees;
    if (categories === undefined) throw new RangeError('there are no sets of categories');
    const last = lastPlace(categories, this.#categorySplit);
    const end = this.#nSetWords + wordsOfPlaces(last);
    const set = this.#sets.subarray(this.#nSetWords, end);
    laySet(categories, this.#categorySplit, missingLeft, this.#unseenLeft, set);
    this.#write(place, Infinity, feature, first);
    this.#words.set([set.byteOffset, last], (place * this.#nodeBytes) / 4 + 4);
    this.written += end - this.#nSetWords;
    this.#nSetWords = end;
    this.#categorySplit++;
  }

  /** @throws RangeError when there are sets left that belong to no split. */
  requireEnd(): void {
    const { categories } = this.#trees;
    if (this.#categorySplit === (categories?.listedLeft.length ?? 0)) return;
    throw new RangeError('there are sets of categories that belong to no split');
  }

  writeLeaf(place: number): void {
    this.#write(place, this.#trees.leafValue[this.#leaf++], 2 * this.#nFeatures, place);
  }

  /** Writes a node, with an empty set where it has room for one. */
  #write(place: number, threshold: number, value: number, first: number): void {
    const at = (place * this.#nodeBytes) / 4;
    this.written++;
    this.#numbers[at / 2] = threshold;
    this.#words[at + 2] = value * PLACE_BYTES;
    this.#words[at + 3] = first * this.#nodeBytes;
    // What is left of the node is 0, and so is a set without anything in it.
    if (this.#nodeBytes === MIXED_NODE_BYTES) this.#words[at + 4] = this.#words.byteOffset + (at + 6) * 4;
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
