// The k nearest rows so far, as a binary heap in two arrays of k: the distances
// (f64) and the numbers of the rows (u32), the farthest at index 0. A heap starts
// with infinite distances, which every row displaces.
//
// A row displaces the farthest only if it is nearer: so of rows equally far, those
// that are kept depend on the order in which rows come. In that of the training
// rows they are those that scikit-learn's brute force keeps, whose heap sinks rows
// by the same comparisons (sklearn/utils/_heap.pyx).

/** Lets a row sink from the root of the heap of `size` to where it belongs. */
function sink(distances: usize, rows: usize, size: i32, distance: f64, row: u32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    let x = load<f64>(distances + ((<usize>child) << 3));
    if (child + 1 < size) {
      const y = load<f64>(distances + ((<usize>child) << 3), 8);
      if (y > x) {
        child++;
        x = y;
      }
    }
    if (!(x > distance)) break;
    store<f64>(distances + ((<usize>at) << 3), x);
    store<u32>(rows + ((<usize>at) << 2), load<u32>(rows + ((<usize>child) << 2)));
    at = child;
  }
  store<f64>(distances + ((<usize>at) << 3), distance);
  store<u32>(rows + ((<usize>at) << 2), row);
}

/**
 * Puts `row` in the place of the farthest of the `k`, if it is nearer; tells
 * whether it was. Infinite distances count as the greatest number.
 */
export function offerNeighbour(distances: usize, rows: usize, k: i32, distance: f64, row: u32): bool {
  distance = min(distance, f64.MAX_VALUE);
  if (!(distance < load<f64>(distances))) return false;
  sink(distances, rows, k, distance, row);
  return true;
}

/** Turns the heap of `k` into a list, the nearest first. */
export function sortNeighbours(distances: usize, rows: usize, k: i32): void {
  for (let size = k - 1; size > 0; size--) {
    const lastDistance = distances + ((<usize>size) << 3);
    const lastRow = rows + ((<usize>size) << 2);
    const distance = load<f64>(lastDistance);
    const row = load<u32>(lastRow);
    store<f64>(lastDistance, load<f64>(distances));
    store<u32>(lastRow, load<u32>(rows));
    sink(distances, rows, size, distance, row);
  }
}
