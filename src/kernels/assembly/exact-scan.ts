// Looks at every training row in float64: two queries by four rows at a time, one
// lane a query, so that each distance is summed in the order of the features.
import { NeighbourSearch } from './neighbour-search';
import { offerNeighbour } from './top-k';

function addSquare(sum: v128, row: usize, point: v128): v128 {
  const difference = f64x2.sub(v128.load64_splat(row), point);
  return f64x2.add(sum, f64x2.mul(difference, difference));
}

function addAbsolute(sum: v128, row: usize, point: v128): v128 {
  return f64x2.add(sum, f64x2.abs(f64x2.sub(v128.load64_splat(row), point)));
}

function offerPair(search: NeighbourSearch, first: i32, second: i32, sums: v128, row: i32): void {
  const k = search.k;
  offerNeighbour(search.heapDistances(first), search.heapRows(first), k, f64x2.extract_lane(sums, 0), row);
  if (second == first) return;
  offerNeighbour(search.heapDistances(second), search.heapRows(second), k, f64x2.extract_lane(sums, 1), row);
}

/**
 * Offers the rows `from` to `to` - 1 to the heaps of two queries, which may be
 * the same.
 *
 * @param pair the two points, interleaved: f64, nFeatures x 2
 * @param p 1 for Manhattan distances, 2 for squared Euclidean ones
 */
export function scanExactly(
  search: NeighbourSearch,
  from: i32,
  to: i32,
  pair: usize,
  first: i32,
  second: i32,
  p: i32,
): void {
  const width = (<usize>search.nFeatures) << 3;
  const end = pair + (width << 1);
  for (let row = from; row < to; row += 4) {
    // Short of four rows, the last is looked at again, and not offered.
    const count = min(4, to - row);
    let a = search.row(row);
    let b = count > 1 ? a + width : a;
    let c = count > 2 ? b + width : b;
    let d = count > 3 ? c + width : c;
    let sumA = f64x2.splat(0);
    let sumB = sumA;
    let sumC = sumA;
    let sumD = sumA;
    if (p == 2) {
      for (let at = pair; at < end; at += 16, a += 8, b += 8, c += 8, d += 8) {
        const point = v128.load(at);
        sumA = addSquare(sumA, a, point);
        sumB = addSquare(sumB, b, point);
        sumC = addSquare(sumC, c, point);
        sumD = addSquare(sumD, d, point);
      }
    } else {
      for (let at = pair; at < end; at += 16, a += 8, b += 8, c += 8, d += 8) {
        const point = v128.load(at);
        sumA = addAbsolute(sumA, a, point);
        sumB = addAbsolute(sumB, b, point);
        sumC = addAbsolute(sumC, c, point);
        sumD = addAbsolute(sumD, d, point);
      }
    }
    const farthest = f64x2.replace_lane(
      f64x2.splat(load<f64>(search.heapDistances(first))),
      1,
      load<f64>(search.heapDistances(second)),
    );
    const nearest = f64x2.min(f64x2.min(sumA, sumB), f64x2.min(sumC, sumD));
    if (!v128.any_true(f64x2.le(nearest, farthest))) continue;
    offerPair(search, first, second, sumA, row);
    if (count > 1) offerPair(search, first, second, sumB, row + 1);
    if (count > 2) offerPair(search, first, second, sumC, row + 2);
    if (count > 3) offerPair(search, first, second, sumD, row + 3);
  }
}
