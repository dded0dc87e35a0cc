import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { labelColumn, numericColumn } from '../csv/csv-columns.js';
import { readCsv } from '../csv/csv-file.js';
import type { DenseMatrix } from '../matrix.js';

/** Rows with their labels. */
export interface Samples {
  /** Shape: n_samples x n_features. */
  readonly x: DenseMatrix<Float64Array>;
  /** Shape: n_samples. */
  readonly y: string[] | number[];
}

/** A data set, split at random (and always the same way) into rows to learn from and rows to be judged by. */
export interface Dataset {
  readonly name: string;
  /** Shape: n_features. */
  readonly featureNames: readonly string[];
  readonly train: Samples;
  readonly heldOut: Samples;
}

const HELD_OUT_SHARE = 0.25;

/** Reads one of the public data sets that the tests use; a clone of the repository has them. */
export async function loadDataset(name: string): Promise<Dataset> {
  // Compiled, this file is in dist/client/demo.
  const path = fileURLToPath(new URL(`../../../test/data/${name}.csv`, import.meta.url));
  await access(path).catch(() => {
    throw new Error(`${path} is missing: the demo needs a clone of the repository, not only its package`);
  });
  const file = await readCsv(path);
  const featureNames = file.header.slice(0, -1);
  const columns = featureNames.map((feature) => numericColumn(file, feature, 'the demo trains on numbers'));
  const labels = labelColumn(file, file.header[featureNames.length]);
  const order = shuffled(file.rowCount);
  const cut = Math.round(file.rowCount * HELD_OUT_SHARE);
  const pick = (rows: readonly number[]): Samples => ({
    x: {
      rows: rows.length,
      columns: columns.length,
      data: Float64Array.from(rows.flatMap((row) => columns.map((column) => column[row]))),
    },
    y: rows.map((row) => labels[row]) as string[] | number[],
  });
  return { name, featureNames, train: pick(order.slice(cut)), heldOut: pick(order.slice(0, cut)) };
}

/** Consecutive parts of `samples`, of nearly equal size. */
export function batches({ x, y }: Samples, count: number): Samples[] {
  const size = Math.ceil(x.rows / count);
  return Array.from({ length: Math.ceil(x.rows / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(x.rows, from + size);
    // A view: the client sends just its part of the buffer.
    const data = x.data.subarray(from * x.columns, to * x.columns);
    return { x: { rows: to - from, columns: x.columns, data }, y: y.slice(from, to) };
  });
}

function shuffled(length: number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  let state = 1;
  for (let i = length - 1; i > 0; i--) {
    // Park and Miller's generator: plenty for a shuffle that has to be the same each time.
    state = (state * 48271) % 2147483647;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
