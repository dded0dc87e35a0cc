import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { binsOf } from '../boosting/binned-feature.js';
import type { Histograms } from '../boosting/gradient-histograms.js';
import { histogramAt, type TileLayout } from '../boosting/tile-layout.js';
import { type BorderedFeature, cutsOf } from './bordered-feature.js';
import type { ObliviousSplit } from './oblivious-tree.js';
import type { ScoreNoise } from './score-noise.js';

export interface SearchRules {
  /** The penalty on leaves, for the mean weight of rows. */
  readonly l2: number;
  /** A side of no more weight than this has no rows, but what rounding has left. */
  readonly least: number;
  /** The share of the features that each level looks at. */
  readonly byLevel: number;
}

/** A split, with its score as it is compared. */
export interface ScoredSplit {
  readonly split: ObliviousSplit;
  readonly score: number;
}

/** Finds the split by a feature that is best for all leaves of a level together, by CatBoost's score "Cosine". */
export class SplitSearch {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #features: readonly BorderedFeature[];
  readonly #rules: SearchRules;
  readonly #nPairs: number;
  readonly #noise: ScoreNoise;
  readonly #table: Placed<Uint32Array<ArrayBuffer>>;
  readonly #totals: Placed<Float64Array<ArrayBuffer>>;
  readonly #squares: number;
  /** The numerators of the borders of each feature; the denominators follow. */
  readonly #sums: readonly Placed<Float64Array<ArrayBuffer>>[];
  readonly #score: Placed<Float64Array<ArrayBuffer>>;
  readonly #all: Uint32Array;
  #drawn: Uint32Array;

  static bytes(features: readonly BorderedFeature[], slots: number, nPairs: number): number {
    return (
      Workspace.sizeOf(slots, 4) +
      Workspace.sizeOf(2 * slots, 8) +
      (nPairs === 1 ? 0 : Workspace.sizeOf(2 * mostPlaces(features), 8)) +
      features.reduce((sum, feature) => sum + Workspace.sizeOf(2 * placesOf(feature), 8), 0) +
      Workspace.sizeOf(2, 8)
    );
  }

  /**
   * @param slots the most histograms that are added at one time
   * @param nPairs the histograms of a leaf
   */
  constructor(
    workspace: Workspace,
    layout: TileLayout,
    features: readonly BorderedFeature[],
    rules: SearchRules,
    slots: number,
    nPairs: number,
    noise: ScoreNoise,
  ) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#features = features;
    this.#rules = rules;
    this.#nPairs = nPairs;
    this.#noise = noise;
    this.#table = workspace.u32(slots);
    this.#totals = workspace.f64(2 * slots);
    this.#squares = nPairs === 1 ? 0 : workspace.f64(2 * mostPlaces(features)).address;
    this.#sums = features.map((feature) => workspace.f64(2 * placesOf(feature)));
    this.#score = workspace.f64(2);
    this.#all = Uint32Array.from(features.keys());
    this.#drawn = this.#all;
  }

  /** Draws the features of the next level, and returns how many they are. */
  startLevel(): number {
    const { byLevel } = this.#rules;
    const { kernels } = this.#workspace;
    if (byLevel < 1) this.#drawn = this.#all.filter(() => kernels.drawFraction(this.#noise.random) <= byLevel);
    for (const feature of this.#drawn) this.#sums[feature].fill(0);
    return this.#drawn.length;
  }

  /** Adds what the splits score in some leaves, by their histograms. */
  add(leaves: readonly (readonly Histograms[])[]): void {
    const { l2, least } = this.#rules;
    this.#list(leaves);
    for (const feature of this.#drawn) {
      const sums = this.#sums[feature];
      this.#workspace.kernels.addSplitScores(
        this.#table.address,
        histogramAt(this.#layout, feature),
        leaves.length,
        this.#nPairs,
        this.#totals.address,
        this.#features[feature].categories !== undefined,
        cutsOf(this.#features[feature]),
        l2,
        least,
        this.#squares,
        sums.address,
        sums.byteLength / 2,
      );
    }
  }

  /** The best split of the features of the level, by what has been added. */
  best(): ScoredSplit | undefined {
    const { normals, random, deviation } = this.#noise;
    let best: ScoredSplit | undefined;
    for (const feature of this.#drawn) {
      const sums = this.#sums[feature];
      const cut = this.#workspace.kernels.bestBorder(
        sums.address,
        sums.byteLength / 2,
        cutsOf(this.#features[feature]),
        deviation,
        normals,
        random,
        this.#score.address,
      );
      const score = this.#score[0] + this.#noise.next();
      if (best === undefined ? score > -Infinity : score > best.score) best = { split: { feature, cut }, score };
    }
    return best;
  }

  /** Writes the addresses of histograms, and their totals. */
  #list(leaves: readonly (readonly Histograms[])[]): void {
    const { kernels } = this.#workspace;
    const first = histogramAt(this.#layout, 0);
    const nBins = binsOf(this.#features[0]);
    let at = 0;
    for (const histograms of leaves) {
      for (const { address } of histograms) {
        this.#table[at] = address;
        kernels.histogramTotal(address + first, nBins, this.#totals.address + at * 16);
        at++;
      }
    }
  }
}

/** A number for each bin of a feature, two at a time. */
function placesOf(feature: BorderedFeature): number {
  return 2 * Math.ceil(binsOf(feature) / 2);
}

function mostPlaces(features: readonly BorderedFeature[]): number {
  return features.reduce((most, feature) => Math.max(most, placesOf(feature)), 0);
}
