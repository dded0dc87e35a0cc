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
  parameters: Float64Array<ArrayBuffer>,
  memory: CurvatureMemory,
  { tolerance, maxIterations, noise, onIteration }: Limits,
): Outcome {
  let gradient = new Float64Array(parameters.length);
  let nextGradient = new Float64Array(parameters.length);
  const step = new Float64Array(parameters.length);
  const origin = new Float64Array(parameters.length);
  let value = target.evaluate(parameters, gradient);
  let iterations = 0;
  let flatSteps = 0;
  while (largestMagnitude(gradient) > tolerance) {
    if (iterations === maxIterations) return { iterations, ending: 'iterations' };
    step.set(gradient);
    memory.toStep(step);
    let slope = dot(step, gradient);
    if (!(slope < 0)) {
      memory.forget();
      step.set(gradient);
      memory.toStep(step);
      slope = dot(step, gradient);
    }
    origin.set(parameters);
    let nextValue = NaN;
    const error = noise * Math.max(1, Math.abs(value));
    const length = lineSearch(
      (factor) => {
        parameters.set(origin);
        addScaled(parameters, factor, step);
        nextValue = target.evaluate(parameters, nextGradient);
        return { value: nextValue, slope: dot(step, nextGradient) };
      },
      { value, slope },
      1,
      error,
    );
    if (length === undefined) {
      parameters.set(origin);
      if (memory.isEmpty) return { iterations, ending: 'stalled' };
      memory.forget();
      continue;
    }
    iterations++;
    memory.add(
      parameters.map((p, i) => p - origin[i]),
      nextGradient.map((g, i) => g - gradient[i]),
    );
    [gradient, nextGradient] = [nextGradient, gradient];
    flatSteps = value - nextValue > error ? 0 : flatSteps + 1;
    value = nextValue;
    onIteration(iterations, largestMagnitude(gradient) <= tolerance);
    if (flatSteps === MAX_FLAT_STEPS && largestMagnitude(gradient) > tolerance) return { iterations, ending: 'flat' };
  }
  return { iterations, ending: 'converged' };
}
