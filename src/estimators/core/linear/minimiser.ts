/** A smooth function of many parameters. */
export interface SmoothFunction {
  /** Returns the value at `parameters` and writes the gradient. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
}

/** When a minimisation ends, and whom it tells. */
export interface Limits {
  /** Ends when no component of the gradient is larger, and … */
  readonly tolerance: number;
  /** … the next step promises to lower the value by no more than this. */
  readonly promise: number;
  readonly maxIterations: number;
  /** The relative error of values: differences below it tell nothing. */
  readonly noise: number;
  /** Called after each iteration, the first is 1; `converged` on the last one. */
  readonly onIteration: (iteration: number, converged: boolean) => void;
}

/** What a minimisation came to; the parameters have been moved to the best point. */
export interface Outcome {
  readonly iterations: number;
  /**
   * `flat`: the last steps lowered the value by no more than its noise.
   * `stalled`: no step lowers it at all, although the gradient says so.
   */
  readonly ending: 'converged' | 'flat' | 'stalled' | 'iterations';
}
