import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { type BinnedFeature, binsOf, valueBins } from './binned-feature.js';
import type { Histograms } from './gradient-histograms.js';
import type { CategoryList, NodeSplit } from './gradient-tree.js';
import type { CategoryRules, GrowthRules } from './growth-rules.js';
import { histogramAt, type TileLayout } from './tile-layout.js';

// The records of the kernels' files gradient-split, leaf-score and category-split.
const FEATURE_WORDS = 5;
const ALLOWED = 2;
const PENALTIES = 7;
const SPLIT_NUMBERS = 10;
const SPLIT_FEATURE = 6;
const SPLIT_LIST = 17;
const CATEGORY_NUMBERS = 5;
/** The numbers that a category takes while it waits for its place in the order. */
const CANDIDATE_NUMBERS = 2;
const NO_FEATURE = 0xffff_ffff;
/** A child of no rows has no hessian; what is left by rounding is below this. */
const LEAST_HESSIAN = 1e-16;
/** A row is certain long before; the leaves of as many trees as there can be still sum up in single precision. */
const LARGEST_LEAF = 1e30;

/** Sums over the rows of a node. */
export interface NodeSums {
  readonly count: number;
  readonly gradient: number;
  readonly hessian: number;
}

/** The best split of a node. */
export interface FoundSplit extends NodeSplit {
  readonly gain: number;
  /** The sums of both sides. */
  readonly left: Omit<NodeSums, 'count'>;
  readonly right: Omit<NodeSums, 'count'>;
}

/** Finds splits in histograms, and the steps of leaves. */
export class SplitFinder {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rules: GrowthRules;
  readonly #features: Placed<Uint32Array<ArrayBuffer>>;
  readonly #penalties: Placed<Float64Array<ArrayBuffer>>;
  readonly #ofSets: Placed<Float64Array<ArrayBuffer>>;
  readonly #categories: Placed<Float64Array<ArrayBuffer>>;
  readonly #listed: Placed<Uint32Array<ArrayBuffer>>;
  readonly #best: Placed<Float64Array<ArrayBuffer>>;
  readonly #bestWords: Uint32Array;
  #allowed: Uint32Array | undefined;

  static bytes(layout: TileLayout, rules: GrowthRules): number {
    const [nCategories, most] = categoryRoom(layout, rules);
    return (
      Workspace.sizeOf(layout.features.length * FEATURE_WORDS, 4) +
      2 * Workspace.sizeOf(PENALTIES, 8) +
      Workspace.sizeOf(CATEGORY_NUMBERS, 8) +
      Workspace.sizeOf(CANDIDATE_NUMBERS * nCategories, 8) +
      Workspace.sizeOf(CANDIDATE_NUMBERS * most, 8) +
      Workspace.sizeOf(most, 4) +
      Workspace.sizeOf(SPLIT_NUMBERS, 8)
    );
  }

  constructor(workspace: Workspace, layout: TileLayout, rules: GrowthRules) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rules = rules;
    this.#features = workspace.u32(layout.features.length * FEATURE_WORDS);
    layout.features.forEach((feature, i) => {
      const hasMissing = feature.hasMissing ? 1 : 0;
      const words = [valueBins(feature), hasMissing, 0, histogramAt(layout, i), kindOf(feature, rules.categories)];
      this.#features.set(words, i * FEATURE_WORDS);
    });
    const { lambda, alpha, maxStep, minHessian, minSamples, extraHessian, single } = rules;
    this.#penalties = workspace.f64(PENALTIES);
    const least = Math.max(LEAST_HESSIAN + 2 * extraHessian, minHessian);
    this.#penalties.set([lambda, alpha, maxStep, least, minSamples, extraHessian, single ? 1 : 0]);
    this.#ofSets = workspace.f64(PENALTIES);
    this.#ofSets.set(this.#penalties);
    this.#ofSets[0] += rules.categories.l2;
    const [nCategories, most] = categoryRoom(layout, rules);
    const candidates = workspace.f64(CANDIDATE_NUMBERS * nCategories).address;
    const first = workspace.f64(CANDIDATE_NUMBERS * most).address;
    this.#listed = workspace.u32(most);
    this.#categories = workspace.f64(CATEGORY_NUMBERS);
    const words = new Uint32Array(this.#categories.buffer, this.#categories.byteOffset, 5);
    words.set([this.#ofSets.address, most, candidates, first, this.#listed.address]);
    this.#categories.set([rules.categories.smooth, rules.categories.minPerGroup], 3);
    this.#best = workspace.f64(SPLIT_NUMBERS);
    this.#bestWords = new Uint32Array(this.#best.buffer, this.#best.byteOffset, 2 * SPLIT_NUMBERS);
  }

  /** Limits the search to these features. */
  allow(features: Uint32Array): void {
    if (features === this.#allowed) return;
    this.#allowed = features;
    for (let at = ALLOWED; at < this.#features.length; at += FEATURE_WORDS) this.#features[at] = 0;
    for (const feature of features) this.#features[feature * FEATURE_WORDS + ALLOWED] = 1;
  }

  /** The best split of a node, if there is one that gains enough. */
  find({ address, splittable }: Histograms, { count, gradient, hessian }: NodeSums): FoundSplit | undefined {
    const { kernels } = this.#workspace;
    const { features } = this.#layout;
    const { minGain, extraHessian, inheritsSplittable } = this.#rules;
    const unsplit = kernels.leafScore(gradient, hessian + 2 * extraHessian, this.#penalties.address);
    kernels.findSplit(
      address,
      this.#features.address,
      features.length,
      count,
      gradient,
      hessian,
      this.#penalties.address,
      this.#categories.address,
      this.#rules.fromAbove,
      inheritsSplittable ? unsplit + minGain : -Infinity,
      inheritsSplittable ? splittable.address : 0,
      this.#best.address,
    );
    const [feature, cut, missingLeft] = this.#bestWords.subarray(SPLIT_FEATURE);
    if (feature === NO_FEATURE) return undefined;
    const [score, leftGradient, leftHessian, , , rightGradient, rightHessian] = this.#best;
    const gain = score - unsplit;
    if (!inheritsSplittable && !(gain > minGain)) return undefined;
    return {
      feature,
      cut,
      missingLeft: missingLeft === 1,
      listed: this.#list(),
      gain,
      left: { gradient: leftGradient, hessian: leftHessian },
      right: { gradient: rightGradient, hessian: rightHessian },
    };
  }

  /** The sums over all rows of the histograms, by those of one feature. */
  total({ address }: Histograms, feature: number, count: number): NodeSums {
    const histogram = address + histogramAt(this.#layout, feature);
    const sums = new Float64Array(this.#best.buffer, histogram, 2 * binsOf(this.#layout.features[feature]));
    let gradient = 0;
    let hessian = 0;
    for (let at = 0; at < sums.length; at += 2) {
      gradient += sums[at];
      hessian += sums[at + 1];
    }
    return { count, gradient, hessian };
  }

  #list(): CategoryList | undefined {
    const [n, goLeft] = this.#bestWords.subarray(SPLIT_LIST);
    return n === 0 ? undefined : { bins: this.#listed.slice(0, n), goLeft: goLeft === 1 };
  }

  /**
   * What a leaf of these sums adds to the score.
   *
   * @param split the one whose side it is; absent: none
   */
  leafValue({ gradient, hessian }: NodeSums, split?: NodeSplit): number {
    const penalties = split !== undefined && this.#partsSets(split.feature) ? this.#ofSets : this.#penalties;
    const step = this.#workspace.kernels.leafStep(gradient, hessian, penalties.address);
    return Math.max(-LARGEST_LEAF, Math.min(LARGEST_LEAF, this.#rules.learningRate * step));
  }

  /** Whether the sides of its splits are sets of categories. */
  #partsSets(feature: number): boolean {
    return kindOf(this.#layout.features[feature], this.#rules.categories) === KINDS.LightGBM.sets;
  }
}

/** How a feature is searched: see the kernels' file category-split. */
const NUMBERS = 0;
const KINDS = { LightGBM: { one: 1, sets: 2 }, XGBoost: { one: 3, sets: 4 } } as const;

function kindOf({ categories }: BinnedFeature, { like, mostSingled }: CategoryRules): number {
  if (categories === undefined) return NUMBERS;
  // LightGBM counts the bin of all other categories.
  const nBins = categories.kept + (like === 'LightGBM' ? 1 : 0);
  return nBins <= mostSingled ? KINDS[like].one : KINDS[like].sets;
}

/** The most categories of a feature, and the most that are taken from an end of their order. */
function categoryRoom({ features }: TileLayout, { categories }: GrowthRules): [nCategories: number, most: number] {
  const nCategories = features.reduce((most, { categories: of }) => Math.max(most, of?.kept ?? 0), 0);
  return [nCategories, Math.min(categories.most, nCategories)];
}
