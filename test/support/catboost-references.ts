import { readFileSync } from 'node:fs';

/** What CatBoost 1.2.10 has learned without chance in 10 trees, or as many as are set (test/data/reference_catboost.py). */
export interface CatBoostReference {
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly data:
    'two classes' | 'two classes and missing values' | 'three classes' | 'twenty columns' | 'breast cancer';
  readonly weights: 'none' | 'whole' | 'real';
  readonly learningRate: number;
  /** Of every seventieth of its rows. */
  readonly probabilities: readonly (readonly number[])[];
  /** The mean over all of its rows, without weights. */
  readonly logLoss: number;
  /** By feature, as shares. */
  readonly importances: readonly number[];
}

/** What it has learned of rows in the order of time, some of whose features are categories. */
export interface CategoryReference extends Omit<CatBoostReference, 'data' | 'learningRate'> {
  readonly data: 'categories of two classes' | 'categories of three classes';
  /** Its max_ctr_complexity. */
  readonly complexity: number;
}

// Compiled tests run from dist/test/support, while the data stay in test/data.
const DATA = new URL('../../../test/data/', import.meta.url);

export function readCatBoostReferences(): CatBoostReference[] {
  return read('reference_catboost') as CatBoostReference[];
}

export function readCategoryReferences(): CategoryReference[] {
  return read('reference_catboost_categories') as CategoryReference[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, DATA), 'utf8'));
}
