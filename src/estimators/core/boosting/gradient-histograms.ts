import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { histogramAt, TILE_HISTOGRAM_BYTES, type TileLayout, wideHistogramBytes } from './tile-layout.js';
import type { TiledRows } from './tiled-rows.js';

/** The most bytes of all histograms; nodes beyond are summed up again when they are split. */
const MAX_BYTES = 256 * 2 ** 20;
/** The bytes of a gradient with its hessian. */
const PAIR_BYTES = 8;
/** The bytes of rows that are looked at for one tile after the other while a cache holds them. */
const BLOCK_BYTES = 64 * 1024;
/** One that is kept, and one that is not. */
const LEAST_SLOTS = 2;

/** The histograms of a node's rows, at a place of their own. */
export interface Histograms {
  readonly address: number;
  /** Shape: n_features; 1 unless no cut of the feature has gained enough in the node or above it. */
  readonly splittable: Placed<Uint8Array<ArrayBuffer>>;
}

/** Histograms over the gradients of rows, in a limited number of places. */
export class GradientHistograms {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #rows: TiledRows;
  /** Of the rows that are summed up, one after the other. */
  readonly #gatheredPairs: Placed<Float32Array>;
  readonly #gatheredBins: Placed<Uint8Array>;
  readonly #free: Histograms[];
  /** A place for histograms that are looked at once, and not kept. */
  readonly scratch: Histograms;
  #features: Uint32Array | undefined;
  #tiles: TileLayout['tiles'] = [];
  #wide: TileLayout['wide'] = [];

  /** How many nodes can have histograms, when no more than `wanted` need them at one time. */
  static slots({ histogramBytes }: TileLayout, wanted: number): number {
    return Math.max(LEAST_SLOTS, Math.min(wanted, Math.floor(MAX_BYTES / Math.max(1, histogramBytes))));
  }

  static bytes(layout: TileLayout, nRows: number, slots: number): number {
    const slot = Workspace.sizeOf(layout.histogramBytes, 1) + Workspace.sizeOf(layout.features.length, 1);
    const block = Workspace.sizeOf(blockRows(layout.rowBytes) * layout.rowBytes, 1);
    return Workspace.sizeOf(2 * nRows, 4) + block + slots * slot;
  }

  constructor(workspace: Workspace, layout: TileLayout, rows: TiledRows, slots: number) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#rows = rows;
    this.#gatheredPairs = workspace.f32(2 * rows.nRows);
    this.#gatheredBins = workspace.u8(blockRows(layout.rowBytes) * layout.rowBytes);
    const place = () => ({
      address: workspace.u8(layout.histogramBytes).address,
      splittable: workspace.u8(layout.features.length),
    });
    this.scratch = place();
    this.#free = Array.from({ length: slots - 1 }, place);
  }

  /** Limits what is summed up to these features, and those in tiles with them. */
  limitTo(features: Uint32Array): void {
    if (features === this.#features) return;
    this.#features = features;
    const allowed = new Set(features);
    this.#tiles = this.#layout.tiles.filter((tile) => tile.features.some((feature) => allowed.has(feature)));
    this.#wide = this.#layout.wide.filter((feature) => allowed.has(feature));
  }

  /** A free place for a node below that of `above`, or undefined when there is none left. */
  take(above?: Histograms): Histograms | undefined {
    const free = this.#free.pop();
    if (above === undefined) free?.splittable.fill(1);
    else free?.splittable.set(above.splittable);
    return free;
  }

  /** A place for a node of which nothing is known from above; it is kept if there is one free. */
  takeAny(): Histograms {
    this.scratch.splittable.fill(1);
    return this.take() ?? this.scratch;
  }

  giveBack(histograms: Histograms | undefined): void {
    if (histograms !== undefined && histograms !== this.scratch) this.#free.push(histograms);
  }

  /**
   * Sums up the pairs of rows.
   *
   * @param pairs the address of those of all rows
   * @param rows the address of `count` rows, or 0 for all rows
   */
  sum({ address }: Histograms, pairs: number, rows: number, count: number, pause: () => void): void {
    const { kernels } = this.#workspace;
    const { features, places, rowBytes } = this.#layout;
    const isAll = rows === 0;
    if (!isAll) kernels.gatherPairs(pairs, rows, count, this.#gatheredPairs.address);
    const pairsOfRows = isAll ? pairs : this.#gatheredPairs.address;
    const size = blockRows(rowBytes);
    for (let begin = 0; begin < count; begin += size) {
      const n = Math.min(size, count - begin);
      let bins = this.#rows.address + begin * rowBytes;
      if (!isAll) {
        bins = this.#gatheredBins.address;
        kernels.gatherBins(this.#rows.address, rowBytes, rows + begin * 4, n, bins);
      }
      const pairsOfBlock = pairsOfRows + begin * PAIR_BYTES;
      // A tile at a time, so that it stays in the cache until it is added to.
      for (const { width, bytesBefore, histogramsAt } of this.#tiles) {
        const to = address + histogramsAt;
        if (begin === 0) kernels.clearHistogram(to, width * TILE_HISTOGRAM_BYTES);
        kernels.addTile(bins + bytesBefore, rowBytes, width, n, pairsOfBlock, to);
      }
      for (const feature of this.#wide) {
        const to = address + histogramAt(this.#layout, feature);
        if (begin === 0) kernels.clearHistogram(to, wideHistogramBytes(features[feature]));
        kernels.addWide(bins + places[feature].bytesBefore, rowBytes, n, pairsOfBlock, to);
      }
      pause();
    }
  }

  /** Makes the histograms of a node those of it without one of its children. */
  subtract(from: Histograms, child: Histograms): void {
    this.#workspace.kernels.subtractHistogram(from.address, child.address, this.#layout.histogramBytes);
  }
}

function blockRows(rowBytes: number): number {
  // A row of very many features is longer than a block, and one of none has no bytes.
  return Math.max(1, Math.floor(BLOCK_BYTES / Math.max(1, rowBytes)));
}
