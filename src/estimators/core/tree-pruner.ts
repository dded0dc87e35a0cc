import type { TrainingSet } from '../estimator.js';
import { LEAF } from './forest-tensors.js';
import type { Impurity } from './impurity.js';
import { PrunedTree } from './pruned-tree.js';
import type { WeightedRows } from './row-weights.js';
import type { GrownTree } from './tree-grower.js';
import { TreeWalk } from './tree-walk.js';

/** After so many nodes, some 10 ms of work, others may have their say. */
const PAUSE_NODES = 16_384;

interface PrunerOptions {
  readonly impurity: Impurity;
  /** The least risk that a branch must save for each leaf more than one: ccp_alpha. */
  readonly alpha: number;
}

/** What lies below a node, pruned. */
interface Branch {
  /** Shape: nClasses. */
  readonly classWeights: number[];
  /** The sum over its leaves. */
  readonly risk: number;
  readonly nLeaves: number;
}

/**
 * Minimal cost-complexity pruning (L. Breiman, J. Friedman, R. Olshen and
 * C. Stone, Classification and Regression Trees, 1984, chapter 3), with the risk
 * that scikit-learn gives a node: its impurity times its share of the tree's
 * weight.
 *
 * The weakest link is the split whose branch saves the least risk for each leaf
 * more than one. There the tree is cut, again and again, while that saving is at
 * most alpha. What remains is the smallest of the subtrees of least risk plus
 * alpha for each leaf, so one pass from the leaves to the root finds it as well:
 * a split is cut if its branch, pruned before, saves no more than alpha.
 */
export class TreePruner {
  readonly #options: PrunerOptions;
  readonly #nFeatures: number;
  readonly #nClasses: number;
  readonly #walk: TreeWalk;
  // By node, of which a tree has fewer than two a row.
  /** The weight of the rows in a leaf. */
  readonly #weight: Float64Array;
  /** The risk of the node as a leaf. */
  readonly #risk: Float64Array;
  readonly #isCut: Uint8Array;
  /** The nodes below one in pre-order, the last first. */
  readonly #nodes: Uint32Array;

  /** The bytes that it keeps; the branches that wait to be joined are no more than the tree is deep. */
  static bytes(nRows: number): number {
    return TreeWalk.bytes(nRows) + 2 * nRows * (8 + 8 + 1 + 4);
  }

  constructor(training: TrainingSet, rows: WeightedRows, options: PrunerOptions) {
    const maxNodes = 2 * rows.nRows;
    this.#options = options;
    this.#nFeatures = training.nFeatures;
    this.#nClasses = training.nClasses;
    this.#walk = new TreeWalk(training, rows);
    this.#weight = new Float64Array(maxNodes);
    this.#risk = new Float64Array(maxNodes);
    this.#isCut = new Uint8Array(maxNodes);
    this.#nodes = new Uint32Array(maxNodes);
  }

  /**
   * The pruned tree, with the importances of the splits that it keeps; it looks
   * into `tree`, and lasts as long.
   *
   * @param weights shape: nRows, those that the tree has grown on; 0 where a row was left out
   */
  prune(tree: GrownTree, weights: Uint32Array, pause: () => void): GrownTree {
    this.#weight.fill(0);
    this.#walk.visit(
      tree,
      (row) => weights[row] > 0,
      (row, leaf) => (this.#weight[leaf] += weights[row]),
      pause,
    );
    this.#findCuts(tree, pause);
    return this.#cut(tree);
  }

  #findCuts(tree: GrownTree, pause: () => void): void {
    const { alpha, impurity } = this.#options;
    const nodes = this.#nodesBelow(tree, 0);
    const total = nodes.reduce((sum, node) => sum + this.#weight[node], 0);
    const branches: Branch[] = [];
    // From the end of the pre-order, a split comes after its right branch and then its left one.
    for (let i = 0; i < nodes.length; i++) {
      if (i % PAUSE_NODES === 0) pause();
      const node = nodes[i];
      const isLeaf = tree.feature(node) === LEAF;
      const branch = isLeaf ? this.#leafAt(tree, node) : joined(branches.pop(), branches.pop());
      const { classWeights } = branch;
      const weight = classWeights.reduce((sum, ofClass) => sum + ofClass, 0);
      const risk = (weight * impurity(classWeights, weight)) / total;
      const isCut = !isLeaf && (risk - branch.risk) / (branch.nLeaves - 1) <= alpha;
      this.#risk[node] = risk;
      this.#isCut[node] = isCut ? 1 : 0;
      branches.push(isLeaf || isCut ? { classWeights, risk, nLeaves: 1 } : branch);
    }
  }

  /** Cuts the tree where its uppermost cuts are. */
  #cut(tree: GrownTree): PrunedTree {
    const pruned = new PrunedTree(tree, this.#nFeatures);
    const waiting = [0];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const feature = tree.feature(node);
      if (feature === LEAF) continue;
      if (this.#isCut[node] === 1) {
        pruned.cutAt(node, this.#classWeightsBelow(tree, node));
        continue;
      }
      const left = tree.next(node);
      pruned.importances[feature] += Math.max(0, this.#risk[node] - this.#risk[left] - this.#risk[left + 1]);
      waiting.push(left + 1, left);
    }
    return pruned;
  }

  #classWeightsBelow(tree: GrownTree, top: number): number[] {
    const classWeights = this.#noWeights();
    for (const node of this.#nodesBelow(tree, top)) {
      if (tree.feature(node) === LEAF) this.#addLeaf(tree, node, classWeights);
    }
    return classWeights;
  }

  /** A node and all below it, in pre-order, the last first; until they are asked for again. */
  #nodesBelow(tree: GrownTree, top: number): Uint32Array {
    let first = this.#nodes.length;
    const waiting = [top];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      this.#nodes[--first] = node;
      if (tree.feature(node) === LEAF) continue;
      const left = tree.next(node);
      waiting.push(left + 1, left);
    }
    return this.#nodes.subarray(first);
  }

  #addLeaf(tree: GrownTree, leaf: number, classWeights: number[]): void {
    const nEntries = tree.nEntries(leaf);
    const first = tree.next(leaf);
    if (nEntries === 0) classWeights[first] += this.#weight[leaf];
    for (let entry = first; entry < first + nEntries; entry++) {
      classWeights[tree.entryClass(entry)] += tree.entryWeight(entry);
    }
  }

  #leafAt(tree: GrownTree, leaf: number): Branch {
    const classWeights = this.#noWeights();
    this.#addLeaf(tree, leaf, classWeights);
    return { classWeights, risk: 0, nLeaves: 1 };
  }

  #noWeights(): number[] {
    return Array.from({ length: this.#nClasses }, () => 0);
  }
}

/** The branch of a split; that of its left side takes up that of its right one. */
function joined(left: Branch | undefined, right: Branch | undefined): Branch {
  if (left === undefined || right === undefined) throw new RangeError('a split lacks a side');
  const { classWeights } = left;
  right.classWeights.forEach((weight, label) => (classWeights[label] += weight));
  return { classWeights, risk: left.risk + right.risk, nLeaves: left.nLeaves + right.nLeaves };
}
