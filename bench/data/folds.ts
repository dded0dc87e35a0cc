import { codeCategories } from './code-categories.js';
import type { DataSet } from './data-set.js';
import type { Problem } from './problem.js';
import { Random } from './random.js';
import { UnfitData } from './unfit-data.js';

/**
 * Splits a data set `count` times, stratified and at random under `seed`: every
 * row is held out once, in the problem of its fold. Categories are those of the
 * rows to train on.
 *
 * @throws UnfitData when a class has fewer rows than there are folds.
 */
export function foldsOf(set: DataSet, count: number, seed: number): Problem[] {
  const folds = foldOfRows(set, count, seed);
  return Array.from({ length: count }, (_, fold) => {
    const heldOut = take(set, (row) => folds[row] === fold);
    const problem = {
      columns: set.columns,
      classes: set.classes,
      ...take(set, (row) => folds[row] !== fold),
      q: heldOut.x,
      qy: heldOut.y,
    };
    return codeCategories(problem, set.categorical);
  });
}

/** The fold of each row: the rows of a class, shuffled, take turns; a class begins where the last one has ended. */
function foldOfRows({ y, classes }: DataSet, count: number, seed: number): Int32Array {
  const rowsOf: number[][] = Array.from({ length: classes }, () => []);
  y.forEach((label, row) => rowsOf[label].push(row));
  const least = Math.min(...rowsOf.map((rows) => rows.length));
  if (least < count) throw new UnfitData(`has a class of ${least} rows; ${count} are wanted for as many folds`);
  const random = new Random(seed);
  const folds = new Int32Array(y.length);
  rowsOf.flatMap((rows) => random.shuffled(rows)).forEach((row, turn) => (folds[row] = turn % count));
  return folds;
}

function take({ x, y, columns }: DataSet, isTaken: (row: number) => boolean) {
  const rows = Array.from(y.keys()).filter(isTaken);
  const taken = new Float64Array(rows.length * columns);
  rows.forEach((row, at) => taken.set(x.subarray(row * columns, (row + 1) * columns), at * columns));
  return { x: taken, y: Int32Array.from(rows, (row) => y[row]) };
}
