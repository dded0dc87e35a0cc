import type { CurvatureMemory } from './curvature-memory.js';
import { lineSearch } from './line-search.js';
import type { Limits, Outcome, SmoothFunction } from './minimiser.js';
import { quasiNewton } from './quasi-newton.js';
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
  limits: Limits,
): Outcome {
  const step = new Float64Array(parameters.length);
  return quasiNewton(
    {
      evaluate: (at, gradient) => target.evaluate(at, gradient),

      aim(_, gradient) {
        step.set(gradient);
        memory.toStep(step);
        return { slope: dot(step, gradient), steepest: largestMagnitude(gradient) };
      },

      move({ origin, value, slope, noise }, at, gradient) {
        let nextValue = NaN;
        const along = (factor: number) => {
          at.set(origin);
          addScaled(at, factor, step);
          nextValue = target.evaluate(at, gradient);
          return { value: nextValue, slope: dot(step, gradient) };
        };
        return lineSearch(along, { value, slope }, 1, noise) === undefined ? undefined : nextValue;
      },
    },
    parameters,
    memory,
    limits,
  );
}
