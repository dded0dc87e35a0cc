import type { Classes } from '../../src/estimators/labels.js';
import { type Feature, type ModelCard } from '../../src/model/model.js';
import { specOf } from './estimation.js';

/** What an artifact would say of a model with these classes and features. */
export function cardOf(
  classes: Classes,
  features: readonly Feature[] = [],
  estimator: ModelCard['estimator'] = specOf('logistic_regression'),
): ModelCard {
  return {
    generation: 1,
    estimator,
    classes,
    features,
    nSamples: 12,
    metrics: {},
    createdAt: new Date(),
    fitDurationMs: 1,
    requestId: '',
    sha256: '',
    sizeBytes: 0,
  };
}
