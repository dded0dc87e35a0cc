import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { RawRows, TiledRows } from '../boosting/tiled-rows.js';
import type { BorderedFeature } from './bordered-feature.js';

/** The values that are copied into the workspace at a time. */
const BLOCK_VALUES = 16_384;
/** After so many values, a few 10 ms of work, others may have their say. */
const PAUSE_VALUES = 2_000_000;

/** Writes the bins of rows: how many borders of each feature their values are above, in single precision, or their categories. */
export class BorderCounter {
  readonly #workspace: Workspace;
  readonly #features: readonly BorderedFeature[];
  readonly #layout: TileLayout;
  readonly #nFeatures: number;
  readonly #block: Placed<Float64Array<ArrayBuffer>>;
  readonly #borders: readonly Placed<Float64Array<ArrayBuffer>>[];

  static bytes(nFeatures: number, features: readonly BorderedFeature[]): number {
    const borders = features.reduce((sum, { edges }) => sum + Workspace.sizeOf(borderPlaces(edges.length), 8), 0);
    return borders + Workspace.sizeOf(blockRows(nFeatures) * nFeatures, 8);
  }

  constructor(workspace: Workspace, features: readonly BorderedFeature[], layout: TileLayout, nFeatures: number) {
    this.#workspace = workspace;
    this.#features = features;
    this.#layout = layout;
    this.#nFeatures = nFeatures;
    this.#block = workspace.f64(blockRows(nFeatures) * nFeatures);
    this.#borders = features.map(({ edges }) => {
      const placed = workspace.f64(borderPlaces(edges.length));
      placed.fill(Infinity);
      placed.set(edges);
      return placed;
    });
  }

  /** @param order the row of each place; absent: that of its number */
  place({ x, nRows, nFeatures }: RawRows, order: Uint32Array | undefined, rows: TiledRows, pause: () => void): void {
    const size = blockRows(nFeatures);
    let since = 0;
    for (let first = 0; first < nRows; first += size) {
      const n = Math.min(size, nRows - first);
      this.#copy(x, nFeatures, first, n, order);
      this.#features.forEach((_, feature) => this.#placeFeature(feature, first, n, rows));
      since += n * nFeatures;
      if (since < PAUSE_VALUES) continue;
      since = 0;
      pause();
    }
  }

  #copy(x: Float64Array, nFeatures: number, first: number, n: number, order: Uint32Array | undefined): void {
    if (order === undefined) {
      const from = first * nFeatures;
      for (let i = 0; i < n * nFeatures; i++) this.#block[i] = Math.fround(x[from + i]);
      return;
    }
    for (let place = 0, to = 0; place < n; place++) {
      const from = order[first + place] * nFeatures;
      for (let i = from; i < from + nFeatures; i++) this.#block[to++] = Math.fround(x[i]);
    }
  }

  #placeFeature(feature: number, first: number, n: number, rows: TiledRows): void {
    const { kernels } = this.#workspace;
    const { column, categories, missing } = this.#features[feature];
    const { rowBytes, places } = this.#layout;
    const isByte = places[feature].binBytes === 1;
    const from = this.#block.address + column * 8;
    const to = rows.binAddress(feature) + first * rowBytes;
    if (categories !== undefined) {
      const { kept, all } = categories;
      const placeCategories = isByte ? kernels.placeCategories8 : kernels.placeCategories16;
      placeCategories(from, n, this.#nFeatures, kept, all, missing, to, rowBytes);
      return;
    }
    const { address, length } = this.#borders[feature];
    const placeBins = isByte ? kernels.placeBins8 : kernels.placeBins16;
    placeBins(from, n, this.#nFeatures, address, length - 1, missing, to, rowBytes);
  }
}

/** A power of two that is above the number of borders. */
function borderPlaces(nBorders: number): number {
  return 2 ** (32 - Math.clz32(nBorders));
}

function blockRows(nFeatures: number): number {
  return Math.max(1, Math.floor(BLOCK_VALUES / nFeatures));
}
