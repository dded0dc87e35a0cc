export const QUERIES = 1000;

export const HYPERPARAMETERS = { nEstimators: 100 } as const;

/** What came of a training. */
export interface Trained {
  /** On the rows held out, in nats. */
  readonly logLoss: number;
}
