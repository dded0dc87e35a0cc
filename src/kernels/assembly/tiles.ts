/*
 * Binned rows. Features of at most 256 bins are in tiles: 8 side by side, a byte
 * each, so that one load brings their bins; the last tile has 4 where no more are
 * left. Behind them comes every other feature by itself, with bins of two bytes.
 */

/** The features of a wide tile, and of a narrow one. */
export const WIDE: usize = 8;
export const NARROW: usize = 4;

/**
 * Writes the bins of a block of rows for one feature, each a B. A value's bin is the
 * number of the feature's edges that are below it.
 *
 * @param x f64[nBlock][nFeatures], from the feature's first value on; NaN is missing
 * @param edges f64[nEdges], rising, the unused ones Infinity; nEdges is a power of two less 1
 * @param missingBin the bin of missing values
 * @param bins the feature's bin of the block's first row; those of the next rows are `rowBytes` apart
 */
function placeBins<B>(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  nEdges: u32,
  missingBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  const stride = (<usize>nFeatures) << 3;
  for (let end = x + <usize>nBlock * stride; x < end; x += stride, bins += rowBytes) {
    const value = load<f64>(x);
    const bin = value == value ? binOf(edges, (<usize>nEdges + 1) >> 1, value) : <usize>missingBin;
    store<B>(bins, <B>bin);
  }
}

/** The number of edges below `value`, by bisection without branches. */
function binOf(edges: usize, half: usize, value: f64): usize {
  let bin: usize = 0;
  for (let step = half; step > 0; step >>= 1) {
    bin += <usize>(load<f64>(edges + ((bin + step - 1) << 3)) < value) * step;
  }
  return bin;
}

export function placeBins8(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  nEdges: u32,
  missingBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  placeBins<u8>(x, nBlock, nFeatures, edges, nEdges, missingBin, bins, rowBytes);
}

export function placeBins16(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  nEdges: u32,
  missingBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  placeBins<u16>(x, nBlock, nFeatures, edges, nEdges, missingBin, bins, rowBytes);
}

/**
 * Writes the bins of a block of rows for one feature of categories, each a B. The
 * first `kept` categories have the bins of their numbers, and missing values the next
 * one, as have all other categories but those that the training has not seen.
 *
 * @param x f64[nBlock][nFeatures], from the feature's first category on; NaN is missing
 * @param kept at most `all`
 * @param all the number of categories; those from it on are unseen
 * @param unseenBin the bin of unseen categories
 * @param bins the feature's bin of the block's first row; those of the next rows are `rowBytes` apart
 */
function placeCategories<B>(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  kept: u32,
  all: u32,
  unseenBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  const stride = (<usize>nFeatures) << 3;
  for (let end = x + <usize>nBlock * stride; x < end; x += stride, bins += rowBytes) {
    const category = load<f64>(x);
    const other = category >= <f64>all ? unseenBin : kept;
    store<B>(bins, <B>(category < <f64>kept ? <u32>category : other));
  }
}

export function placeCategories8(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  kept: u32,
  all: u32,
  unseenBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  placeCategories<u8>(x, nBlock, nFeatures, kept, all, unseenBin, bins, rowBytes);
}

export function placeCategories16(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  kept: u32,
  all: u32,
  unseenBin: u32,
  bins: usize,
  rowBytes: usize,
): void {
  placeCategories<u16>(x, nBlock, nFeatures, kept, all, unseenBin, bins, rowBytes);
}
