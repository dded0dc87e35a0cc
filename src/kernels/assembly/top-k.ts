// The k nearest rows so far, as a binary heap in two arrays of k: the distances
// (f64) and the numbers of the rows (u32). The farthest is at index 0; of rows
// equally far, the later one counts as farther, so which rows are kept does not
// depend on the order in which they come. A heap starts with infinite distances
// and rows of 0xffffffff, which every row displaces.

/** Whether the row `a` at distance `x` is farther than the row `b` at distance `y`. */
function isFarther(x: f64, a: u32, y: f64, b: u32): bool {
  return x > y || (x == y && a > b);
}

/** Lets a row sink from the root of the heap of `size` to where it belongs. */
function sink(distances: usize, rows: usize, size: i32, distance: f64, row: u32): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    let x = load<f64>(distances + ((<usize>child) << 3));
    let a = load<u32>(rows + ((<usize>child) << 2));
    if (child + 1 < size) {
      const y = load<f64>(distances + ((<usize>child) << 3), 8);
      const b = load<u32>(rows + ((<usize>child) << 2), 4);
      if (isFarther(y, b, x, a)) {
        child++;
        x = y;
        a = b;
      }
    }
    if (!isFarther(x, a, distance, row)) break;
    store<f64>(distances + ((<usize>at) << 3), x);
    store<u32>(rows + ((<usize>at) << 2), a);
    at = child;
  }
  store<f64>(distances + ((<usize>at) << 3), distance);
  store<u32>(rows + ((<usize>at) << 2), row);
}

/** Puts `row` in the place of the farthest of the `k`, if it is nearer; tells whether it was. */
export function offerNeighbour(distances: usize, rows: usize, k: i32, distance: f64, row: u32): bool {
  if (!isFarther(load<f64>(distances), load<u32>(rows), distance, row)) return false;
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
