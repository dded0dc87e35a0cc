import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { TiledRows } from '../boosting/tiled-rows.js';
import type { Projection } from '../target-statistics/projection.js';
import type { BorderedFeature } from './bordered-feature.js';
import type { ObliviousSplit } from './oblivious-tree.js';
import { NEVER, splitWords } from './split-words.js';

/** The splits that the kernel looks at together. */
const TOGETHER = 3;
const SPLIT_WORDS = 4;
/** The statistics of a row in a tile: see TargetStatistics. */
const TILE_LANES = 4;

/** The address of the tiles of a projection (u8[nTiles][nRows][4]) of the rows that leaves are found for. */
export type TilesOf = (projection: Projection) => number;

/** Tells the leaves that rows fall into. */
export class LeafFinder {
  /** Shape: nRows. */
  readonly leaves: Placed<Uint16Array<ArrayBuffer>>;
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #features: readonly BorderedFeature[];
  readonly #rows: TiledRows;
  readonly #splits: Placed<Uint32Array<ArrayBuffer>>;

  static bytes(nRows: number, depth: number): number {
    return Workspace.sizeOf(nRows, 2) + Workspace.sizeOf(SPLIT_WORDS * (depth + TOGETHER), 4);
  }

  constructor(
    workspace: Workspace,
    layout: TileLayout,
    features: readonly BorderedFeature[],
    rows: TiledRows,
    depth: number,
  ) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#features = features;
    this.#rows = rows;
    this.leaves = workspace.u16(rows.nRows);
    this.#splits = workspace.u32(SPLIT_WORDS * (depth + TOGETHER));
  }

  /** Finds the leaves of all rows by these splits. */
  find(splits: readonly ObliviousSplit[], tilesOf: TilesOf): void {
    const { kernels } = this.#workspace;
    const { rowBytes, places } = this.#layout;
    const { address, nRows } = this.#rows;
    for (let level = 0; level < splits.length + TOGETHER; level++) this.#splits.set(NEVER, SPLIT_WORDS * level);
    let isMixed = false;
    splits.forEach((split, level) => {
      if (!('feature' in split)) return;
      this.#splits.set(splitWords(this.#layout, this.#features, split), SPLIT_WORDS * level);
      isMixed ||= places[split.feature].binBytes === 2;
    });
    const find = isMixed ? kernels.findLeavesMixed : kernels.findLeaves8;
    find(address, rowBytes, nRows, this.#splits.address, splits.length, this.leaves.address);
    splits.forEach((split, level) => {
      if ('feature' in split) return;
      const bins = binsOfStatistic(tilesOf(split.statistic.projection), nRows, split);
      kernels.markLeaves(bins, TILE_LANES, nRows, split.cut, level, this.leaves.address);
    });
  }

  /** Adds the value of its leaf (f32) to the score (f32) of each row. */
  addTo(scores: number, values: number): void {
    this.#workspace.kernels.addLeafValues(scores, this.leaves.address, this.leaves.length, values);
  }
}

/** The address of the bin of the first row; those of the next rows are 4 bytes apart. */
export function binsOfStatistic(
  tiles: number,
  nRows: number,
  { tile, lane }: { readonly tile: number; readonly lane: number },
): number {
  return tiles + tile * nRows * TILE_LANES + lane;
}
