import type { CurvatureMemory } from './curvature-memory.js';
import { lineSearch } from './line-search.js';
import { type Limits, MAX_FLAT_STEPS, type Outcome, type SmoothFunction } from './minimiser.js';
import { addScaled, dot, largestMagnitude } from './vector.js';

/**
 * Minimises a smooth function by L-BFGS (Nocedal and Wright, "Numerical
 * Optimization", 2nd edition, algorithm 7.5), moving `parameters`.
 *
 * @param memory what is known of the curvature, kept and added to
 */
export function lbfgs(
  target: SmoothFunction,
  parameters: Float64Array,
  memory: CurvatureMemory,
  { tolerance, promise, maxIterations, noise, onIteration }: Limits,
): Outcome {
  let gradient = new Float64Array(parameters.length);
  let nextGradient = new Float64Array(parameters.length);
  const step = new Float64Array(parameters.length);
  const origin = new Float64Array(parameters.length);
  let value = target.evaluate(parameters, gradient);
  let nextValue = NaN;
  let iterations = 0;
  let flatSteps = 0;

  /** Writes the step; returns the slope along it. */
  const aim = () => {
    step.set(gradient);
    memory.toStep(step);
    return dot(step, gradient);
  };
  const along = (factor: number) => {
    parameters.set(origin);
    addScaled(parameters, factor, step);
    nextValue = target.evaluate(parameters, nextGradient);
    return { value: nextValue, slope: dot(step, nextGradient) };
  };
  // A quadratic falls by half the slope.
  const isDone = () => largestMagnitude(gradient) <= tolerance && slope >= -2 * promise;

  let slope = aim();
  while (!isDone()) {
    if (iterations === maxIterations) return { iterations, ending: 'iterations' };
    if (flatSteps === MAX_FLAT_STEPS) return { iterations, ending: 'flat' };
    origin.set(parameters);
    const error = noise * Math.max(1, Math.abs(value));
    const found = slope < 0 && lineSearch(along, { value, slope }, 1, error) !== undefined;
    if (!found) {
      parameters.set(origin);
      if (memory.isEmpty) return { iterations, ending: 'stalled' };
      memory.forget();
      slope = aim();
      continue;
    }
    iterations++;
    memory.add(
      parameters.map((p, i) => p - origin[i]),
      nextGradient.map((g, i) => g - gradient[i]),
    );
    flatSteps = value - nextValue > error ? 0 : flatSteps + 1;
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    slope = aim();
    onIteration(iterations, isDone());
  }
  return { iterations, ending: 'converged' };
}
