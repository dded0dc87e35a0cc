import type { DataSet } from '../data-set.js';
import { drawSet } from './draw-set.js';

const COLUMNS = 10;
/** The median of chi squared with so many degrees of freedom. */
const MEDIAN = 9.34;

/** Within or without a sphere of ten Gaussian features (T. Hastie et al., "The Elements of Statistical Learning", 2009, example 10.2). */
export function hastie(rows: number, seed: number): DataSet {
  return drawSet({ name: 'hastie', rows, columns: COLUMNS, classes: 2, seed }, (row, _, random) => {
    for (const j of row.keys()) row[j] = random.normal();
    return row.reduce((sum, value) => sum + value ** 2, 0) > MEDIAN ? 1 : 0;
  });
}
