/*
 * Sums over the gradients of rows by their leaves and their bins in four statistics
 * (see target-statistics). A leaf has a histogram of 16 bins for each of them, an
 * f64x2 a bin: one pass over all rows fills those of all leaves.
 */

const SUM: usize = 16;
const LANE: usize = 16 * SUM;

/**
 * @param bins u8[nRows][4]
 * @param leaves u16[nRows]
 * @param pairs f32[nRows][2]
 * @param firstLeaf the first of `nLeaves` leaves that are looked at
 * @param histograms f64[nLeaves][4][16][2], added to
 * @param stride the bytes from leaf to leaf
 */
export function addStatisticPairs(
  bins: usize,
  leaves: usize,
  pairs: usize,
  nRows: u32,
  firstLeaf: u32,
  nLeaves: u32,
  histograms: usize,
  stride: usize,
): void {
  for (let end = bins + ((<usize>nRows) << 2); bins < end; bins += 4, leaves += 2, pairs += 8) {
    const leaf = <u32>load<u16>(leaves) - firstLeaf;
    if (leaf >= nLeaves) continue;
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs));
    const histogram = histograms + <usize>leaf * stride;
    const four = <usize>load<u32>(bins);
    addPair(histogram + (four & 255) * SUM, pair);
    addPair(histogram + LANE + ((four >> 8) & 255) * SUM, pair);
    addPair(histogram + 2 * LANE + ((four >> 16) & 255) * SUM, pair);
    addPair(histogram + 3 * LANE + (four >> 24) * SUM, pair);
  }
}

@inline
function addPair(at: usize, pair: v128): void {
  v128.store(at, f64x2.add(v128.load(at), pair));
}

/**
 * Sets the bit `level` of the leaves of all rows whose bin is above a cut.
 *
 * @param bins the bin (u8) of the first row; those of the next rows are 4 bytes apart
 * @param leaves u16[nRows]
 */
export function setLeafBits(bins: usize, nRows: u32, cut: u32, level: u32, leaves: usize): void {
  for (let end = leaves + ((<usize>nRows) << 1); leaves < end; leaves += 2, bins += 4) {
    store<u16>(leaves, load<u16>(leaves) | (<u16>(<u32>load<u8>(bins) > cut) << <u16>level));
  }
}
