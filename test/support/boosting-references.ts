import { readFileSync } from 'node:fs';

/** What LightGBM 4.7.0 or XGBoost 3.2.0 has learned in 10 trees (test/data/reference_boosting.py). */
export interface BoostingReference {
  readonly kind: 'lgbm_classifier' | 'xgb_classifier';
  readonly hyperparameters: Readonly<Record<string, unknown>>;
  readonly data: 'two classes' | 'two classes and missing values' | 'three classes' | 'breast cancer';
  readonly weights: 'none' | 'whole' | 'real';
  /** Of every seventieth of its rows. */
  readonly probabilities: readonly (readonly number[])[];
  /** The mean over all of its rows, without weights. */
  readonly logLoss: number;
  /** By feature, of all trees. */
  readonly splits: readonly number[];
  /** By feature, as shares of all gains. */
  readonly gains: readonly number[];
}

// Compiled tests run from dist/test/support, while the data stay in test/data.
const FILE = new URL('../../../test/data/reference_boosting.json', import.meta.url);

export function readBoostingReferences(): BoostingReference[] {
  return JSON.parse(readFileSync(FILE, 'utf8')) as BoostingReference[];
}
