import type { DataSet } from '../data-set.js';
import { drawSet } from './draw-set.js';

const COLUMNS = 21;
/** Where the triangles have their tips, and which two of them a class mixes. */
const TIPS = [11, 15, 7];
const MIXED = [
  [0, 1],
  [0, 2],
  [1, 2],
];

/** Three classes of mixed triangles with noise (L. Breiman et al., "Classification and Regression Trees", 1984, section 2.6.2). */
export function waveform(rows: number, seed: number): DataSet {
  return drawSet({ name: 'waveform', rows, columns: COLUMNS, classes: 3, seed }, (row, label, random) => {
    const share = random.uniform();
    const [one, other] = MIXED[label].map((triangle) => TIPS[triangle]);
    for (const j of row.keys()) {
      row[j] = share * triangleAt(j + 1, one) + (1 - share) * triangleAt(j + 1, other) + random.normal();
    }
  });
}

function triangleAt(place: number, tip: number): number {
  return Math.max(6 - Math.abs(place - tip), 0);
}
