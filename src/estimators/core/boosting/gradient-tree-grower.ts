import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { FeatureSampler } from './feature-sampler.js';
import { GradientHistograms, type Histograms } from './gradient-histograms.js';
import { type GradientNode, type GradientTree, LEAF } from './gradient-tree.js';
import { type GrowthRules, mostLeaves } from './growth-rules.js';
import { Heap } from './heap.js';
import { RowPartition } from './row-partition.js';
import { type FoundSplit, type NodeSums, SplitFinder } from './split-finder.js';
import type { TileLayout } from './tile-layout.js';
import type { TiledRows } from './tiled-rows.js';

interface Child {
  readonly node: GradientNode;
  /** Its number in the tree. */
  readonly number: number;
  /** Its number among the leaves: a left child has that of its parent, a right one the next. */
  readonly leaf: number;
  readonly sums: NodeSums;
}

/** A node that can be split. */
interface Candidate extends Child {
  readonly depth: number;
  readonly split: FoundSplit;
  /** Undefined where there was no place for them. */
  readonly histograms: Histograms | undefined;
}

/** Grows trees on the gradients of binned rows, one after the other. */
export class GradientTreeGrower {
  /** The rows that the tree is grown on; after it has grown, those of each leaf stand together. */
  readonly rows: Placed<Uint32Array<ArrayBuffer>>;
  readonly #workspace: Workspace;
  readonly #rules: GrowthRules;
  readonly #partition: RowPartition;
  readonly #spare: Placed<Uint32Array<ArrayBuffer>>;
  readonly #histograms: GradientHistograms;
  readonly #finder: SplitFinder;
  readonly #sampler: FeatureSampler;
  readonly #pause: () => void;

  // The tree in growth.
  #pairs = 0;
  #nodes: GradientNode[] = [];
  #candidates: Heap<Candidate>;

  static bytes(nRows: number, layout: TileLayout, rules: GrowthRules): number {
    const nFeatures = layout.features.length;
    return (
      2 * Workspace.sizeOf(nRows, 4) +
      GradientHistograms.bytes(layout, nRows, slotsOf(layout, rules, nRows)) +
      SplitFinder.bytes(layout, rules) +
      RowPartition.bytes(layout) +
      FeatureSampler.bytes(nFeatures)
    );
  }

  /**
   * @param random the address of a stream of random numbers
   * @param pause called every few milliseconds
   */
  constructor(
    workspace: Workspace,
    layout: TileLayout,
    tiled: TiledRows,
    rules: GrowthRules,
    random: number,
    pause: () => void,
  ) {
    const { nRows } = tiled;
    this.#workspace = workspace;
    this.#rules = rules;
    this.#partition = new RowPartition(workspace, layout, tiled);
    this.rows = workspace.u32(nRows);
    this.#spare = workspace.u32(nRows);
    this.#histograms = new GradientHistograms(workspace, layout, tiled, slotsOf(layout, rules, nRows));
    this.#finder = new SplitFinder(workspace, layout, rules);
    this.#sampler = new FeatureSampler(workspace, layout.features.length, rules, random);
    this.#pause = pause;
    this.#candidates = new Heap(orderOf(rules));
  }

  /**
   * Grows a tree on the first `count` of `rows`.
   *
   * @param pairs the address of gradient and hessian (f32) of every row
   */
  grow(pairs: number, count: number): GradientTree {
    this.#pairs = pairs;
    this.#nodes = [];
    this.#addRoot(count);
    let nLeaves = 1;
    for (let next = this.#candidates.pop(); next !== undefined; next = this.#candidates.pop()) {
      if (nLeaves < this.#rules.maxLeaves && this.#split(next, nLeaves)) nLeaves++;
      else this.#histograms.giveBack(next.histograms);
    }
    return this.#nodes;
  }

  /** Adds the leaves of the tree that has grown to the scores (f32) of the rows that it was grown on. */
  addLeaves(tree: GradientTree, scores: number): void {
    for (const { feature, begin, count, value } of tree) {
      if (feature !== LEAF) continue;
      this.#workspace.kernels.addToScores(scores, this.rows.address + begin * 4, count, value);
    }
  }

  #addRoot(count: number): void {
    const all = count === this.rows.length;
    if (all) this.#workspace.kernels.listRows(count, this.rows.address);
    const features = this.#sampler.startTree();
    if (features.length === 0) {
      this.#addNode(0, this.#sumPairs(count), 0);
      return;
    }
    this.#histograms.limitTo(features);
    const histograms = this.#histograms.takeAny();
    this.#histograms.sum(histograms, this.#pairs, all ? 0 : this.rows.address, count, this.#pause);
    const root = this.#addNode(0, this.#finder.total(histograms, features[0], count), 0);
    this.#consider(root, 0, histograms);
  }

  /**
   * Splits a node, whose histograms it takes over, unless all rows would be on one side.
   *
   * @param nLeaves the leaves that there are before
   */
  #split({ node, leaf, depth, split, histograms }: Candidate, nLeaves: number): boolean {
    const { begin, count } = node;
    const nLeft = this.#partition.part(this.rows.address + begin * 4, count, split, this.#spare.address);
    // Sums that rounding has left over can promise a child without rows.
    if (nLeft === 0 || nLeft === count) return false;
    const ofLeft = { count: nLeft, ...split.left };
    const ofRight = { count: count - nLeft, ...split.right };
    const left = this.#addNode(begin, ofLeft, leaf, split);
    const right = this.#addNode(begin + nLeft, ofRight, nLeaves, split);
    Object.assign(node, {
      feature: split.feature,
      cut: split.cut,
      missingLeft: split.missingLeft,
      listed: split.listed,
      gain: split.gain,
      left: left.number,
      right: right.number,
    });
    const children = ofLeft.count <= ofRight.count ? [left, right] : [right, left];
    if (nLeaves + 1 < this.#rules.maxLeaves && depth + 1 < this.#rules.maxDepth)
      this.#goOn(children, depth + 1, histograms);
    else this.#histograms.giveBack(histograms);
    return true;
  }

  /** Looks for the splits of two children, the smaller one first; the larger one has what the smaller lacks of its parent. */
  #goOn(children: readonly Child[], depth: number, ofParent: Histograms | undefined): void {
    const splittable = children.map(({ sums }) => sums.count >= 2 * Math.max(1, this.#rules.minSamples));
    if (!splittable[1]) {
      this.#histograms.giveBack(ofParent);
      return;
    }
    const [small, large] = children;
    const ofSmall = ofParent && this.#histograms.take(ofParent);
    if (ofParent !== undefined && ofSmall !== undefined) {
      this.#sum(small, ofSmall);
      this.#histograms.subtract(ofParent, ofSmall);
      if (splittable[0]) this.#consider(small, depth, ofSmall);
      else this.#histograms.giveBack(ofSmall);
      this.#consider(large, depth, ofParent);
      return;
    }
    this.#histograms.giveBack(ofParent);
    children.forEach((child, i) => {
      if (!splittable[i]) return;
      const histograms = this.#histograms.takeAny();
      this.#sum(child, histograms);
      this.#consider(child, depth, histograms);
    });
  }

  #sum({ node: { begin, count } }: Child, histograms: Histograms): void {
    this.#histograms.sum(histograms, this.#pairs, this.rows.address + begin * 4, count, this.#pause);
  }

  /** Makes a node a candidate if it has a split; it keeps its histograms until then. */
  #consider({ node, number, leaf, sums }: Child, depth: number, histograms: Histograms): void {
    this.#finder.allow(this.#sampler.forNode(depth));
    const split = this.#finder.find(histograms, sums);
    if (split === undefined) {
      this.#histograms.giveBack(histograms);
      return;
    }
    const kept = histograms === this.#histograms.scratch ? undefined : histograms;
    this.#candidates.push({ node, number, leaf, depth, sums, split, histograms: kept });
  }

  /** @param split the one that it is a side of; absent: it is the root */
  #addNode(begin: number, sums: NodeSums, leaf: number, split?: FoundSplit): Child {
    const node: GradientNode = {
      feature: LEAF,
      cut: 0,
      missingLeft: false,
      gain: 0,
      left: 0,
      right: 0,
      value: this.#finder.leafValue(sums, split),
      begin,
      count: sums.count,
    };
    return { node, number: this.#nodes.push(node) - 1, leaf, sums };
  }

  #sumPairs(count: number): NodeSums {
    const pairs = new Float32Array(this.rows.buffer, this.#pairs, 2 * this.rows.length);
    let gradient = 0;
    let hessian = 0;
    for (const row of this.rows.subarray(0, count)) {
      gradient += pairs[2 * row];
      hessian += pairs[2 * row + 1];
    }
    return { count, gradient, hessian };
  }
}

/** Which of two candidates is split first. */
function orderOf({ bestFirst, tiesByFeature, maxLeaves }: GrowthRules): (a: Candidate, b: Candidate) => boolean {
  if (bestFirst && tiesByFeature) {
    return (a, b) => {
      if (a.split.gain !== b.split.gain) return a.split.gain > b.split.gain;
      return a.split.feature < b.split.feature || (a.split.feature === b.split.feature && a.leaf < b.leaf);
    };
  }
  if (bestFirst) return (a, b) => a.split.gain > b.split.gain || (a.split.gain === b.split.gain && a.number < b.number);
  if (maxLeaves < Infinity) return (a, b) => a.depth < b.depth || (a.depth === b.depth && a.number < b.number);
  // In any order the tree is the same; with the deepest first, few nodes wait.
  return (a, b) => a.depth > b.depth || (a.depth === b.depth && a.number < b.number);
}

/** The most nodes that have histograms at one time. */
function slotsOf(layout: TileLayout, rules: GrowthRules, nRows: number): number {
  const { bestFirst, maxLeaves, maxDepth } = rules;
  const leaves = mostLeaves(rules, nRows);
  // Where the order of nodes does not matter, the deepest comes first.
  const open = bestFirst || maxLeaves < Infinity ? leaves : Math.min(leaves, maxDepth + 1);
  return GradientHistograms.slots(layout, open + 1);
}
