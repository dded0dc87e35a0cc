/*
 * Histograms of gradients: for each bin of a feature the sums of the gradients
 * and of the hessians of its rows, one f64x2. Those of a tile's features stand
 * one behind the other, 256 bins each.
 */
import { NARROW, WIDE } from './tiles';

const PAIR: usize = 8;
const SUM: usize = 16;
/** The bytes of a feature's histogram in a tile. */
const STRIDE: usize = 256 * SUM;

/** Brings the pairs of `count` rows together, in the order of the rows. */
export function gatherPairs(pairs: usize, rows: usize, count: u32, gathered: usize): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4, gathered += PAIR) {
    store<u64>(gathered, load<u64>(pairs + (<usize>load<u32>(rows)) * PAIR));
  }
}

/** Adds a row's pair to the bin at `offset` of a histogram. */
@inline
function add(histogram: usize, offset: u64, pair: v128): void {
  const sum = histogram + <usize>offset;
  v128.store(sum, f64x2.add(v128.load(sum), pair));
}

/**
 * Adds a row's pair to its bins of 4 features, bytes in the lowest 32 bits of
 * `bins`; a byte is brought to its place times 16, the bytes of a sum, at once.
 */
@inline
function addFour(histogram: usize, bins: u64, pair: v128): void {
  add(histogram, (bins << 4) & 0xff0, pair);
  add(histogram + STRIDE, (bins >> 4) & 0xff0, pair);
  add(histogram + 2 * STRIDE, (bins >> 12) & 0xff0, pair);
  add(histogram + 3 * STRIDE, (bins >> 20) & 0xff0, pair);
}

/**
 * Brings the bins of `count` rows together, `rowBytes` each, a multiple of 4. It
 * does nothing else, so that the processor has many rows on their way at a time:
 * those that are far apart have to come from memory, which is slow to begin.
 *
 * @param bins those of row 0
 * @param rows u32[count]
 */
export function gatherBins(bins: usize, rowBytes: usize, rows: usize, count: u32, gathered: usize): void {
  for (let end = rows + ((<usize>count) << 2); rows < end; rows += 4) {
    let from = bins + <usize>load<u32>(rows) * rowBytes;
    const next = gathered + rowBytes;
    for (; gathered + 8 <= next; gathered += 8, from += 8) store<u64>(gathered, load<u64>(from));
    if (gathered < next) store<u32>(gathered, load<u32>(from));
    gathered = next;
  }
}

/**
 * Adds rows to the histograms of a tile's features. It is written out for each
 * case, since `width` is a constant, so that nothing is asked in the loop.
 */
@inline
function addRows(bins: usize, rowBytes: usize, width: usize, count: u32, pairs: usize, histograms: usize): void {
  for (let end = pairs + <usize>count * PAIR; pairs < end; pairs += PAIR, bins += rowBytes) {
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs));
    if (width == WIDE) {
      const all = load<u64>(bins);
      addFour(histograms, all, pair);
      addFour(histograms + 4 * STRIDE, all >> 32, pair);
    } else {
      addFour(histograms, load<u32>(bins), pair);
    }
  }
}

/**
 * Adds `count` rows to the histograms of a tile's features.
 *
 * @param bins the tile's bins of the first row, u8[width]; those of the next rows are `rowBytes` apart
 * @param pairs f32[count][2], gradient and hessian of the rows
 * @param histograms f64[width][256][2], added to
 */
export function addTile(
  bins: usize,
  rowBytes: usize,
  width: u32,
  count: u32,
  pairs: usize,
  histograms: usize,
): void {
  if (<usize>width == WIDE) addRows(bins, rowBytes, WIDE, count, pairs, histograms);
  else addRows(bins, rowBytes, NARROW, count, pairs, histograms);
}

/**
 * Adds `count` rows to the histogram of a feature of more than 256 bins.
 *
 * @param bins the feature's bin of the first row, u16; those of the next rows are `rowBytes` apart
 * @param pairs f32[count][2], gradient and hessian of the rows
 * @param histogram f64[n_bins][2], added to
 */
export function addWide(bins: usize, rowBytes: usize, count: u32, pairs: usize, histogram: usize): void {
  for (let end = pairs + <usize>count * PAIR; pairs < end; pairs += PAIR, bins += rowBytes) {
    add(histogram, (<u64>load<u16>(bins)) << 4, f64x2.promote_low_f32x4(v128.load64_zero(pairs)));
  }
}

/** Makes a histogram the difference of it and another: `bytes` is a multiple of 16. */
export function subtractHistogram(from: usize, other: usize, bytes: usize): void {
  for (let end = from + bytes; from < end; from += 16, other += 16) {
    v128.store(from, f64x2.sub(v128.load(from), v128.load(other)));
  }
}

/** Clears `bytes`, a multiple of 16. */
export function clearHistogram(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}
