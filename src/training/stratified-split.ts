import { invalid } from '../errors.js';

/** Row indexes to train on and to validate on, each in the order of the rows. */
export interface Split {
  readonly training: Int32Array;
  readonly validation: Int32Array;
}

/**
 * Holds out a share of the rows of every class, at random under `seed`. A class
 * keeps at least one row for the training, so that it stays known.
 *
 * @param y shape: n_samples, class indexes
 * @throws INVALID_REQUEST when the share is so small that no row is held out.
 */
export function stratifiedSplit(y: Int32Array, nClasses: number, fraction: number, seed: number): Split {
  const random = uniform(seed);
  const heldOut = new Uint8Array(y.length);
  let nHeldOut = 0;
  for (const rows of rowsByClass(y, nClasses)) {
    const count = Math.min(rows.length - 1, Math.round(rows.length * fraction));
    // The first steps of Fisher and Yates' shuffle draw without replacement.
    for (let i = 0; i < count; i++) {
      const j = i + Math.floor(random() * (rows.length - i));
      [rows[i], rows[j]] = [rows[j], rows[i]];
      heldOut[rows[i]] = 1;
    }
    nHeldOut += Math.max(0, count);
  }
  if (nHeldOut === 0) {
    throw invalid('options.validation_fraction', `is ${fraction}; of ${y.length} rows that holds out none`);
  }
  return { training: rowsMarked(heldOut, 0, nHeldOut), validation: rowsMarked(heldOut, 1, nHeldOut) };
}

/** The rows whose mark is `mark`, rising; `nHeldOut` marks are 1. */
function rowsMarked(heldOut: Uint8Array, mark: 0 | 1, nHeldOut: number): Int32Array {
  const rows = new Int32Array(mark === 1 ? nHeldOut : heldOut.length - nHeldOut);
  for (let row = 0, i = 0; row < heldOut.length; row++) if (heldOut[row] === mark) rows[i++] = row;
  return rows;
}

/** The rows of each class, rising. */
function rowsByClass(y: Int32Array, nClasses: number): Int32Array[] {
  const counts = new Int32Array(nClasses);
  for (const label of y) counts[label]++;
  const rowsOf = Array.from(counts, (count) => new Int32Array(count));
  const filled = new Int32Array(nClasses);
  for (let row = 0; row < y.length; row++) rowsOf[y[row]][filled[y[row]]++] = row;
  return rowsOf;
}

/** Numbers in [0, 1), the same on every machine: Mulberry32 (Tommy Ettinger, 2017). */
function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
