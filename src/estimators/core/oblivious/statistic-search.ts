import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { Projection, Statistic, TreeSplit } from '../target-statistics/projection.js';
import type { TargetStatistics } from '../target-statistics/target-statistics.js';
import type { ScoreNoise } from './score-noise.js';
import type { ScoredSplit, SearchRules } from './split-search.js';
import type { StructureGradients } from './structure-gradients.js';

/** The statistics of a tile, and their bins: see TargetStatistics. */
const LANES = 4;
const BINS = 16;
const COUNTER_LANE = 3;
const LANE_BYTES = BINS * 16;
/** The leaves whose histograms are there at one time. */
const LEAVES = 32;

/** The rows of a leaf among those that are sampled. */
interface LeafRange {
  readonly begin: number;
  readonly count: number;
}

/** The sampled rows of a level, leaf by leaf. */
export interface LevelRows {
  readonly leaves: readonly LeafRange[];
  /** The address of the list of rows (u32), and how many they are. */
  readonly rows: number;
  readonly count: number;
}

/** Finds the split by a statistic of categories that is best for all leaves of a level together. */
export class StatisticSearch {
  readonly #workspace: Workspace;
  readonly #statistics: TargetStatistics;
  readonly #gradients: StructureGradients;
  readonly #rules: SearchRules;
  readonly #noise: ScoreNoise;
  readonly #nRows: number;
  readonly #pause: () => void;
  readonly #pairs: number;
  readonly #histograms: Placed<Uint8Array<ArrayBuffer>>;
  readonly #table: Placed<Uint32Array<ArrayBuffer>>;
  readonly #totals: Placed<Float64Array<ArrayBuffer>>;
  readonly #squares: number;
  readonly #sums: Placed<Float64Array<ArrayBuffer>>;
  readonly #score: Placed<Float64Array<ArrayBuffer>>;
  /** What splits of all trees look at: a new table would make the model larger. */
  readonly #used = new Set<string>();

  static bytes(nRows: number, nPairs: number): number {
    return (
      Workspace.sizeOf(2 * nRows * nPairs, 4) +
      Workspace.sizeOf(LEAVES * nPairs * LANES * LANE_BYTES, 1) +
      Workspace.sizeOf(LEAVES * nPairs, 4) +
      Workspace.sizeOf(2 * LEAVES * nPairs, 8) +
      Workspace.sizeOf(2 * BINS, 8) +
      Workspace.sizeOf(LANES * 2 * BINS, 8) +
      Workspace.sizeOf(2, 8)
    );
  }

  constructor(
    workspace: Workspace,
    statistics: TargetStatistics,
    gradients: StructureGradients,
    nRows: number,
    rules: SearchRules,
    noise: ScoreNoise,
    pause: () => void,
  ) {
    const { nPairs } = gradients;
    this.#workspace = workspace;
    this.#statistics = statistics;
    this.#gradients = gradients;
    this.#rules = rules;
    this.#noise = noise;
    this.#nRows = nRows;
    this.#pause = pause;
    this.#pairs = workspace.f32(2 * nRows * nPairs).address;
    this.#histograms = workspace.u8(LEAVES * nPairs * LANES * LANE_BYTES);
    this.#table = workspace.u32(LEAVES * nPairs);
    for (let i = 0; i < this.#table.length; i++) this.#table[i] = this.#histograms.address + i * LANES * LANE_BYTES;
    this.#totals = workspace.f64(2 * LEAVES * nPairs);
    this.#squares = workspace.f64(2 * BINS).address;
    this.#sums = workspace.f64(LANES * 2 * BINS);
    this.#score = workspace.f64(2);
  }

  /**
   * The best split of a level, as a fold sees the rows.
   *
   * @param splits those of the levels before
   */
  best(level: LevelRows, splits: readonly TreeSplit[], fold: number): ScoredSplit | undefined {
    const { kernels } = this.#workspace;
    const { byLevel } = this.#rules;
    const candidates = this.#statistics
      .projections(splits)
      .filter(() => byLevel === 1 || kernels.drawFraction(this.#noise.random) <= byLevel);
    if (candidates.length === 0) return undefined;
    const distinct = candidates.map((projection) => this.#statistics.distinct(projection));
    const most = Math.max(1, ...distinct);
    this.#gather(level);
    let best: ScoredSplit | undefined;
    candidates.forEach((projection, i) => {
      // CatBoost's model_size_reg, 0.5.
      const penalty = 1 / Math.sqrt(1 + distinct[i] / most);
      for (let tile = 0; tile < this.#statistics.nTiles; tile++) {
        this.#add(level, this.#statistics.tiles(projection, fold) + tile * this.#nRows * LANES);
        best = this.#bestOf(projection, tile, penalty, best);
      }
      this.#pause();
    });
    return best;
  }

  /** Takes note of a statistic that a tree splits by. */
  use({ projection, of }: Statistic): void {
    this.#used.add(`${projection.key} ${of.kind}`);
  }

  /** Brings the pairs of the sampled rows together, leaf by leaf. */
  #gather({ rows, count }: LevelRows): void {
    for (let pair = 0; pair < this.#gradients.nPairs; pair++) {
      this.#workspace.kernels.gatherPairs(this.#gradients.pairsAt(pair), rows, count, this.#pairsAt(pair));
    }
  }

  #pairsAt(pair: number): number {
    return this.#pairs + pair * this.#nRows * 8;
  }

  /** Adds up what the splits of a tile score in all leaves. */
  #add({ leaves, rows }: LevelRows, tile: number): void {
    const { kernels } = this.#workspace;
    const { nPairs } = this.#gradients;
    const { l2, least } = this.#rules;
    this.#sums.fill(0);
    const occupied = leaves.filter(({ count }) => count > 0);
    for (let first = 0; first < occupied.length; first += LEAVES) {
      const some = occupied.slice(first, first + LEAVES);
      kernels.clearHistogram(this.#histograms.address, some.length * nPairs * LANES * LANE_BYTES);
      some.forEach(({ begin, count }, leaf) => {
        for (let pair = 0; pair < nPairs; pair++) {
          const i = leaf * nPairs + pair;
          const histograms = this.#table[i];
          kernels.addLanes(tile, rows + begin * 4, count, this.#pairsAt(pair) + begin * 8, histograms);
          kernels.histogramTotal(histograms, BINS, this.#totals.address + i * 16);
        }
      });
      for (let lane = 0; lane < LANES; lane++) {
        kernels.addSplitScores(
          this.#table.address,
          lane * LANE_BYTES,
          some.length,
          nPairs,
          this.#totals.address,
          false,
          BINS - 1,
          l2,
          least,
          this.#squares,
          this.#sumsOf(lane),
          BINS * 8,
        );
      }
    }
  }

  #bestOf(
    projection: Projection,
    tile: number,
    penalty: number,
    before: ScoredSplit | undefined,
  ): ScoredSplit | undefined {
    const { kernels } = this.#workspace;
    const { normals, random, deviation } = this.#noise;
    let best = before;
    // The Counter is there once.
    for (let lane = 0; lane < (tile === 0 ? LANES : COUNTER_LANE); lane++) {
      const at = this.#sumsOf(lane);
      const cut = kernels.bestBorder(at, BINS * 8, BINS - 1, deviation, normals, random, this.#score.address);
      const kind = lane === COUNTER_LANE ? 'counter' : 'target';
      const factor = this.#used.has(`${projection.key} ${kind}`) ? 1 : penalty;
      const score = (this.#score[0] + this.#noise.next()) * factor;
      if (best !== undefined && !(score > best.score)) continue;
      const statistic = this.#statistics.statistic(projection, tile, lane);
      best = { split: { statistic, tile, lane, cut }, score };
    }
    return best;
  }

  #sumsOf(lane: number): number {
    return this.#sums.address + lane * 2 * BINS * 8;
  }
}
