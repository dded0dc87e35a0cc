import type { DataSet } from '../data-set.js';
import { drawSet } from './draw-set.js';

const COLUMNS = 24;
/** The share of segments that show the opposite. */
const FAULTS = 0.1;
/** The segments of the digits: top, upper left and right, middle, lower left and right, bottom. */
const SEGMENTS = ['1110111', '0010010', '1011101', '1011011', '0111010', '1101011', '1101111', '1010010', '1111111', '1111011']; // prettier-ignore

/** Digits on a faulty display, and 17 segments of chance (L. Breiman et al., "Classification and Regression Trees", 1984, section 2.6.1). */
export function led(rows: number, seed: number): DataSet {
  return drawSet({ name: 'led', rows, columns: COLUMNS, classes: 10, seed }, (row, label, random) => {
    for (const j of row.keys()) {
      const isLit = SEGMENTS[label][j] === '1';
      const isFaulty = random.uniform() < FAULTS;
      row[j] = j < SEGMENTS[label].length ? Number(isLit !== isFaulty) : Number(random.uniform() < 0.5);
    }
  });
}
