// The Euclidean search that looks at rounded rows first. Rows and queries are
// rounded to 16-bit whole numbers x' and q', so that i32x4.dot_i16x8_s multiplies
// eight pairs at once, and without any error: |x' - q'|^2 = |q'|^2 - 2 score with
// score = x'.q' - |x'|^2 / 2. By the triangle inequality a row within the distance
// T of the query has |x' - q'| <= T + error, where error is how far rounding has
// moved the two; so rows with a lower score than that asks for are passed over,
// and of the others the distance is taken in float64. T is that of the farthest
// neighbour so far: no neighbour is lost, and none is wrong, except where a row
// outside the heap is as far as the last one in it. Rows come in an order of their
// own here; which of those are kept is for the exact scan to say.
import { squaredDistance } from './distance';
import { NeighbourSearch } from './neighbour-search';
import { offerNeighbour } from './top-k';

/** The score that a row must exceed, from the farthest neighbour so far; the lowest number while there are not k. */
function updateThreshold(search: NeighbourSearch, query: i32): void {
  const bound = search.bounds + ((<usize>query) << 5);
  // |q'|^2; the error; rounded units in one unit; the room that float64 sums need.
  const norm = load<f64>(bound);
  const error = load<f64>(bound, 8);
  const unit = load<f64>(bound, 16);
  const room = load<f64>(bound, 24);
  // Squares below 2^-1074 count as 0: the distance may be short by the root of one a feature.
  const lost = <f64>search.nFeatures * 1e-323;
  const reach = Math.sqrt(load<f64>(search.heapDistances(query)) * room + lost) * unit + error;
  const threshold = <i32>Math.floor((norm - reach * reach) * 0.5 - 2);
  store<i32>(search.thresholds + ((<usize>query) << 2), threshold);
}

/** Takes the distances of the rows with a chance among eight, and returns their number. */
function settle(search: NeighbourSearch, query: i32, low: v128, high: v128, place: i32): i32 {
  const threshold = v128.load32_splat(search.thresholds + ((<usize>query) << 2));
  let chances = i32x4.bitmask(i32x4.gt_s(low, threshold)) | (i32x4.bitmask(i32x4.gt_s(high, threshold)) << 4);
  if (chances == 0) return 0;
  const count = popcnt(chances);
  const distances = search.heapDistances(query);
  const rows = search.heapRows(query);
  const point = search.point(query);
  let isNearer = false;
  for (; chances != 0; chances &= chances - 1) {
    const row = load<u32>(search.order + ((<usize>(place + ctz(chances))) << 2));
    const distance = squaredDistance(search.row(row), point, search.nFeatures);
    const farthest = load<f64>(distances);
    if (distance > farthest) continue;
    store<f64>(search.outside + ((<usize>query) << 3), farthest);
    if (offerNeighbour(distances, rows, search.k, distance, row)) isNearer = true;
  }
  if (isNearer) updateThreshold(search, query);
  return count;
}

/**
 * Offers the rows of the blocks `from` to `to` - 1 to the heaps of the four
 * queries from `query` on, and returns how many distances it took.
 *
 * @param blocks eight rows each: i32 x 8, their -|x'|^2 / 2 rounded up (the
 *   greatest number for a row that is always looked at, the least for none);
 *   then i16, pairs of features x 8 rows x 2
 * @param pairs the pairs of features; an odd last one is filled with 0
 * @param rounded the four rounded queries: i16, 4 x 2 pairs
 */
export function scanQuad(
  search: NeighbourSearch,
  blocks: usize,
  from: i32,
  to: i32,
  pairs: i32,
  rounded: usize,
  query: i32,
): i32 {
  const width = (<usize>pairs) << 2;
  const thresholds = search.thresholds + ((<usize>query) << 2);
  let at = blocks + <usize>from * ((width << 3) + 32);
  let count = 0;
  for (let block = from; block < to; block++) {
    let low0 = v128.load(at);
    let high0 = v128.load(at, 16);
    let low1 = low0;
    let high1 = high0;
    let low2 = low0;
    let high2 = high0;
    let low3 = low0;
    let high3 = high0;
    at += 32;
    for (let q = rounded, end = rounded + width; q < end; q += 4, at += 32) {
      const low = v128.load(at);
      const high = v128.load(at, 16);
      let point = v128.load32_splat(q);
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(low, point));
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(high, point));
      point = v128.load32_splat(q + width);
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(low, point));
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(high, point));
      point = v128.load32_splat(q + 2 * width);
      low2 = i32x4.add(low2, i32x4.dot_i16x8_s(low, point));
      high2 = i32x4.add(high2, i32x4.dot_i16x8_s(high, point));
      point = v128.load32_splat(q + 3 * width);
      low3 = i32x4.add(low3, i32x4.dot_i16x8_s(low, point));
      high3 = i32x4.add(high3, i32x4.dot_i16x8_s(high, point));
    }
    const chance0 = i32x4.gt_s(i32x4.max_s(low0, high0), v128.load32_splat(thresholds));
    const chance1 = i32x4.gt_s(i32x4.max_s(low1, high1), v128.load32_splat(thresholds, 4));
    const chance2 = i32x4.gt_s(i32x4.max_s(low2, high2), v128.load32_splat(thresholds, 8));
    const chance3 = i32x4.gt_s(i32x4.max_s(low3, high3), v128.load32_splat(thresholds, 12));
    if (!v128.any_true(v128.or(v128.or(chance0, chance1), v128.or(chance2, chance3)))) continue;
    const place = block << 3;
    count += settle(search, query, low0, high0, place);
    count += settle(search, query + 1, low1, high1, place);
    count += settle(search, query + 2, low2, high2, place);
    count += settle(search, query + 3, low3, high3, place);
  }
  return count;
}

/** `scanQuad` for the one query at `rounded`. */
export function scanOne(
  search: NeighbourSearch,
  blocks: usize,
  from: i32,
  to: i32,
  pairs: i32,
  rounded: usize,
  query: i32,
): i32 {
  const end = rounded + ((<usize>pairs) << 2);
  const threshold = search.thresholds + ((<usize>query) << 2);
  let at = blocks + <usize>from * (((<usize>pairs) << 5) + 32);
  let count = 0;
  for (let block = from; block < to; block++) {
    let low = v128.load(at);
    let high = v128.load(at, 16);
    at += 32;
    for (let q = rounded; q < end; q += 4, at += 32) {
      const point = v128.load32_splat(q);
      low = i32x4.add(low, i32x4.dot_i16x8_s(v128.load(at), point));
      high = i32x4.add(high, i32x4.dot_i16x8_s(v128.load(at, 16), point));
    }
    if (!v128.any_true(i32x4.gt_s(i32x4.max_s(low, high), v128.load32_splat(threshold)))) continue;
    count += settle(search, query, low, high, block << 3);
  }
  return count;
}
