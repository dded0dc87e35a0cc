import type { EstimatorKind } from '../../src/estimators/estimator.js';

/** An estimator of ours, and the Python class whose hyperparameters it has, by the same names. */
export interface Namesake {
  readonly kind: EstimatorKind;
  /** What the peer is called in the tables. */
  readonly peer: string;
  /** Its class, by its full name. */
  readonly estimator: string;
  /** What the peer is told besides, which bears on how it works and not on what it learns. */
  readonly quietly: Readonly<Record<string, unknown>>;
  /** The first one the defaults, as far as they take no more time than there is. */
  readonly settings: readonly Setting[];
}

/** Hyperparameters that both are given. */
export interface Setting {
  readonly name: string;
  readonly hyperparameters: Readonly<Record<string, unknown>>;
}
