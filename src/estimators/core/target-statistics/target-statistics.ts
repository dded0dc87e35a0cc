import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { Tensors } from '../../tensor.js';
import { candidateProjections } from './candidate-projections.js';
import { isSingle, type Projection, type Statistic, statisticOf, type TreeSplit } from './projection.js';
import { type CodedColumn, RowKeys, type TestedRows } from './row-keys.js';
import { drawOrder, placedOrder, type RowOrder, runRowsOf } from './shuffled-rows.js';
import { SlotCache, slotsWithin } from './slot-cache.js';
import { StatisticTablesWriter } from './statistic-tables-writer.js';
import { maxKeys, type StatisticsSize, tileBytes } from './statistics-size.js';
import { kindOf } from './table-codes.js';

/** The folds that trees are grown on, and the one that the values of their leaves come from. */
export const LEARNING_FOLDS = 3;
export const AVERAGING_FOLD = 3;
const FOLDS = 4;

/** What the statistics of single columns may be kept in, and those of combined ones. */
const CACHE_BYTES = 128 * 2 ** 20;
const MAX_COMBINED = 40;
const LEAST_SLOTS = 2;
/** After so many rows, a few 10 ms of work, others may have their say. */
const PAUSE_ROWS = 2 ** 17;

/** Rows as they come: shape nRows x nFeatures, row-major. */
export interface StatisticsRows {
  readonly x: Float64Array;
  readonly y: Int32Array;
  readonly nFeatures: number;
  /** The row of each place. */
  readonly order: Uint32Array;
  /** The columns that have statistics. */
  readonly columns: readonly number[];
  readonly nClasses: number;
  /** Of each feature. */
  readonly nCategories: Uint32Array;
  readonly complexity: number;
  /** Rows that are held out, in their own order. */
  readonly held?: { readonly x: Float64Array; readonly nRows: number };
}

/**
 * The target statistics of training rows, as CatBoost computes them: ordered ones, by
 * the rows that come before a row in the order of a fold, and Counters
 * (L. Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features",
 * 2018; catboost/private/libs/algo/online_ctr.cpp). Weights do not bear on them.
 *
 * Statistics of a projection come four side by side, as tiles u8[nTiles][nRows][4]:
 * tile t is of the border between the classes t and t + 1, lanes 0 to 2 of the priors
 * 0, 1/2 and 1; lane 3 of tile 0 is the Counter, and of other tiles nothing.
 */
export class TargetStatistics {
  readonly nTiles: number;
  readonly #workspace: Workspace;
  readonly #size: StatisticsSize;
  readonly #columns: readonly number[];
  readonly #labels: Placed<Uint16Array>;
  readonly #keys: RowKeys;
  readonly #orders: readonly RowOrder[];
  readonly #words: number;
  readonly #single: SlotCache;
  readonly #combined: SlotCache | undefined;
  readonly #held: number;
  readonly #writer: StatisticTablesWriter;

  static bytes(size: StatisticsSize): number {
    const { nRows, nHeld, nClasses, nCategories, complexity } = size;
    const keys = maxKeys(size);
    const codes = nCategories.length * Workspace.sizeOf(nRows + nHeld, 4);
    const orders = (FOLDS - 1) * Workspace.sizeOf(Math.ceil(nRows / runRowsOf(nRows)), 4);
    return (
      Workspace.sizeOf(nRows, 2) +
      codes +
      RowKeys.bytes(size) +
      orders +
      Workspace.sizeOf((keys + 1) * nClasses, 4) +
      SlotCache.bytes(singleSlots(size), tileBytes(nRows, nClasses)) +
      (complexity > 1 ? SlotCache.bytes(combinedSlots(size), tileBytes(nRows, nClasses)) : 0) +
      Workspace.sizeOf(tileBytes(nHeld, nClasses), 1) +
      StatisticTablesWriter.bytes(size)
    );
  }

  /**
   * @param tests tells the truth of tests, of rows by place
   * @param random the address of a stream of random numbers, which the orders of the other folds are drawn from
   * @param pause called every few 10 ms
   */
  constructor(workspace: Workspace, rows: StatisticsRows, tests: TestedRows, random: number, pause: () => void) {
    const { order, columns, nClasses, nCategories, complexity, held } = rows;
    const size: StatisticsSize = {
      nRows: order.length,
      nHeld: held?.nRows ?? 0,
      nClasses,
      nCategories: columns.map((column) => nCategories[column]),
      complexity,
    };
    const { nRows, nHeld } = size;
    this.nTiles = nClasses - 1;
    this.#workspace = workspace;
    this.#size = size;
    this.#columns = columns;
    this.#labels = workspace.u16(nRows);
    for (let place = 0; place < nRows; place++) this.#labels[place] = rows.y[order[place]];
    this.#keys = new RowKeys(workspace, codedColumns(workspace, rows, size, pause), size, tests, pause);
    this.#orders = Array.from({ length: FOLDS }, (_, fold) =>
      fold === 0 ? placedOrder(nRows) : drawOrder(workspace, random, nRows),
    );
    this.#words = workspace.u32((maxKeys(size) + 1) * nClasses).address;
    this.#single = new SlotCache(workspace, singleSlots(size), tileBytes(nRows, nClasses));
    if (complexity > 1) this.#combined = new SlotCache(workspace, combinedSlots(size), tileBytes(nRows, nClasses));
    this.#held = workspace.u8(tileBytes(nHeld, nClasses)).address;
    this.#writer = new StatisticTablesWriter(workspace, size);
  }

  /** The projections that the next level of a tree may look at: single columns first. */
  projections(splits: readonly TreeSplit[]): Projection[] {
    return candidateProjections(this.#columns, this.#size.complexity, splits);
  }

  /** How many different keys the rows have under a projection. */
  distinct(projection: Projection): number {
    return this.#keys.distinct(projection);
  }

  /** The statistic in a lane of a tile. */
  statistic(projection: Projection, tile: number, lane: number): Statistic {
    return statisticOf(projection, kindOf(lane, tile));
  }

  /**
   * The address of the tiles of a projection, as a fold sees the rows, by their places.
   * They hold until a few others are asked for.
   */
  tiles(projection: Projection, fold: number): number {
    const cache = isSingle(projection) ? this.#single : (this.#combined as SlotCache);
    const name = `${fold} ${projection.key}`;
    const found = cache.find(name);
    if (found !== undefined) return found;
    const { keys, nKeys, counters } = this.#keys.of(projection);
    const { kernels } = this.#workspace;
    const { nRows, nClasses } = this.#size;
    const { runs, nRuns, runRows } = this.#orders[fold];
    const tiles = cache.take(name);
    kernels.startCounts(counters, nKeys, nClasses, this.#words);
    kernels.orderedStatistics(keys, this.#labels.address, nRows, nClasses, runs, nRuns, runRows, this.#words, tiles);
    return tiles;
  }

  /** The same of the rows that are held out, by all training rows: u8[nTiles][nHeld][4], until others are asked for. */
  heldTiles(projection: Projection): number {
    const { keys, nKeys, counters } = this.#keys.of(projection);
    const { kernels } = this.#workspace;
    const { nRows, nHeld, nClasses } = this.#size;
    kernels.startCounts(counters, nKeys, nClasses, this.#words);
    kernels.addCounts(keys, this.#labels.address, nRows, nClasses, this.#words);
    kernels.countedStatistics(keys + 4 * nRows, nHeld, nClasses, this.#words, this.#held);
    return this.#held;
  }

  /** The tables that `StatisticTables` looks these statistics up in, by all training rows. */
  tensors(used: readonly Statistic[], pause: () => void): Tensors {
    return this.#writer.tensors(used, this.#keys, this.#labels.address, this.#words, pause);
  }
}

/** Places the codes of all rows, training rows in their order. */
function codedColumns(
  workspace: Workspace,
  { x, nFeatures, order, columns, nCategories, held }: StatisticsRows,
  { nRows, nHeld }: StatisticsSize,
  pause: () => void,
): CodedColumn[] {
  const coded = columns.map((column) => ({
    column,
    nCategories: nCategories[column],
    codes: workspace.u32(nRows + nHeld),
  }));
  for (let place = 0; place < nRows; place++) {
    const row = order[place] * nFeatures;
    for (const { column, codes } of coded) codes[place] = x[row + column];
    if ((place + 1) % PAUSE_ROWS === 0) pause();
  }
  for (let row = 0; row < nHeld; row++) {
    for (const { column, nCategories: unseen, codes } of coded) {
      codes[nRows + row] = codeOf((held as { readonly x: Float64Array }).x[row * nFeatures + column], unseen);
    }
    if ((row + 1) % PAUSE_ROWS === 0) pause();
  }
  return coded;
}

/** The code of a value that may be missing or unseen. */
export function codeOf(value: number, nCategories: number): number {
  return value >= 0 && value < nCategories ? value : nCategories;
}

function singleSlots({ nRows, nClasses, nCategories }: StatisticsSize): number {
  return slotsWithin(CACHE_BYTES, tileBytes(nRows, nClasses), LEAST_SLOTS, FOLDS * nCategories.length);
}

function combinedSlots({ nRows, nClasses }: StatisticsSize): number {
  return slotsWithin(CACHE_BYTES, tileBytes(nRows, nClasses), LEAST_SLOTS, MAX_COMBINED);
}
