import type { CurvatureMemory } from './curvature-memory.js';
import type { Limits, Outcome } from './minimiser.js';

/** Steps in a row that lower the value by no more than its noise, until a minimisation gives up. */
const MAX_FLAT_STEPS = 5;

/** What came of aiming a step. */
interface Aim {
  /** The slope along the step; it lowers the value only where this is negative. */
  readonly slope: number;
  /** The largest component of the gradient. */
  readonly steepest: number;
}

/** A point from which a step sets out. */
interface Start {
  readonly origin: Float64Array;
  readonly value: number;
  readonly slope: number;
  /** Differences of values below it tell nothing. */
  readonly noise: number;
}

/** What is minimised, and how a step towards the minimum is made and taken. */
interface Stepper {
  /** Returns the value at `parameters` and writes the gradient of its smooth part. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /** Makes the step from `parameters`, where `gradient` was found. */
  aim(parameters: Float64Array, gradient: Float64Array): Aim;
  /**
   * Moves `parameters` along the step from `start`, as far as pays, and writes
   * the gradient found there; returns the value, undefined when no step pays.
   */
  move(start: Start, parameters: Float64Array, gradient: Float64Array): number | undefined;
}

/**
 * Minimises by steps that learn the curvature as they go, moving `parameters`
 * (Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithm 7.5).
 * When no step pays, what is known of the curvature is forgotten, once.
 *
 * @param memory what is known of the curvature, kept and added to
 */
export function quasiNewton(
  stepper: Stepper,
  parameters: Float64Array,
  memory: CurvatureMemory,
  { tolerance, promise, maxIterations, noise, onIteration }: Limits,
): Outcome {
  const origin = new Float64Array(parameters.length);
  let gradient = new Float64Array(parameters.length);
  let nextGradient = new Float64Array(parameters.length);
  let value = stepper.evaluate(parameters, gradient);
  let aim = stepper.aim(parameters, gradient);
  let iterations = 0;
  let flatSteps = 0;
  // A quadratic falls by half the slope.
  const isDone = () => aim.steepest <= tolerance && aim.slope >= -2 * promise;

  while (!isDone()) {
    if (iterations === maxIterations) return { iterations, ending: 'iterations' };
    if (flatSteps === MAX_FLAT_STEPS) return { iterations, ending: 'flat' };
    origin.set(parameters);
    const start = { origin, value, slope: aim.slope, noise: noise * Math.max(1, Math.abs(value)) };
    const nextValue = aim.slope < 0 ? stepper.move(start, parameters, nextGradient) : undefined;
    if (nextValue === undefined) {
      parameters.set(origin);
      if (memory.isEmpty) return { iterations, ending: 'stalled' };
      memory.forget();
      aim = stepper.aim(parameters, gradient);
      continue;
    }
    iterations++;
    // Neither the old point nor its gradient is needed any more.
    for (let i = 0; i < parameters.length; i++) {
      origin[i] = parameters[i] - origin[i];
      gradient[i] = nextGradient[i] - gradient[i];
    }
    memory.add(origin, gradient);
    flatSteps = value - nextValue > start.noise ? 0 : flatSteps + 1;
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    aim = stepper.aim(parameters, gradient);
    onIteration(iterations, isDone());
  }
  return { iterations, ending: 'converged' };
}
