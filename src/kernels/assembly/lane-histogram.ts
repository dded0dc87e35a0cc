/*
 * Histograms of gradients over four features of at most 16 bins side by side, as the
 * statistics of categories come: for each lane and bin the sums of the pairs of its
 * rows, f64[4][16][2].
 */
const SUM: usize = 16;
const BINS: usize = 16;
const LANE: usize = BINS * SUM;

@inline
function add(histogram: usize, bin: u32, pair: v128): void {
  const sum = histogram + ((<usize>bin) << 4);
  v128.store(sum, f64x2.add(v128.load(sum), pair));
}

/**
 * Adds rows to the histograms of a tile.
 *
 * @param tile u8[nRows][4], bins of all rows
 * @param rows u32[count], @param pairs f32[count][2], those of these rows
 * @param histograms f64[4][16][2], added to
 */
export function addLanes(tile: usize, rows: usize, count: u32, pairs: usize, histograms: usize): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4, pairs += 8) {
    const bins = load<u32>(tile + ((<usize>load<u32>(rows)) << 2));
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs));
    add(histograms, bins & 15, pair);
    add(histograms + LANE, (bins >> 8) & 15, pair);
    add(histograms + 2 * LANE, (bins >> 16) & 15, pair);
    add(histograms + 3 * LANE, (bins >> 24) & 15, pair);
  }
}
