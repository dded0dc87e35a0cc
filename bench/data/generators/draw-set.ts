import type { DataSet } from '../data-set.js';
import { Random } from '../random.js';

/** The size of a set that is drawn, and where its random numbers begin. */
export interface DrawnShape extends Pick<DataSet, 'name' | 'rows' | 'columns' | 'classes'> {
  readonly seed: number;
}

/**
 * Draws a data set row by row, the same in every run: `draw` writes the features
 * of a row of class `label` to `row`, and returns its label if that is another one.
 * The classes take turns.
 */
export function drawSet(
  { name, rows, columns, classes, seed }: DrawnShape,
  draw: (row: Float64Array, label: number, random: Random) => number | void,
): DataSet {
  const random = new Random(seed);
  const x = new Float64Array(rows * columns);
  const y = Int32Array.from({ length: rows }, (_, i) => {
    const label = i % classes;
    return draw(x.subarray(i * columns, (i + 1) * columns), label, random) ?? label;
  });
  return { name, rows, columns, classes, x, y };
}
