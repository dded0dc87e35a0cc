import type { GetStatusResponse } from '../generated/modelserver/v1/model_server.js';
import { decodeProgress, type TrainingProgress } from './progress.js';

/** A training that runs now. */
export interface Training {
  /** The name that it will give its model. */
  readonly name: string;
  /** The estimator, by its name in the contract, for example 'random_forest_classifier'. */
  readonly estimator: string;
  readonly progress?: TrainingProgress;
  /** When its slot was taken. */
  readonly startedAt?: Date;
}

/** What the server has and does. */
export interface ServerStatus {
  /** The number of trainings that can run at once. */
  readonly trainingSlots: number;
  /** How many of them are taken now. */
  readonly busyTrainingSlots: number;
  readonly trainings: readonly Training[];
  /** Models in memory. */
  readonly loadedModels: number;
  /** The most models in memory. */
  readonly maxLoadedModels: number;
  /** What they take, in bytes. */
  readonly loadedBytes: number;
  /** The most that they may take together, in bytes. */
  readonly maxLoadedBytes: number;
  /** The bytes of messages under way over all calls. */
  readonly inflightBytes: number;
  /** The most that there may be. */
  readonly maxInflightBytes: number;
  /** Models on disk, loaded and unavailable ones included. */
  readonly storedModels: number;
  /** The server's version. */
  readonly version: string;
  readonly startedAt?: Date;
  /** Worker threads that had to be replaced since then. */
  readonly replacedWorkers: number;
}

/** The friendly form of a message. */
export function decodeStatus(response: GetStatusResponse): ServerStatus {
  return {
    ...response,
    loadedBytes: Number(response.loadedBytes),
    maxLoadedBytes: Number(response.maxLoadedBytes),
    inflightBytes: Number(response.inflightBytes),
    maxInflightBytes: Number(response.maxInflightBytes),
    trainings: response.trainings.map((training) => ({ ...training, progress: decodeProgress(training.progress) })),
  };
}
