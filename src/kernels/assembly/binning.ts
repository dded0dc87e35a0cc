/** The bin of missing values; the others are 0 to 254. */
export const MISSING_BIN: u32 = 255;
const MAX_EDGES: usize = 256;

/**
 * Writes the bins of a block of rows into columns. A value's bin is the number
 * of the feature's edges that are below it.
 *
 * @param x f64[nBlock][nFeatures]; NaN is missing
 * @param edges f64[nFeatures][256], rising, the unused ones Infinity
 * @param columns u8[nFeatures][nRows], of which rows [first, first + nBlock) are written
 * @param lows f64[nFeatures][256], lowered to the least value of each bin
 * @param highs f64[nFeatures][256], raised to the largest value of each bin
 */
export function binRows(
  x: usize,
  nBlock: u32,
  nFeatures: u32,
  edges: usize,
  columns: usize,
  nRows: u32,
  first: u32,
  lows: usize,
  highs: usize,
): void {
  const stride = (<usize>nFeatures) << 3;
  for (let feature: usize = 0; feature < nFeatures; feature++) {
    const offset = (feature * MAX_EDGES) << 3;
    const column = columns + feature * nRows + first;
    let cell = x + (feature << 3);
    for (let row: usize = 0; row < nBlock; row++, cell += stride) {
      const value = load<f64>(cell);
      if (value != value) {
        store<u8>(column + row, MISSING_BIN);
        continue;
      }
      const bin = binOf(edges + offset, value);
      store<u8>(column + row, bin);
      const at = offset + (bin << 3);
      if (value < load<f64>(lows + at)) store<f64>(lows + at, value);
      if (value > load<f64>(highs + at)) store<f64>(highs + at, value);
    }
  }
}

/** The number of edges below `value`, by bisection without branches. */
function binOf(edges: usize, value: f64): usize {
  let bin: usize = 0;
  for (let step: usize = 128; step > 0; step >>= 1) {
    bin += <usize>(load<f64>(edges + ((bin + step - 1) << 3)) < value) * step;
  }
  return bin;
}
