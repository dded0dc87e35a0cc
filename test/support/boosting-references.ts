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

/** What they have learned of categories (test/data/reference_categories.py). */
export interface CategoriesReference extends Omit<BoostingReference, 'data' | 'weights'> {
  readonly data: 'two classes' | 'two classes and missing values' | 'three classes';
  readonly weights: 'none' | 'real';
  /** Of rows whose categories are missing, or unseen. */
  readonly probes: readonly (readonly number[])[];
}

// Compiled tests run from dist/test/support, while the data stay in test/data.
const FOLDER = new URL('../../../test/data/', import.meta.url);

export function readBoostingReferences(): BoostingReference[] {
  return JSON.parse(readFileSync(new URL('reference_boosting.json', FOLDER), 'utf8')) as BoostingReference[];
}

export function readCategoriesReferences(): CategoriesReference[] {
  return JSON.parse(readFileSync(new URL('reference_categories.json', FOLDER), 'utf8')) as CategoriesReference[];
}

/** A name for a test. */
export function nameOfReference({
  kind,
  hyperparameters,
  data,
  weights,
}: Pick<BoostingReference, 'kind' | 'hyperparameters' | 'data' | 'weights'>): string {
  const settings = Object.entries(hyperparameters).map(([name, value]) => `${name} ${String(value)}`);
  return [
    kind,
    settings.length === 0 ? 'defaults' : settings.join(', '),
    data,
    ...(weights === 'none' ? [] : [`${weights} weights`]),
  ].join(' · ');
}
