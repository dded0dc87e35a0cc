import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { Projection, Statistic, TreeSplit } from './projection.js';
import { COUNTER_LANE, LANES } from './statistics-size.js';
import type { TargetStatistics } from './target-statistics.js';

const BINS = 16;
/** The bytes of a histogram of a leaf: see kernels/assembly/statistic-histogram.ts. */
const LANE_BYTES = BINS * 16;
const HISTOGRAM_BYTES = LANES * LANE_BYTES;
/** Leaves beyond are summed up in another pass over the rows. */
const MAX_BYTES = 8 * 2 ** 20;
/** The bytes of a number for each border, and one more, two at a time: see kernels/assembly/oblivious-split.ts. */
const PITCH = BINS * 8;

export interface StatisticRules {
  readonly depth: number;
  /** The penalty on leaves, for the mean weight of rows. */
  readonly l2: number;
  /** The share of the projections that each level looks at. */
  readonly byLevel: number;
  /** The pairs of gradients of a row. */
  readonly nPairs: number;
}

/** The tree in growth. */
export interface GrowingTree {
  readonly splits: readonly TreeSplit[];
  /** The address of the leaf of each row, u16[nRows], by place. */
  readonly leaves: number;
  /** The address of the first pairs of all rows, f32[nRows][2], by place; rows that are not sampled have pairs of 0. */
  readonly pairs: number;
  /** The bytes from one array of pairs to the next. */
  readonly pairsPitch: number;
}

/** A split on a statistic, and what it scores, with noise and penalty. */
export interface ScoredSplit {
  readonly statistic: Statistic;
  readonly cut: number;
  readonly score: number;
}

interface Candidate extends ScoredSplit {
  readonly kind: string;
}

/**
 * Finds the split on a statistic that is best for all leaves of a level together, by
 * CatBoost's score "Cosine". Statistics that the model has none of yet weigh less, the
 * more keys their tables would have (its model_size_reg of 0.5).
 */
export class StatisticSearch {
  readonly #workspace: Workspace;
  readonly #statistics: TargetStatistics;
  readonly #rules: StatisticRules;
  readonly #random: number;
  readonly #normals: number;
  readonly #pause: () => void;
  readonly #nRows: number;
  readonly #histograms: Placed<Uint8Array>;
  readonly #table: Placed<Uint32Array>;
  readonly #totals: Placed<Float64Array>;
  readonly #squares: number;
  /** The sums over the leaves, of each lane and tile. */
  readonly #sums: Placed<Uint8Array>;
  readonly #score: Placed<Float64Array>;
  readonly #drawn: Placed<Uint32Array>;
  readonly #rest: Placed<Uint32Array>;
  /** What has been split on, by projections and kinds. */
  readonly #used = new Set<string>();
  #fold = 0;
  #least = 0;
  #deviation = 0;

  static bytes(nColumns: number, nClasses: number, { depth, nPairs }: StatisticRules): number {
    const nHistograms = leavesAtOnce(depth, nPairs) * nPairs;
    return (
      Workspace.sizeOf(nHistograms * HISTOGRAM_BYTES, 1) +
      Workspace.sizeOf(nHistograms, 4) +
      Workspace.sizeOf(2 * nHistograms, 8) +
      Workspace.sizeOf(2 * PITCH, 1) +
      Workspace.sizeOf(2 * PITCH * LANES * (nClasses - 1), 1) +
      Workspace.sizeOf(2, 8) +
      2 * Workspace.sizeOf(mostProjections(nColumns, depth), 4)
    );
  }

  /**
   * @param random the address of a stream of random numbers
   * @param normals that of the normally distributed ones drawn from it
   * @param pause called every few milliseconds
   */
  constructor(
    workspace: Workspace,
    statistics: TargetStatistics,
    rules: StatisticRules,
    random: number,
    normals: number,
    pause: () => void,
  ) {
    const { depth, nPairs } = rules;
    const nHistograms = leavesAtOnce(depth, nPairs) * nPairs;
    this.#workspace = workspace;
    this.#statistics = statistics;
    this.#rules = rules;
    this.#random = random;
    this.#normals = normals;
    this.#pause = pause;
    this.#nRows = statistics.nRows;
    this.#histograms = workspace.u8(nHistograms * HISTOGRAM_BYTES);
    this.#table = workspace.u32(nHistograms);
    this.#totals = workspace.f64(2 * nHistograms);
    this.#squares = workspace.u8(2 * PITCH).address;
    this.#sums = workspace.u8(2 * PITCH * LANES * statistics.nTiles);
    this.#score = workspace.f64(2);
    const most = mostProjections(statistics.columns.length, depth);
    this.#drawn = workspace.u32(most);
    this.#rest = workspace.u32(most);
  }

  /**
   * @param fold whose statistics are looked at
   * @param least a side of a split with no more weight than this has no rows
   * @param deviation that of the noise that scores have
   */
  startTree(fold: number, least: number, deviation: number): void {
    this.#fold = fold;
    this.#least = least;
    this.#deviation = deviation;
  }

  /** The best split of the next level; undefined where it may look at none. */
  best(tree: GrowingTree): ScoredSplit | undefined {
    const projections = this.#draw(this.#statistics.projections(tree.splits));
    const candidates = projections.flatMap((projection) => {
      this.#add(projection, tree);
      this.#pause();
      return this.#candidates(projection);
    });
    const most = Math.max(1, ...projections.map((projection) => this.#statistics.distinct(projection)));
    let best: ScoredSplit | undefined;
    for (const { statistic, cut, score: unpenalised, kind } of candidates) {
      const share = this.#statistics.distinct(statistic.projection) / most;
      const score = this.#used.has(kind) ? unpenalised : unpenalised / Math.sqrt(1 + share);
      if (best === undefined || score > best.score) best = { statistic, cut, score };
    }
    return best;
  }

  /** Notes that a tree has a split on this statistic. */
  use(statistic: Statistic): void {
    this.#used.add(kindOf(statistic));
  }

  #draw(projections: readonly Projection[]): readonly Projection[] {
    const { byLevel } = this.#rules;
    if (byLevel === 1) return projections;
    const { address } = this.#drawn;
    const { kernels } = this.#workspace;
    const count = kernels.drawShare(this.#random, projections.length, byLevel, address, this.#rest.address);
    return Array.from(this.#drawn.subarray(0, count), (number) => projections[number]);
  }

  /** Adds up what the splits on the statistics of a projection score in all leaves. */
  #add(projection: Projection, { splits, leaves, pairs, pairsPitch }: GrowingTree): void {
    const { kernels } = this.#workspace;
    const { depth, nPairs } = this.#rules;
    const tiles = this.#statistics.tiles(projection, this.#fold);
    const nLeaves = 2 ** splits.length;
    const stride = nPairs * HISTOGRAM_BYTES;
    this.#sums.fill(0);
    for (let tile = 0; tile < this.#statistics.nTiles; tile++) {
      const bins = tiles + tile * LANES * this.#nRows;
      for (let first = 0; first < nLeaves; first += leavesAtOnce(depth, nPairs)) {
        const count = Math.min(leavesAtOnce(depth, nPairs), nLeaves - first);
        this.#histograms.fill(0, 0, count * stride);
        for (let pair = 0; pair < nPairs; pair++) {
          const from = pairs + pair * pairsPitch;
          const to = this.#histograms.address + pair * HISTOGRAM_BYTES;
          kernels.addStatisticPairs(bins, leaves, from, this.#nRows, first, count, to, stride);
        }
        this.#addScores(tile, count);
      }
    }
  }

  /** Adds what the splits of a tile score in the leaves whose histograms are there. */
  #addScores(tile: number, nLeaves: number): void {
    const { kernels } = this.#workspace;
    const { l2, nPairs } = this.#rules;
    const nListed = this.#list(nLeaves);
    for (let lane = 0; lane < lanesOf(tile); lane++) {
      kernels.addSplitScores(
        this.#table.address,
        lane * LANE_BYTES,
        nListed,
        nPairs,
        this.#totals.address,
        false,
        BINS - 1,
        l2,
        this.#least,
        this.#squares,
        this.#sumsOf(tile, lane),
        PITCH,
      );
    }
  }

  /** Lists the histograms of the leaves that have rows, with their totals, and returns how many they are. */
  #list(nLeaves: number): number {
    const { kernels } = this.#workspace;
    const { nPairs } = this.#rules;
    let listed = 0;
    for (let leaf = 0; leaf < nLeaves; leaf++) {
      for (let pair = 0; pair < nPairs; pair++) {
        const address = this.#histograms.address + (leaf * nPairs + pair) * HISTOGRAM_BYTES;
        const at = listed * nPairs + pair;
        this.#table[at] = address;
        kernels.histogramTotal(address, BINS, this.#totals.address + at * 16);
      }
      if (this.#totals[2 * (listed * nPairs + nPairs - 1) + 1] > this.#least) listed++;
    }
    return listed;
  }

  /** The best cuts of the statistics of a projection, by what has been added up. */
  #candidates(projection: Projection): Candidate[] {
    const { kernels } = this.#workspace;
    const candidates: Candidate[] = [];
    for (let tile = 0; tile < this.#statistics.nTiles; tile++) {
      for (let lane = 0; lane < lanesOf(tile); lane++) {
        const cut = kernels.bestBorder(
          this.#sumsOf(tile, lane),
          PITCH,
          BINS - 1,
          this.#deviation,
          this.#normals,
          this.#random,
          this.#score.address,
        );
        const noise = this.#deviation > 0 ? this.#deviation * kernels.nextNormal(this.#normals, this.#random) : 0;
        const statistic = this.#statistics.statistic(projection, tile, lane);
        candidates.push({ statistic, cut, score: this.#score[0] + noise, kind: kindOf(statistic) });
      }
    }
    return candidates;
  }

  #sumsOf(tile: number, lane: number): number {
    return this.#sums.address + 2 * PITCH * (tile * LANES + lane);
  }
}

/** What shares a table in CatBoost's models. */
function kindOf({ projection, of }: Statistic): string {
  return `${of.kind} ${projection.key}`;
}

/** The lanes of a tile that have a statistic. */
function lanesOf(tile: number): number {
  return tile === 0 ? LANES : COUNTER_LANE;
}

/** The leaves that there are histograms for at one time. */
function leavesAtOnce(depth: number, nPairs: number): number {
  const most = Math.max(1, Math.floor(MAX_BYTES / (nPairs * HISTOGRAM_BYTES)));
  return Math.min(2 ** Math.max(0, depth - 1), most);
}

/** Single columns, and each with all tests and with every split before. */
function mostProjections(nColumns: number, depth: number): number {
  return nColumns * (depth + 2);
}
