/*
 * Histograms of gradients: for each bin of a feature the sums of the gradients
 * and of the hessians of its rows, one f64x2. A feature's bins are `stride`
 * bytes from those of the next one.
 */
import { NARROW, WIDE } from './tiles';

const PAIR: usize = 8;
const SUM: usize = 16;
/** The bytes of a feature's histogram where bins are bytes. */
const STRIDE_8: usize = 256 * SUM;

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
function addFour8(histogram: usize, bins: u64, pair: v128): void {
  add(histogram, (bins << 4) & 0xff0, pair);
  add(histogram + STRIDE_8, (bins >> 4) & 0xff0, pair);
  add(histogram + 2 * STRIDE_8, (bins >> 12) & 0xff0, pair);
  add(histogram + 3 * STRIDE_8, (bins >> 20) & 0xff0, pair);
}

/** Does so with bins of two bytes. */
@inline
function addFour16(histogram: usize, stride: usize, bins: u64, pair: v128): void {
  add(histogram, (bins << 4) & 0xffff0, pair);
  add(histogram + stride, (bins >> 12) & 0xffff0, pair);
  add(histogram + 2 * stride, (bins >> 28) & 0xffff0, pair);
  add(histogram + 3 * stride, (bins >> 44) & 0xffff0, pair);
}

/**
 * Adds rows to the histograms of a tile's features. It is written out for each
 * case, since `width` and `listed` are constants, so that nothing is asked in the loop.
 *
 * @param tile B[nRows][width]
 * @param listed whether the rows are those of `rows` (u32[count]); else they are the first `count`
 * @param pairs f32[count][2], gradient and hessian of those rows, in their order
 * @param histograms f64[width][stride / 16][2], added to
 */
@inline
function addRows<B>(
  tile: usize,
  width: usize,
  listed: bool,
  rows: usize,
  count: u32,
  pairs: usize,
  histograms: usize,
  stride: usize,
): void {
  for (let i: usize = 0, n = <usize>count; i < n; i++) {
    const row = listed ? <usize>load<u32>(rows + (i << 2)) : i;
    const bins = tile + row * (width * sizeof<B>());
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(pairs + i * PAIR));
    if (sizeof<B>() == 2) {
      addFour16(histograms, stride, load<u64>(bins), pair);
      if (width == WIDE) addFour16(histograms + 4 * stride, stride, load<u64>(bins, 8), pair);
    } else if (width == WIDE) {
      const all = load<u64>(bins);
      addFour8(histograms, all, pair);
      addFour8(histograms + 4 * STRIDE_8, all >> 32, pair);
    } else {
      addFour8(histograms, load<u32>(bins), pair);
    }
  }
}

@inline
function addTile<B>(
  tile: usize,
  width: u32,
  rows: usize,
  count: u32,
  pairs: usize,
  histograms: usize,
  stride: usize,
): void {
  if (<usize>width == WIDE) {
    if (rows == 0) addRows<B>(tile, WIDE, false, rows, count, pairs, histograms, stride);
    else addRows<B>(tile, WIDE, true, rows, count, pairs, histograms, stride);
  } else {
    if (rows == 0) addRows<B>(tile, NARROW, false, rows, count, pairs, histograms, stride);
    else addRows<B>(tile, NARROW, true, rows, count, pairs, histograms, stride);
  }
}

/**
 * Adds rows to the histograms of a tile of byte bins, 256 a feature.
 *
 * @param rows u32[count], or 0 for the first `count` rows
 */
export function addTile8(tile: usize, width: u32, rows: usize, count: u32, pairs: usize, histograms: usize): void {
  addTile<u8>(tile, width, rows, count, pairs, histograms, STRIDE_8);
}

/** Does so where bins are of two bytes; `stride` is in bytes. */
export function addTile16(
  tile: usize,
  width: u32,
  rows: usize,
  count: u32,
  pairs: usize,
  histograms: usize,
  stride: usize,
): void {
  addTile<u16>(tile, width, rows, count, pairs, histograms, stride);
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
