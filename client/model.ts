import {
  type Feature as WireFeature,
  FeatureKind,
  type Model as WireModel,
  ModelState as WireModelState,
} from '../generated/modelserver/v1/model_server.js';
import { durationMs } from './duration.js';
import { decodeEstimator, type Estimator } from './estimator.js';
import { friendlyEnum } from './friendly-enum.js';
import { decodeLabels, type Labels } from './labels.js';
import { decodeProgress, type TrainingProgress } from './progress.js';

/** Where a model is: in its first training, on disk, in memory too, or on disk but unusable. */
export type ModelState = 'training' | 'stored' | 'loaded' | 'unavailable';

/** A feature of a model. */
export interface Feature {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /**
   * The categories of a categorical feature, the most frequent ones first: all, or the
   * first of a great many. A list of models is without them.
   */
  readonly categories: readonly string[];
  /** How many categories a categorical feature has. */
  readonly nCategories?: number;
  /**
   * Whether its categories are whole numbers, in a Fit's `categoricalFeatures`:
   * predictions then want numbers for it, and strings otherwise.
   */
  readonly integerCategories?: boolean;
  /** Its share in what the splits have gained; those of all features sum to 1. */
  readonly importance?: number;
  /** How many splits look at it. */
  readonly splits?: number;
}

/** How good a model is on its validation rows, as far as it was measured, and how its training ended. */
export interface Metrics {
  /** Share of right labels, 0 to 1. */
  readonly accuracy?: number;
  /** Mean negative log-likelihood of the true class, in nats. */
  readonly logLoss?: number;
  /** Area under the ROC curve, 0 to 1. */
  readonly rocAuc?: number;
  /** Whether an iterative training met its tolerance. */
  readonly converged?: boolean;
  /** The iterations that it took. */
  readonly nIter?: number;
  /** The iteration with the least validation loss, which the model ends with; set by early stopping. */
  readonly bestIteration?: number;
  /** The accuracy of a forest on its training rows, each by the trees grown without it, 0 to 1. */
  readonly oobScore?: number;
}

/** A model, as it is stored or as it trains. */
export interface Model {
  readonly name: string;
  /** 1 for the first artifact of this name, one more with each replacement; 0 during the first training. */
  readonly generation: number;
  readonly state: ModelState;
  /** Why it is unavailable. */
  readonly reason?: string;
  /** What was trained, with every hyperparameter resolved; it can be used for another Fit. */
  readonly estimator?: Estimator;
  /** The classes (shape: n_classes), sorted; undefined during the first training. */
  readonly classes?: Labels;
  /** The width of Predict's `x`. */
  readonly nFeaturesIn: number;
  /** The features (shape: n_features_in), in the order of the columns. */
  readonly features: readonly Feature[];
  /** The number of training rows. */
  readonly nSamples: number;
  readonly metrics: Metrics;
  /** When its training ended. */
  readonly createdAt?: Date;
  /** How long its training took, in milliseconds. */
  readonly fitDurationMs?: number;
  /** The size of its artifact, in bytes. */
  readonly sizeBytes: number;
  /** What it takes in memory, in bytes; 0 unless it is loaded. */
  readonly loadedBytes: number;
  /** SHA-256 over what was learned, in hexadecimal. */
  readonly sha256: string;
  /** How far the Fit of this name is that runs now. */
  readonly training?: TrainingProgress;
}

const featureKinds = friendlyEnum(FeatureKind, 'FEATURE_KIND_');
const states = friendlyEnum(WireModelState, 'MODEL_STATE_');

/** The friendly form of a message. */
export function decodeModel(model: WireModel | undefined): Model {
  if (model === undefined) throw new TypeError('the answer holds no model');
  return {
    name: model.name,
    generation: model.generation,
    state: states.toName(model.state) ?? 'training',
    reason: model.reason === '' ? undefined : model.reason,
    estimator: decodeEstimator(model.estimator),
    classes: decodeLabels(model.classes),
    nFeaturesIn: model.nFeaturesIn,
    features: model.features.map(decodeFeature),
    nSamples: model.nSamples,
    metrics: { ...model.metrics },
    createdAt: model.createdAt,
    fitDurationMs: durationMs(model.fitDuration),
    sizeBytes: Number(model.sizeBytes),
    loadedBytes: Number(model.loadedBytes),
    sha256: model.sha256,
    training: decodeProgress(model.training),
  };
}

function decodeFeature({ name, kind: wireKind, categories, importance, splits, ...wire }: WireFeature): Feature {
  const kind = featureKinds.toName(wireKind) ?? 'numeric';
  return {
    name,
    kind,
    categories,
    ...(kind === 'categorical' ? { nCategories: wire.nCategories, integerCategories: wire.integerCategories } : {}),
    ...(importance === undefined ? {} : { importance }),
    ...(splits === undefined ? {} : { splits }),
  };
}
