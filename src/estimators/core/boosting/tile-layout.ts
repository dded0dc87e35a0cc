import { type BinnedFeature, binsOf, BYTE_BINS } from './binned-feature.js';

/** The features of a tile, and of one that has few; see the kernels' file tiles. */
const WIDE = 8;
const NARROW = 4;
/** The bytes of the sums of a bin. */
const SUM_BYTES = 16;

/** Some features side by side. */
export interface Tile {
  /** The first of its features; they follow each other. */
  readonly first: number;
  readonly count: number;
  /** The bins that it has room for in a row; those without a feature stay 0. */
  readonly width: number;
  /** The bytes of a row's bins before its own. */
  readonly bytesBefore: number;
}

/** How the bins of rows, and the histograms over them, lie in memory. */
export interface TileLayout {
  readonly features: readonly BinnedFeature[];
  readonly tiles: readonly Tile[];
  /** The bytes of a bin's number, 1 or 2. */
  readonly binBytes: 1 | 2;
  /** The bytes of a row's bins. */
  readonly rowBytes: number;
  /** The bytes of a feature's histogram. */
  readonly stride: number;
  /** The bytes of the histograms of all features. */
  readonly histogramBytes: number;
}

export function tileLayout(features: readonly BinnedFeature[]): TileLayout {
  const mostBins = features.reduce((most, feature) => Math.max(most, binsOf(feature)), 0);
  const binBytes = mostBins <= BYTE_BINS ? 1 : 2;
  const tiles: Tile[] = [];
  let bytesBefore = 0;
  let places = 0;
  for (let first = 0; first < features.length; first += WIDE) {
    const count = Math.min(WIDE, features.length - first);
    const width = count <= NARROW ? NARROW : WIDE;
    tiles.push({ first, count, width, bytesBefore });
    bytesBefore += width * binBytes;
    places += width;
  }
  // The kernel for bytes knows its stride; two bins are looked at at one time.
  const stride = SUM_BYTES * (binBytes === 1 ? BYTE_BINS : mostBins + (mostBins % 2));
  return { features, tiles, binBytes, rowBytes: bytesBefore, stride, histogramBytes: places * stride };
}

/** The tile of a feature, and its place in it. */
export function placeOf({ tiles }: TileLayout, feature: number): { readonly tile: Tile; readonly lane: number } {
  return { tile: tiles[Math.floor(feature / WIDE)], lane: feature % WIDE };
}
