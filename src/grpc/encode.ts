import {
  type Feature as WireFeature,
  FeatureKind,
  type GetStatusResponse,
  type Labels as WireLabels,
  type Model,
  ModelState,
  type Training,
  type TrainingProgress,
} from '../../generated/modelserver/v1/model_server.js';
import type { Duration } from '../../generated/google/protobuf/duration.js';
import type { Classes } from '../estimators/labels.js';
import type { ModelCard, ModelView, TrainingView } from '../model/model.js';
import type { ServerStatus } from '../model/service.js';
import { encodeEstimator } from './estimator-codec.js';

const STATES: Readonly<Record<ModelView['state'], ModelState>> = {
  training: ModelState.MODEL_STATE_UNSPECIFIED,
  stored: ModelState.MODEL_STATE_STORED,
  loaded: ModelState.MODEL_STATE_LOADED,
  unavailable: ModelState.MODEL_STATE_UNAVAILABLE,
};

/** @param withCategories whether those that are shown of features' categories are in it */
export function encodeModel(
  { name, state, reason, card, training, loadedBytes }: ModelView,
  withCategories = true,
): Model {
  const estimator = card?.estimator ?? training?.estimator;
  return {
    name,
    state: STATES[state],
    reason,
    generation: card?.generation ?? 0,
    estimator: estimator && encodeEstimator(estimator),
    classes: card && encodeClasses(card.classes),
    nFeaturesIn: card?.features.length ?? 0,
    features: card?.features.map((feature) => encodeFeature(feature, withCategories)) ?? [],
    nSamples: card?.nSamples ?? 0,
    metrics: card?.metrics,
    createdAt: card?.createdAt,
    fitDuration: card && durationOf(card.fitDurationMs),
    sizeBytes: BigInt(card?.sizeBytes ?? 0),
    sha256: card?.sha256 ?? '',
    training: training && encodeProgress(training),
    loadedBytes: BigInt(loadedBytes),
  };
}

/** What the server tells of itself, beside its models and trainings. */
export interface ServerFacts {
  readonly version: string;
  readonly startedAt: Date;
  readonly inflightBytes: number;
  readonly maxInflightBytes: number;
}

export function encodeStatus(status: ServerStatus, { version, startedAt, ...facts }: ServerFacts): GetStatusResponse {
  return {
    ...status,
    trainings: status.trainings.map(encodeTraining),
    loadedBytes: BigInt(status.loadedBytes),
    maxLoadedBytes: BigInt(status.maxLoadedBytes),
    inflightBytes: BigInt(facts.inflightBytes),
    maxInflightBytes: BigInt(facts.maxInflightBytes),
    version,
    startedAt,
  };
}

function encodeTraining(training: TrainingView): Training {
  const { name, estimator, startedAt } = training;
  return { name, estimator: estimator.kind, startedAt, progress: encodeProgress(training) };
}

export function encodeProgress({ progress, remainingMs }: TrainingView): TrainingProgress {
  return { ...progress, remaining: remainingMs === undefined ? undefined : durationOf(remainingMs) };
}

function encodeFeature(feature: ModelCard['features'][number], withCategories: boolean): WireFeature {
  const { name, importance, splits } = feature;
  const isCategorical = feature.kind === 'categorical';
  return {
    name,
    kind: isCategorical ? FeatureKind.FEATURE_KIND_CATEGORICAL : FeatureKind.FEATURE_KIND_NUMERIC,
    categories: isCategorical && withCategories ? [...feature.shownCategories] : [],
    nCategories: isCategorical ? feature.nCategories : 0,
    integerCategories: isCategorical && feature.categoryKind === 'integer',
    importance,
    splits,
  };
}

function encodeClasses(classes: Classes): WireLabels {
  return classes.kind === 'string'
    ? { strings: [...classes.values], ints: [] }
    : { strings: [], ints: [...classes.values] };
}

function durationOf(ms: number): Duration {
  const whole = Math.round(ms);
  return { seconds: BigInt(Math.floor(whole / 1000)), nanos: (whole % 1000) * 1_000_000 };
}
