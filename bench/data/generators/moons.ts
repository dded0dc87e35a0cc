import type { DataSet } from '../data-set.js';
import { drawSet } from './draw-set.js';

/** Two half circles that reach into one another, as scikit-learn's `make_moons` draws them, with as much Gaussian noise. */
export function moons(rows: number, noise: number, seed: number): DataSet {
  return drawSet({ name: 'moons', rows, columns: 2, classes: 2, seed }, (row, label, random) => {
    const angle = Math.PI * random.uniform();
    row[0] = label === 0 ? Math.cos(angle) : 1 - Math.cos(angle);
    row[1] = label === 0 ? Math.sin(angle) : 0.5 - Math.sin(angle);
    for (const j of row.keys()) row[j] += noise * random.normal();
  });
}
