import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { binsOf } from '../boosting/binned-feature.js';
import type { Histograms } from '../boosting/gradient-histograms.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { ObliviousSplit } from './oblivious-tree.js';

/** A side of a smaller share of all rows' weight has no rows, but what rounding has left of them. */
const LEAST_SHARE = 1e-14;

export interface SearchRules {
  /** The penalty on leaves, for the mean weight of rows. */
  readonly l2: number;
  /** The share of the features that each level looks at. */
  readonly byLevel: number;
  /** The most histograms that are added at one time. */
  readonly slots: number;
  /** The histograms of a leaf. */
  readonly nPairs: number;
}

/** Finds the split that is best for all leaves of a level together, by CatBoost's score "Cosine". */
export class SplitSearch {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rules: SearchRules;
  readonly #random: number;
  readonly #normals: number;
  readonly #table: Placed<Uint32Array<ArrayBuffer>>;
  readonly #totals: Placed<Float64Array<ArrayBuffer>>;
  readonly #squares: number;
  readonly #sums: number;
  /** The bytes of the sums of a feature's borders, of one kind. */
  readonly #pitch: number;
  readonly #drawn: Placed<Uint32Array<ArrayBuffer>>;
  readonly #rest: Placed<Uint32Array<ArrayBuffer>>;
  readonly #score: Placed<Float64Array<ArrayBuffer>>;
  readonly #all: Uint32Array;
  #features: Uint32Array;
  #least = 0;
  #deviation = 0;

  static bytes(layout: TileLayout, slots: number, nPairs: number): number {
    const nFeatures = layout.features.length;
    return (
      Workspace.sizeOf(NORMALS_BYTES, 1) +
      Workspace.sizeOf(slots, 4) +
      Workspace.sizeOf(2 * slots, 8) +
      (nPairs === 1 ? 0 : Workspace.sizeOf(2 * pitchOf(layout), 1)) +
      Workspace.sizeOf(2 * pitchOf(layout) * nFeatures, 1) +
      2 * Workspace.sizeOf(nFeatures, 4) +
      Workspace.sizeOf(2, 8)
    );
  }

  /** @param random the address of a stream of random numbers */
  constructor(workspace: Workspace, layout: TileLayout, rules: SearchRules, random: number) {
    const nFeatures = layout.features.length;
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rules = rules;
    this.#random = random;
    this.#normals = workspace.u8(NORMALS_BYTES).address;
    this.#table = workspace.u32(rules.slots);
    this.#totals = workspace.f64(2 * rules.slots);
    this.#pitch = pitchOf(layout);
    this.#squares = rules.nPairs === 1 ? 0 : workspace.u8(2 * this.#pitch).address;
    this.#sums = workspace.u8(2 * this.#pitch * nFeatures).address;
    this.#drawn = workspace.u32(nFeatures);
    this.#rest = workspace.u32(nFeatures);
    this.#score = workspace.f64(2);
    this.#all = Uint32Array.from(layout.features.keys());
    this.#features = this.#all;
  }

  /**
   * @param weight that of all sampled rows
   * @param deviation that of the noise that scores have
   */
  startTree(weight: number, deviation: number): void {
    this.#least = weight * LEAST_SHARE;
    this.#deviation = deviation;
    this.#workspace.kernels.startNormals(this.#normals);
  }

  /** The weight of the rows of a leaf. */
  weightOf(histograms: readonly Histograms[]): number {
    this.#list([histograms]);
    return this.#totals[2 * this.#rules.nPairs - 1];
  }

  /** Draws the features of the next level, and returns how many they are. */
  startLevel(): number {
    const { kernels } = this.#workspace;
    const { byLevel } = this.#rules;
    if (byLevel < 1) {
      const n = this.#all.length;
      const count = kernels.drawShare(this.#random, n, byLevel, this.#drawn.address, this.#rest.address);
      this.#features = this.#drawn.subarray(0, count);
    }
    for (const feature of this.#features) kernels.clearHistogram(this.#sumsOf(feature), 2 * this.#pitch);
    return this.#features.length;
  }

  /** Adds what the splits score in some leaves, by their histograms. */
  add(leaves: readonly (readonly Histograms[])[]): void {
    const { l2, nPairs } = this.#rules;
    this.#list(leaves);
    for (const feature of this.#features) {
      this.#workspace.kernels.addSplitScores(
        this.#table.address,
        feature * this.#layout.stride,
        leaves.length,
        nPairs,
        this.#totals.address,
        false,
        this.#bordersOf(feature),
        l2,
        this.#least,
        this.#squares,
        this.#sumsOf(feature),
        this.#pitch,
      );
    }
  }

  /** The best split of the features of the level, by what has been added. */
  best(): ObliviousSplit | undefined {
    const { kernels } = this.#workspace;
    let best: ObliviousSplit | undefined;
    let highest = -Infinity;
    for (const feature of this.#features) {
      const cut = kernels.bestBorder(
        this.#sumsOf(feature),
        this.#pitch,
        this.#bordersOf(feature),
        this.#deviation,
        this.#normals,
        this.#random,
        this.#score.address,
      );
      const noise = this.#deviation > 0 ? this.#deviation * kernels.nextNormal(this.#normals, this.#random) : 0;
      const score = this.#score[0] + noise;
      if (!(score > highest)) continue;
      highest = score;
      best = { feature, cut };
    }
    return best;
  }

  /** Writes the addresses of histograms, and their totals. */
  #list(leaves: readonly (readonly Histograms[])[]): void {
    const nBins = binsOf(this.#layout.features[0]);
    let at = 0;
    for (const histograms of leaves) {
      for (const { address } of histograms) {
        this.#table[at] = address;
        this.#workspace.kernels.histogramTotal(address, nBins, this.#totals.address + at * 16);
        at++;
      }
    }
  }

  #bordersOf(feature: number): number {
    return this.#layout.features[feature].edges.length;
  }

  #sumsOf(feature: number): number {
    return this.#sums + 2 * this.#pitch * feature;
  }
}

/** The bytes of a Normals in the kernels' file normals. */
const NORMALS_BYTES = 16 + 256 * 4;

/** The bytes of a number for each bin of a feature, two at a time. */
function pitchOf({ features }: TileLayout): number {
  const mostBins = features.reduce((most, feature) => Math.max(most, binsOf(feature)), 0);
  return 8 * (mostBins + (mostBins % 2));
}
