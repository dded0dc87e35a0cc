import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { binsOf } from './binned-feature.js';
import type { Histograms } from './gradient-histograms.js';
import type { GrowthRules } from './growth-rules.js';
import type { TileLayout } from './tile-layout.js';

// The records of the kernels' file gradient-split.
const FEATURE_WORDS = 3;
const ALLOWED = 2;
const PENALTIES = 7;
const SPLIT_NUMBERS = 9;
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
export interface FoundSplit {
  readonly feature: number;
  readonly cut: number;
  readonly missingLeft: boolean;
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
  readonly #best: Placed<Float64Array<ArrayBuffer>>;
  readonly #bestWords: Uint32Array;
  #allowed: Uint32Array | undefined;

  static bytes(nFeatures: number): number {
    return (
      Workspace.sizeOf(nFeatures * FEATURE_WORDS, 4) +
      Workspace.sizeOf(PENALTIES, 8) +
      Workspace.sizeOf(SPLIT_NUMBERS, 8)
    );
  }

  constructor(workspace: Workspace, layout: TileLayout, rules: GrowthRules) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rules = rules;
    this.#features = workspace.u32(layout.features.length * FEATURE_WORDS);
    layout.features.forEach((feature, i) => {
      const nBins = binsOf(feature) - (feature.hasMissing ? 1 : 0);
      this.#features.set([nBins, feature.hasMissing ? 1 : 0, 0], i * FEATURE_WORDS);
    });
    const { lambda, alpha, maxStep, minHessian, minSamples, extraHessian, single } = rules;
    this.#penalties = workspace.f64(PENALTIES);
    const least = Math.max(LEAST_HESSIAN + 2 * extraHessian, minHessian);
    this.#penalties.set([lambda, alpha, maxStep, least, minSamples, extraHessian, single ? 1 : 0]);
    this.#best = workspace.f64(SPLIT_NUMBERS);
    this.#bestWords = new Uint32Array(this.#best.buffer, this.#best.byteOffset, 10);
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
    const { stride, features } = this.#layout;
    const { minGain, extraHessian, inheritsSplittable } = this.#rules;
    const unsplit = kernels.leafScore(gradient, hessian + 2 * extraHessian, this.#penalties.address);
    kernels.findSplit(
      address,
      stride,
      this.#features.address,
      features.length,
      count,
      gradient,
      hessian,
      this.#penalties.address,
      this.#rules.fromAbove,
      inheritsSplittable ? unsplit + minGain : -Infinity,
      inheritsSplittable ? splittable.address : 0,
      this.#best.address,
    );
    const [feature, cut, missingLeft] = this.#bestWords.subarray(6);
    if (feature === NO_FEATURE) return undefined;
    const [score, leftGradient, leftHessian, , , rightGradient, rightHessian] = this.#best;
    const gain = score - unsplit;
    if (!inheritsSplittable && !(gain > minGain)) return undefined;
    return {
      feature,
      cut,
      missingLeft: missingLeft === 1,
      gain,
      left: { gradient: leftGradient, hessian: leftHessian },
      right: { gradient: rightGradient, hessian: rightHessian },
    };
  }

  /** The sums over all rows of the histograms, by those of one feature. */
  total({ address }: Histograms, feature: number, count: number): NodeSums {
    const { stride, features } = this.#layout;
    const sums = new Float64Array(this.#best.buffer, address + feature * stride, 2 * binsOf(features[feature]));
    let gradient = 0;
    let hessian = 0;
    for (let at = 0; at < sums.length; at += 2) {
      gradient += sums[at];
      hessian += sums[at + 1];
    }
    return { count, gradient, hessian };
  }

  /** What a leaf of these sums adds to the score. */
  leafValue({ gradient, hessian }: NodeSums): number {
    const step = this.#workspace.kernels.leafStep(gradient, hessian, this.#penalties.address);
    return Math.max(-LARGEST_LEAF, Math.min(LARGEST_LEAF, this.#rules.learningRate * step));
  }
}
