import { type BinnedFeature, binsOf, BYTE_BINS } from './binned-feature.js';

/** The features of a tile, and of one that has few; see the kernels' file tiles. */
const WIDE = 8;
const NARROW = 4;
/** The bytes of the sums of a bin. */
const SUM_BYTES = 16;
/** The bytes of the histogram of a feature in a tile. */
export const TILE_HISTOGRAM_BYTES = BYTE_BINS * SUM_BYTES;
/** A row's bins begin at a multiple of so many bytes. */
const ROW_ALIGNMENT = 4;

/** Some features of at most 256 bins side by side. */
export interface Tile {
  /** Rising. */
  readonly features: readonly number[];
  /** The bins that it has room for in a row, a byte each; those without a feature stay 0. */
  readonly width: number;
  /** The bytes of a row's bins before its own. */
  readonly bytesBefore: number;
  /** The place of its histograms, in bytes from the first one of a node. */
  readonly histogramsAt: number;
}

/** Where the bins of a feature lie, and its histogram. */
export interface FeaturePlace {
  /** The bytes of a bin's number. */
  readonly binBytes: 1 | 2;
  /** The bytes of a row's bins before its own. */
  readonly bytesBefore: number;
  /** In bytes from the first histogram of a node. */
  readonly histogramAt: number;
}

/**
 * How the bins of rows, and the histograms over them, lie in memory: first the
 * tiles of features of at most 256 bins, whose histograms are all of one size,
 * and then each of the others by itself.
 */
export interface TileLayout {
  readonly features: readonly BinnedFeature[];
  readonly tiles: readonly Tile[];
  /** The features of more than 256 bins, rising. */
  readonly wide: readonly number[];
  /** Shape: n_features. */
  readonly places: readonly FeaturePlace[];
  /** The bytes of a row's bins. */
  readonly rowBytes: number;
  /** The bytes of the histograms of all features. */
  readonly histogramBytes: number;
}

export function tileLayout(features: readonly BinnedFeature[]): TileLayout {
  const isWide = features.map((feature) => binsOf(feature) > BYTE_BINS);
  const numbers = [...features.keys()];
  const narrow = numbers.filter((feature) => !isWide[feature]);
  const wide = numbers.filter((feature) => isWide[feature]);
  const places: FeaturePlace[] = [];
  const tiles: Tile[] = [];
  let bytesBefore = 0;
  let at = 0;
  for (let first = 0; first < narrow.length; first += WIDE) {
    const ofTile = narrow.slice(first, first + WIDE);
    const width = ofTile.length <= NARROW ? NARROW : WIDE;
    tiles.push({ features: ofTile, width, bytesBefore, histogramsAt: at });
    ofTile.forEach((feature, lane) => {
      const place = { binBytes: 1, bytesBefore: bytesBefore + lane } as const;
      places[feature] = { ...place, histogramAt: at + lane * TILE_HISTOGRAM_BYTES };
    });
    bytesBefore += width;
    at += width * TILE_HISTOGRAM_BYTES;
  }
  for (const feature of wide) {
    places[feature] = { binBytes: 2, bytesBefore, histogramAt: at };
    bytesBefore += 2;
    at += wideHistogramBytes(features[feature]);
  }
  const rowBytes = Math.ceil(bytesBefore / ROW_ALIGNMENT) * ROW_ALIGNMENT;
  return { features, tiles, wide, places, rowBytes, histogramBytes: at };
}

/** The place of a feature's histogram, in bytes from the first one of a node. */
export function histogramAt({ places }: TileLayout, feature: number): number {
  return places[feature].histogramAt;
}

/** The bytes of the histogram of a feature of more than 256 bins; two bins are looked at at one time. */
export function wideHistogramBytes(feature: BinnedFeature): number {
  return 2 * SUM_BYTES * Math.ceil(binsOf(feature) / 2);
}
