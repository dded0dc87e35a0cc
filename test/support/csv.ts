import { readFileSync } from 'node:fs';

import { parse } from 'csv-parse/sync';

/** A table whose last column is the label. */
export interface LabelledTable {
  readonly featureNames: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** As in the file. */
  readonly labels: readonly string[];
}

// Compiled tests run from dist/test/support, while the data stay in test/data.
const DATA = new URL('../../../test/data/', import.meta.url);

/** Reads the data set `name` of test/data. */
export function readDataSet(name: 'iris' | 'wine' | 'breast_cancer' | 'digits'): LabelledTable {
  const [header, ...records] = parse(readFileSync(new URL(`${name}.csv`, DATA)));
  return {
    featureNames: header.slice(0, -1),
    rows: records.map((record) => record.slice(0, -1).map(Number)),
    labels: records.map((record) => record[record.length - 1]),
  };
}
