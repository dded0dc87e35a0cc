/*
 * Binned rows, whose features are in tiles: 8 side by side, so that one load brings
 * their bins; the last tile has 4 where no more are left. A bin is a B: u8, or u16
 * where features have more than 256 bins.
 */

/** The features of a wide tile, and of a narrow one. */
export const WIDE: usize = 8;
export const NARROW: usize = 4;

/**
 * Writes the bins of a block of rows for one feature into its place in a tile. A
 * value's bin is the number of the feature's edges that are below it.
 *
 * @param x f64[nBlock][nFeatures], from the feature's first value on; NaN is missing
 * @param edges f64[nEdges], rising, the unused ones Infinity; nEdges is a power of two less 1
 * @param missingBin the bin of missing values
 * @param bins the feature's bin of the block's first row; those of the next rows are `width` bins apart, those of all tiles
 */
function placeBins<B>(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  nEdges: u32,
  missingBin: u32,
  bins: usize,
  width: u32,
): void {
  const stride = (<usize>nFeatures) << 3;
  const next = <usize>width * sizeof<B>();
  for (let end = x + <usize>nBlock * stride; x < end; x += stride, bins += next) {
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
  width: u32,
): void {
  placeBins<u8>(x, nBlock, nFeatures, edges, nEdges, missingBin, bins, width);
}

export function placeBins16(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  nEdges: u32,
  missingBin: u32,
  bins: usize,
  width: u32,
): void {
  placeBins<u16>(x, nBlock, nFeatures, edges, nEdges, missingBin, bins, width);
}
