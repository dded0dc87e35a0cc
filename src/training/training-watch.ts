import type { TrainingMonitor } from '../estimators/estimator.js';

/**
 * Passes on what a training reports, and repeats the last of it in what follows
 * the training, so that a cancellation is heard there as well.
 */
export class TrainingWatch implements TrainingMonitor {
  readonly #monitor: TrainingMonitor;
  #iteration = 0;
  #iterations = 0;

  constructor(monitor: TrainingMonitor) {
    this.#monitor = monitor;
  }

  progress(iteration: number, iterations: number, trainLoss?: number, validationLoss?: number): void {
    this.#iteration = iteration;
    this.#iterations = iterations;
    this.#monitor.progress(iteration, iterations, trainLoss, validationLoss);
  }

  /** @throws TrainingCancelled when the training should end. */
  pause(): void {
    this.#monitor.progress(this.#iteration, this.#iterations);
  }
}
