import { DomainError, invalid } from '../errors.js';
import type { EstimatorSpec } from '../estimators/estimator.js';
import type { Classes } from '../estimators/labels.js';
import type { ProgressReading } from '../training/progress.js';
import type { Categories } from './categories.js';

/** A feature of a model, in the order of the columns of X. */
export type Feature = NumericFeature | CategoricalFeature;

export interface NumericFeature extends FeatureFacts {
  readonly kind: 'numeric';
}

export interface CategoricalFeature extends FeatureFacts {
  readonly kind: 'categorical';
  /** What its categories are. */
  readonly categoryKind: Categories['kind'];
  readonly nCategories: number;
  /** The most frequent ones as text, as many as are shown; the model's tensors hold all. */
  readonly shownCategories: readonly string[];
}

interface FeatureFacts {
  readonly name: string;
  /** Its share in what the splits have gained, where the estimator measures it. */
  readonly importance?: number;
  /** How many splits look at it, where the estimator counts them. */
  readonly splits?: number;
}

/** How good a model is, as far as it was measured on held-out rows or out of the bag, and how its training ended. */
export interface Metrics {
  readonly accuracy?: number;
  readonly logLoss?: number;
  readonly rocAuc?: number;
  readonly converged?: boolean;
  readonly nIter?: number;
  readonly bestIteration?: number;
  readonly oobScore?: number;
}

/** What an artifact says of its model; immutable. */
export interface ModelCard {
  /** 1 for the first artifact of a name, one more with each replacement. */
  readonly generation: number;
  readonly estimator: EstimatorSpec;
  readonly classes: Classes;
  readonly features: readonly Feature[];
  readonly nSamples: number;
  readonly metrics: Metrics;
  readonly createdAt: Date;
  readonly fitDurationMs: number;
  /** The `request_id` of the Fit that made it; '' when it had none. */
  readonly requestId: string;
  /** SHA-256 over what was learned, in hexadecimal. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A training in flight. */
export interface TrainingView {
  readonly name: string;
  readonly estimator: EstimatorSpec;
  readonly startedAt: Date;
  readonly progress: ProgressReading;
  /** The time to go in milliseconds; unset before there is an estimate. */
  readonly remainingMs?: number;
}

/** A model as the server sees it at one moment. */
export interface ModelView {
  readonly name: string;
  readonly state: 'training' | 'stored' | 'loaded' | 'unavailable';
  /** Why it is unavailable; else ''. */
  readonly reason: string;
  /** Unset during the first training, and when the artifact cannot be read. */
  readonly card?: ModelCard;
  readonly training?: TrainingView;
  /** What it takes in memory; 0 unless it is loaded. */
  readonly loadedBytes: number;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** @throws INVALID_REQUEST unless `name` may name a model. */
export function requireName(name: string): void {
  if (!NAME.test(name)) {
    throw invalid(
      'name',
      `is ${JSON.stringify(name.slice(0, 140))}; must be 1 to 128 letters, digits, dots, underscores and hyphens, and start with a letter or digit`,
    );
  }
}

export function modelNotFound(name: string): DomainError {
  return new DomainError('MODEL_NOT_FOUND', `there is no model ${name}`);
}
