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

// Compiled tests run from dist/test/support, while the data stay in test/data.
const FILE = new URL('../../../test/data/reference_catboost.json', import.meta.url);

export function readCatBoostReferences(): CatBoostReference[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as CatBoostReference[];
}
