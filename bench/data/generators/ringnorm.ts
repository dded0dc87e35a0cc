import type { DataSet } from '../data-set.js';
import { drawSet } from './draw-set.js';

const COLUMNS = 20;

/** A wide Gaussian, and a narrow one beside its centre (L. Breiman, "Bias, Variance, and Arcing Classifiers", 1996). */
export function ringnorm(rows: number, seed: number): DataSet {
  return drawSet({ name: 'ringnorm', rows, columns: COLUMNS, classes: 2, seed }, (row, label, random) => {
    for (const j of row.keys()) row[j] = label === 0 ? 2 * random.normal() : 2 / Math.sqrt(COLUMNS) + random.normal();
  });
}
