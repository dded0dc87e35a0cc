import { type Placed, Workspace } from '../../../kernels/workspace.js';
import type { TileLayout } from '../boosting/tile-layout.js';
import type { RawRows, TiledRows } from '../boosting/tiled-rows.js';
import type { BorderedFeature } from './bordered-feature.js';

/** The values that are copied into the workspace at a time. */
const BLOCK_VALUES = 16_384;
/** After so many values, a few 10 ms of work, others may have their say. */
const PAUSE_VALUES = 2_000_000;

/** Writes how many borders of each feature the values of rows are above, in single precision. */
export class BorderCounter {
  readonly #workspace: Workspace;
  readonly #features: readonly BorderedFeature[];
  readonly #layout: TileLayout;
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
    this.#block = workspace.f64(blockRows(nFeatures) * nFeatures);
    this.#borders = features.map(({ edges }) => {
      const placed = workspace.f64(borderPlaces(edges.length));
      placed.fill(Infinity);
      placed.set(edges);
      return placed;
    });
  }

  place({ x, nRows, nFeatures }: RawRows, rows: TiledRows, pause: () => void): void {
    const { kernels } = this.#workspace;
    const { binBytes, rowBytes } = this.#layout;
    const placeBins = binBytes === 1 ? kernels.placeBins8 : kernels.placeBins16;
    const size = blockRows(nFeatures);
    let since = 0;
    for (let first = 0; first < nRows; first += size) {
      const n = Math.min(size, nRows - first);
      const from = first * nFeatures;
      for (let i = 0; i < n * nFeatures; i++) this.#block[i] = Math.fround(x[from + i]);
      this.#features.forEach(({ column, missing }, feature) => {
        const { address, length } = this.#borders[feature];
        const to = rows.binAddress(feature) + first * rowBytes;
        placeBins(
          this.#block.address + column * 8,
          n,
          nFeatures,
          address,
          length - 1,
          missing,
          to,
          rowBytes / binBytes,
        );
      });
      since += n * nFeatures;
      if (since < PAUSE_VALUES) continue;
      since = 0;
      pause();
    }
  }
}

/** A power of two that is above the number of borders. */
function borderPlaces(nBorders: number): number {
  return 2 ** (32 - Math.clz32(nBorders));
}

function blockRows(nFeatures: number): number {
  return Math.max(1, Math.floor(BLOCK_VALUES / nFeatures));
}
