import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { NO_BIN } from '../boosting/binned-feature.js';
import { GradientHistograms, type Histograms } from '../boosting/gradient-histograms.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { TiledRows } from '../boosting/tiled-rows.js';
import type { TargetStatistics } from '../target-statistics/target-statistics.js';
import type { BorderedFeature } from './bordered-feature.js';
import { binsOfStatistic } from './leaf-finder.js';
import type { ObliviousPlan } from './oblivious-plan.js';
import { type FeatureSplit, type ObliviousSplit, redundantSplit, type StatisticSplit } from './oblivious-tree.js';
import type { SampledRows } from './row-sampler.js';
import { ScoreNoise } from './score-noise.js';
import { type ScoredSplit, type SearchRules, SplitSearch } from './split-search.js';
import { StatisticSearch } from './statistic-search.js';
import type { StructureGradients } from './structure-gradients.js';
import { treeSplitOf } from './tree-splits.js';

/** A leaf of the tree in growth: where its rows stand among those that are sampled. */
interface Leaf {
  readonly begin: number;
  readonly count: number;
  /** One for each pair of gradients; undefined where there was no place for them. */
  readonly histograms: readonly Histograms[] | undefined;
}

/** After so many rows, a few milliseconds of work, others may have their say. */
const PAUSE_ROWS = 1_000_000;
/** The bits of all bins that a feature can have. */
const SET_WORDS = 65_536 / 32;
/** The statistics of a row in a tile, a byte each. */
const STATISTICS = 4;

type Part = (rows: number, count: number) => number;

const EMPTY: Leaf = { begin: 0, count: 0, histograms: undefined };

/**
 * Searches for the splits of oblivious trees, level by level (L. Prokhorenkova et
 * al., "CatBoost: unbiased boosting with categorical features", 2018).
 */
export class ObliviousTreeGrower {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #features: readonly BorderedFeature[];
  readonly #tiled: TiledRows;
  readonly #plan: ObliviousPlan;
  readonly #gradients: StructureGradients;
  readonly #rows: Placed<Uint32Array<ArrayBuffer>>;
  readonly #spare: Placed<Uint32Array<ArrayBuffer>>;
  readonly #histograms: GradientHistograms;
  readonly #scratch: readonly Histograms[];
  readonly #noise: ScoreNoise;
  readonly #search: SplitSearch;
  readonly #statistics: { readonly of: TargetStatistics; readonly search: StatisticSearch } | undefined;
  readonly #set: Placed<Uint32Array<ArrayBuffer>>;
  readonly #pause: () => void;

  static bytes(
    nRows: number,
    features: readonly BorderedFeature[],
    layout: TileLayout,
    plan: ObliviousPlan,
    nPairs: number,
    hasStatistics: boolean,
  ): number {
    const slots = slotsOf(layout, plan, nRows, nPairs);
    return (
      Workspace.sizeOf(nRows, 4) +
      GradientHistograms.bytes(layout, nRows, slots) +
      ScoreNoise.bytes() +
      SplitSearch.bytes(features, slots, nPairs) +
      Workspace.sizeOf(SET_WORDS, 4) +
      (hasStatistics ? StatisticSearch.bytes(nRows, nPairs) : 0)
    );
  }

  /**
   * @param rows the list that sampled rows come in
   * @param random the address of a stream of random numbers
   * @param pause called every few milliseconds
   */
  constructor(
    workspace: Workspace,
    features: readonly BorderedFeature[],
    layout: TileLayout,
    tiled: TiledRows,
    statistics: TargetStatistics | undefined,
    plan: ObliviousPlan,
    gradients: StructureGradients,
    rows: Placed<Uint32Array<ArrayBuffer>>,
    rules: SearchRules,
    random: number,
    pause: () => void,
  ) {
    const { nRows } = tiled;
    const { nPairs } = gradients;
    const slots = slotsOf(layout, plan, nRows, nPairs);
    this.#workspace = workspace;
    this.#layout = layout;
    this.#tiled = tiled;
    this.#plan = plan;
    this.#gradients = gradients;
    this.#rows = rows;
    this.#spare = workspace.u32(nRows);
    this.#histograms = new GradientHistograms(workspace, layout, tiled, slots);
    this.#histograms.limitTo(Uint32Array.from(layout.features.keys()));
    this.#scratch = [this.#histograms.scratch, ...this.#take(nPairs - 1)];
    this.#noise = new ScoreNoise(workspace, random);
    this.#search = new SplitSearch(workspace, layout, features, rules, slots, nPairs, this.#noise);
    this.#set = workspace.u32(SET_WORDS);
    if (statistics !== undefined) {
      const search = new StatisticSearch(workspace, statistics, gradients, nRows, rules, this.#noise, pause);
      this.#statistics = { of: statistics, search };
    }
    this.#features = features;
    this.#pause = pause;
  }

  /**
   * The splits of a tree, by the pairs of the sampled rows.
   *
   * @param deviation that of the noise that scores have
   * @param fold the one whose statistics are looked at
   * @param countAll how many of all rows fall into each leaf of these splits
   */
  grow(
    sampled: SampledRows,
    deviation: number,
    fold: number,
    countAll: (splits: readonly ObliviousSplit[]) => Uint32Array,
  ): ObliviousSplit[] {
    const splits: ObliviousSplit[] = [];
    let leaves: readonly Leaf[] = [this.#root(sampled)];
    this.#noise.start(deviation);
    while (splits.length < this.#plan.depth) {
      const split = this.#find(leaves, sampled.count, splits, fold);
      if (split === undefined) break;
      splits.push(split);
      if ('statistic' in split) this.#statistics?.search.use(split.statistic);
      const isLast = splits.length === this.#plan.depth;
      const parts = isLast ? undefined : this.#partition(leaves, split, fold);
      const counts = parts && Uint32Array.from(parts, ({ count }) => count);
      // What the sampled rows need, all of them need.
      if (counts === undefined || redundantSplit(counts, splits.length) !== -1) {
        const redundant = redundantSplit(countAll(splits), splits.length);
        if (redundant !== -1) {
          splits.splice(redundant, 1);
          break;
        }
      }
      if (parts === undefined) break;
      leaves = this.#goOn(leaves, parts);
    }
    for (const { histograms } of leaves) this.#giveBack(histograms);
    return splits;
  }

  #root({ rows, count }: SampledRows): Leaf {
    if (rows === 0) this.#workspace.kernels.listRows(count, this.#rows.address);
    const isLookedAt = count > 0 && this.#features.length > 0;
    const histograms = isLookedAt ? this.#take(this.#gradients.nPairs) : undefined;
    const root = { begin: 0, count, histograms };
    if (histograms !== undefined) this.#sum(root, histograms, rows === 0);
    return root;
  }

  #find(
    leaves: readonly Leaf[],
    count: number,
    splits: readonly ObliviousSplit[],
    fold: number,
  ): ObliviousSplit | undefined {
    const byFeature = this.#findByFeature(leaves);
    const level = { leaves, rows: this.#rows.address, count };
    const before = splits.map((split) => treeSplitOf(this.#features, split));
    const byStatistic = this.#statistics?.search.best(level, before, fold);
    if (byFeature === undefined || byStatistic === undefined) return (byFeature ?? byStatistic)?.split;
    return byStatistic.score > byFeature.score ? byStatistic.split : byFeature.split;
  }

  #findByFeature(leaves: readonly Leaf[]): ScoredSplit | undefined {
    if (this.#search.startLevel() === 0) return undefined;
    const kept = leaves.flatMap(({ histograms }) => (histograms === undefined ? [] : [histograms]));
    this.#search.add(kept);
    for (const leaf of leaves) {
      if (leaf.count === 0 || leaf.histograms !== undefined) continue;
      this.#sum(leaf, this.#scratch, false);
      this.#search.add([this.#scratch]);
    }
    return this.#search.best();
  }

  /** Parts the rows of all leaves; leaf l becomes l and, where the bit of the split is 1, l + n_leaves. */
  #partition(leaves: readonly Leaf[], split: ObliviousSplit, fold: number): Leaf[] {
    const part = 'feature' in split ? this.#partByFeature(split) : this.#partByStatistic(split, fold);
    const parts = Array.from({ length: 2 * leaves.length }, () => EMPTY);
    let since = 0;
    leaves.forEach(({ begin, count }, leaf) => {
      if (count === 0) return;
      const rows = this.#rows.address + begin * 4;
      const nBelow = part(rows, count);
      parts[leaf] = { begin, count: nBelow, histograms: undefined };
      parts[leaf + leaves.length] = { begin: begin + nBelow, count: count - nBelow, histograms: undefined };
      since += count;
      if (since < PAUSE_ROWS) return;
      since = 0;
      this.#pause();
    });
    return parts;
  }

  /** Brings the rows of bit 0 to the front of some rows, and returns how many they are. */
  #partByFeature(split: FeatureSplit): Part {
    const { kernels } = this.#workspace;
    const { places, rowBytes } = this.#layout;
    const { feature, cut } = split;
    const isByte = places[feature].binBytes === 1;
    const bins = this.#tiled.binAddress(feature);
    const spare = this.#spare.address;
    if (this.#features[feature].categories !== undefined) {
      const bySet = isByte ? kernels.partitionBySet8 : kernels.partitionBySet16;
      this.#set.fill(0xffff_ffff);
      this.#set[cut >> 5] = ~(1 << (cut & 31));
      return (rows, count) => bySet(rows, count, bins, rowBytes, this.#set.address, spare);
    }
    const byCut = isByte ? kernels.partitionByCut8 : kernels.partitionByCut16;
    return (rows, count) => byCut(rows, count, bins, rowBytes, cut, NO_BIN, spare);
  }

  #partByStatistic(split: StatisticSplit, fold: number): Part {
    const { of } = this.#statistics as { readonly of: TargetStatistics };
    const bins = binsOfStatistic(of.tiles(split.statistic.projection, fold), this.#tiled.nRows, split);
    const { partitionByCut8 } = this.#workspace.kernels;
    return (rows, count) => partitionByCut8(rows, count, bins, STATISTICS, split.cut, NO_BIN, this.#spare.address);
  }

  /** The new leaves with their histograms: the smaller part's are summed up, and the larger one has what it lacks of the leaf. */
  #goOn(leaves: readonly Leaf[], parts: readonly Leaf[]): Leaf[] {
    const grown = [...parts];
    leaves.forEach(({ histograms }, leaf) => {
      const pair = [leaf, leaf + leaves.length];
      const [small, large] = parts[pair[0]].count <= parts[pair[1]].count ? pair : pair.toReversed();
      if (parts[large].count === 0 || this.#features.length === 0) return;
      const ofSmall = parts[small].count === 0 ? [] : this.#takeAll();
      if (ofSmall !== undefined && ofSmall.length > 0) {
        this.#sum(parts[small], ofSmall, false);
        grown[small] = { ...parts[small], histograms: ofSmall };
      }
      let ofLarge = histograms;
      if (ofLarge !== undefined && ofSmall !== undefined) {
        ofSmall.forEach((of, i) => this.#histograms.subtract((ofLarge as readonly Histograms[])[i], of));
      } else {
        // Not known from the leaf, or not known without its smaller part.
        ofLarge ??= this.#takeAll();
        if (ofLarge !== undefined) this.#sum(parts[large], ofLarge, false);
      }
      grown[large] = { ...parts[large], histograms: ofLarge };
    });
    return grown;
  }

  #sum({ begin, count }: Leaf, histograms: readonly Histograms[], isAll: boolean): void {
    const rows = isAll ? 0 : this.#rows.address + begin * 4;
    histograms.forEach((of, pair) => this.#histograms.sum(of, this.#gradients.pairsAt(pair), rows, count, this.#pause));
  }

  /** Places for the histograms of a leaf, or undefined when they are not all there. */
  #takeAll(): Histograms[] | undefined {
    const { nPairs } = this.#gradients;
    const taken = this.#take(nPairs);
    if (taken.length === nPairs) return taken;
    this.#giveBack(taken);
    return undefined;
  }

  #take(n: number): Histograms[] {
    const taken: Histograms[] = [];
    while (taken.length < n) {
      const place = this.#histograms.take();
      if (place === undefined) break;
      taken.push(place);
    }
    return taken;
  }

  #giveBack(histograms: readonly Histograms[] | undefined): void {
    for (const place of histograms ?? []) this.#histograms.giveBack(place);
  }
}

/** The most places for histograms: those of all leaves that are looked at, the scratch, and those of one leaf more. */
function slotsOf(layout: TileLayout, { depth }: ObliviousPlan, nRows: number, nPairs: number): number {
  const leaves = Math.min(nRows, 2 ** (depth - 1));
  return Math.max(2 * nPairs, GradientHistograms.slots(layout, (leaves + 1) * nPairs));
}
