import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchmarkError } from '../benchmark.js';
import { type DataSet, readDataSet, type TextRule } from './data-set.js';
import { UnfitData } from './unfit-data.js';

/** What a folder has, and what of it is left out. */
export interface DataSets {
  /** The small ones first. */
  readonly sets: readonly DataSet[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

// Compiled, this file is in dist/bench/data.
const SHIPPED = fileURLToPath(new URL('../../../test/data/', import.meta.url));

/**
 * The data sets of test/data, and of every CSV file in `folder`.
 *
 * @throws BenchmarkError when there is no such folder, or no CSV file in it.
 */
export async function loadDataSets(folder?: string, textRule?: TextRule): Promise<DataSets> {
  const paths = await csvFilesOf(SHIPPED);
  if (folder !== undefined) paths.push(...(await csvFilesOf(resolve(folder))));
  const sets: DataSet[] = [];
  const leftOut: { file: string; reason: string }[] = [];
  for (const { file, path } of paths) {
    try {
      sets.push(await readDataSet(path, textRule));
    } catch (error) {
      if (!(error instanceof UnfitData)) throw error;
      leftOut.push({ file, reason: error.message });
    }
  }
  return { sets: sets.toSorted((a, b) => a.rows - b.rows), leftOut };
}

async function csvFilesOf(folder: string): Promise<{ file: string; path: string }[]> {
  const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'there is no such folder' : error.message;
    throw new BenchmarkError(`--data ${folder}: ${reason}`);
  });
  const csv = files.filter((file) => file.toLowerCase().endsWith('.csv')).toSorted();
  if (csv.length === 0) throw new BenchmarkError(`--data ${folder}: has no .csv files`);
  return csv.map((file) => ({ file, path: join(folder, file) }));
}
