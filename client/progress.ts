import type { TrainingProgress as WireProgress } from '../generated/modelserver/v1/model_server.js';
import { durationMs } from './duration.js';

/** How far a training has come. */
export interface TrainingProgress {
  /** The share of the work that is done, 0 to 1. */
  readonly fraction: number;
  /** Iterations (trees, gradient steps) done. */
  readonly iteration: number;
  /** Iterations in all; 0 before they are known. */
  readonly iterations: number;
  /** Mean loss on the training rows, in nats. */
  readonly trainLoss?: number;
  /** Mean loss on the validation rows, in nats. */
  readonly validationLoss?: number;
  /** The estimated time to go, in milliseconds. */
  readonly remainingMs?: number;
}

/** The friendly form of a message. */
export function decodeProgress(progress: WireProgress): TrainingProgress;
export function decodeProgress(progress: WireProgress | undefined): TrainingProgress | undefined;
export function decodeProgress(progress: WireProgress | undefined): TrainingProgress | undefined {
  if (progress === undefined) return undefined;
  const { remaining, ...rest } = progress;
  return { ...rest, remainingMs: durationMs(remaining) };
}
