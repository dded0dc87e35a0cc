import type { CurvatureMemory, InverseHessian } from './curvature-memory.js';
import type { Limits, Outcome, SmoothFunction } from './minimiser.js';
import { quasiNewton } from './quasi-newton.js';
import { dot, largestMagnitude } from './vector.js';

/** What a step must gain of what the slope promises; it is halved until it does, and given up when it is shorter. */
const GAIN = 1e-4;
const SHORTEST = 2 ** -40;

/**
 * Minimises a smooth function plus Σ strengths |parameters|, moving
 * `parameters`: L-BFGS among the parameters that are not 0, scaled steps for
 * those that leave 0, both projected so that none changes its sign in one step
 * (the projected scaled sub-gradient method of Gafni and Bertsekas' kind:
 * M. Schmidt, "Graphical Model Structure Learning with l1-Regularization",
 * 2010, section 2.3.3). What is 0 at the minimum becomes exactly 0.
 *
 * @param strengths shape: that of the parameters; 0 for those without a penalty
 * @param inverseDiagonal the diagonal that `memory` starts from
 */
export function projectedLbfgs(
  target: SmoothFunction,
  strengths: Float64Array,
  parameters: Float64Array,
  memory: CurvatureMemory,
  inverseDiagonal: InverseHessian,
  limits: Limits,
): Outcome {
  const size = parameters.length;
  const steepest = new Float64Array(size);
  const step = new Float64Array(size);
  const leaving = new Float64Array(size);
  const free = new Uint8Array(size);
  const evaluate = (at: Float64Array, gradient: Float64Array) =>
    target.evaluate(at, gradient) + penaltyOf(at, strengths);

  return quasiNewton(
    {
      evaluate,

      /** Writes the steepest descent, and the step. */
      aim(at, gradient) {
        for (let i = 0; i < size; i++) {
          steepest[i] = subgradient(at[i], gradient[i], strengths[i]);
          free[i] = at[i] !== 0 || strengths[i] === 0 ? 1 : 0;
          step[i] = free[i] * steepest[i];
          leaving[i] = (1 - free[i]) * steepest[i];
        }
        memory.restrictedTo(free).toStep(step);
        inverseDiagonal(leaving);
        for (let i = 0; i < size; i++) if (free[i] === 0) step[i] = -leaving[i];
        return { slope: dot(step, steepest), steepest: largestMagnitude(steepest) };
      },

      move({ origin, value, noise }, at, gradient) {
        for (let factor = 1; factor > SHORTEST; factor /= 2) {
          let promised = 0;
          for (let i = 0; i < size; i++) {
            at[i] = origin[i] + factor * step[i];
            const side = origin[i] === 0 ? -steepest[i] : origin[i];
            if (strengths[i] > 0 && at[i] * side <= 0) at[i] = 0;
            promised += steepest[i] * (at[i] - origin[i]);
          }
          const nextValue = evaluate(at, gradient);
          if (nextValue <= value + GAIN * Math.min(0, promised) + noise) return nextValue;
        }
        return undefined;
      },
    },
    parameters,
    memory,
    limits,
  );
}

/** The element of the subdifferential that is nearest to 0. */
function subgradient(parameter: number, slope: number, strength: number): number {
  if (parameter !== 0) return slope + Math.sign(parameter) * strength;
  return Math.sign(slope) * Math.max(0, Math.abs(slope) - strength);
}

function penaltyOf(parameters: Float64Array, strengths: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < parameters.length; i++) sum += strengths[i] * Math.abs(parameters[i]);
  return sum;
}
