import { type Placed, Workspace } from '../../../kernels/workspace.js';
import { missingBin, unseenBin } from './binned-feature.js';
import type { TileLayout } from './tile-layout.js';

/** The values that are copied into the workspace at a time. */
const BLOCK_VALUES = 16_384;
/** After so many values, a few 10 ms of work, others may have their say. */
const PAUSE_VALUES = 2_000_000;

/** Rows as they come: shape nRows x nFeatures, row-major. */
export interface RawRows {
  readonly x: Float64Array;
  readonly nRows: number;
  readonly nFeatures: number;
}

/**
 * The bins of rows in a workspace, row after row: what a node asks of a row lies
 * in one or two lines of the cache, however far apart its rows are.
 */
export class TiledRows {
  readonly #bins: Placed<Uint8Array>;

  /** The bytes that `nRows` rows take. */
  static bytes(nRows: number, { rowBytes }: TileLayout): number {
    return Workspace.sizeOf(nRows * rowBytes, 1);
  }

  constructor(
    workspace: Workspace,
    readonly nRows: number,
    private readonly layout: TileLayout,
  ) {
    this.#bins = workspace.u8(nRows * layout.rowBytes);
  }

  /** The address of the first row's bins; those of the next rows are `rowBytes` apart. */
  get address(): number {
    return this.#bins.address;
  }

  /** The address of the first row's bin of a feature. */
  binAddress(feature: number): number {
    return this.#bins.address + this.layout.places[feature].bytesBefore;
  }
}

/** Writes the bins of rows, whose values it rounds to single precision if `single` says so. */
export class BinPlacer {
  readonly #workspace: Workspace;
  readonly #layout: TileLayout;
  readonly #nFeatures: number;
  readonly #block: Placed<Float64Array<ArrayBuffer>>;
  readonly #edges: readonly Placed<Float64Array<ArrayBuffer>>[];
  readonly #single: boolean;

  static bytes(nFeatures: number, { features }: TileLayout): number {
    const edges = features.reduce((sum, feature) => sum + Workspace.sizeOf(edgePlaces(feature.edges.length), 8), 0);
    return edges + Workspace.sizeOf(blockRows(nFeatures) * nFeatures, 8);
  }

  constructor(workspace: Workspace, layout: TileLayout, nFeatures: number, single: boolean) {
    this.#workspace = workspace;
    this.#layout = layout;
    this.#nFeatures = nFeatures;
    this.#single = single;
    this.#block = workspace.f64(blockRows(nFeatures) * nFeatures);
    this.#edges = layout.features.map(({ edges }) => {
      const placed = workspace.f64(edgePlaces(edges.length));
      placed.fill(Infinity);
      placed.set(edges);
      return placed;
    });
  }

  /** @param order the row of each place; absent: that of its number */
  place({ x, nRows, nFeatures }: RawRows, rows: TiledRows, pause: () => void, order?: Uint32Array): void {
    const size = blockRows(nFeatures);
    let since = 0;
    for (let first = 0; first < nRows; first += size) {
      const n = Math.min(size, nRows - first);
      if (order === undefined) this.#copy(x.subarray(first * nFeatures, (first + n) * nFeatures), 0);
      else {
        for (let place = 0; place < n; place++) {
          const from = order[first + place] * nFeatures;
          this.#copy(x.subarray(from, from + nFeatures), place * nFeatures);
        }
      }
      this.#layout.features.forEach((_, feature) => this.#placeFeature(feature, first, n, rows));
      since += n * nFeatures;
      if (since < PAUSE_VALUES) continue;
      since = 0;
      pause();
    }
  }

  #copy(values: Float64Array, to: number): void {
    if (!this.#single) {
      this.#block.set(values, to);
      return;
    }
    for (let i = 0; i < values.length; i++) this.#block[to + i] = Math.fround(values[i]);
  }

  #placeFeature(feature: number, first: number, n: number, rows: TiledRows): void {
    const { kernels } = this.#workspace;
    const { features, places, rowBytes } = this.#layout;
    const { column, missing, categories } = features[feature];
    const x = this.#block.address + column * 8;
    const bins = rows.binAddress(feature) + first * rowBytes;
    const isByte = places[feature].binBytes === 1;
    if (categories !== undefined) {
      const { kept, all } = categories;
      const place = isByte ? kernels.placeCategories8 : kernels.placeCategories16;
      place(x, n, this.#nFeatures, kept, all, unseenBin(features[feature]), bins, rowBytes);
      return;
    }
    const place = isByte ? kernels.placeBins8 : kernels.placeBins16;
    place(
      x,
      n,
      this.#nFeatures,
      this.#edges[feature].address,
      this.#edges[feature].length - 1,
      missing ?? missingBin(features[feature]),
      bins,
      rowBytes,
    );
  }
}

/** A power of two that is above the number of edges. */
function edgePlaces(nEdges: number): number {
  return 2 ** (32 - Math.clz32(nEdges));
}

function blockRows(nFeatures: number): number {
  return Math.max(1, Math.floor(BLOCK_VALUES / nFeatures));
}
