import type { Engine } from './estimator.js';

/** What a message says of missing values that are refused, with the mend; absent: they are taken. */
export interface MissingRefusals {
  readonly numbers?: string;
  readonly categories?: string;
}

const NONE_TAKEN = 'this estimator takes no missing values, fill them in';

/** Which missing values an engine refuses, in training and in prediction alike. */
export function missingRefusals<H>(engine: Engine<H>, hyperparameters: H): MissingRefusals {
  if (!engine.takesMissingValues) return { numbers: NONE_TAKEN, categories: NONE_TAKEN };
  return engine.refusesMissing?.(hyperparameters) ?? {};
}
