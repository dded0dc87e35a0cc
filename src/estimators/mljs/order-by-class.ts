/** So many rows of each class come first. */
const LEADING_ROWS_PER_CLASS = 4;

/** Rows in an order that is fast for the package, and their labels, numbered from 0 without gaps. */
interface OrderedRows {
  readonly rows: Int32Array;
  readonly labels: number[];
}

/**
 * Orders `rows` so that the package's search for a split is quick.
 *
 * It evaluates a candidate wherever the label changes along a sorted column;
 * its sort is stable, so rows that come class by class make each group of equal
 * values change labels as seldom as can be. But it also finds the number of
 * classes of either side by looking for the first row with each row's label,
 * which is quadratic unless every class occurs early; hence a few rows of every
 * class lead. On 1,437 rows of handwritten digits that makes a forest 5 times
 * faster than the classes in turns, and 9 times faster than class by class alone.
 *
 * @param counts the rows of each class (shape: n_classes)
 */
export function orderByClass(rows: Int32Array, y: Int32Array, counts: Int32Array): OrderedRows {
  // Where the next leading row, and the next other row, of each class goes.
  const label = new Int32Array(counts.length);
  const size: number[] = [];
  counts.forEach((count, index) => {
    label[index] = size.length;
    if (count > 0) size.push(count);
  });
  const round = new Int32Array(LEADING_ROWS_PER_CLASS + 1);
  for (let r = 0; r < LEADING_ROWS_PER_CLASS; r++) {
    round[r + 1] = round[r] + size.filter((count) => count > r).length;
  }
  const other = new Int32Array(size.length);
  let end = round[LEADING_ROWS_PER_CLASS];
  size.forEach((count, index) => {
    other[index] = end;
    end += Math.max(0, count - LEADING_ROWS_PER_CLASS);
  });

  const seen = new Int32Array(size.length);
  const ordered = new Int32Array(rows.length);
  const labels = Array.from<number>({ length: rows.length }).fill(0);
  const leading = round.slice(0, LEADING_ROWS_PER_CLASS);
  for (const row of rows) {
    const own = label[y[row]];
    const rank = seen[own]++;
    const at = rank < LEADING_ROWS_PER_CLASS ? leading[rank]++ : other[own]++;
    ordered[at] = row;
    labels[at] = own;
  }
  return { rows: ordered, labels };
}
