import type { CurvatureMemory, InverseHessian } from './curvature-memory.js';
import { type Limits, MAX_FLAT_STEPS, type Outcome, type SmoothFunction } from './minimiser.js';
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
  { tolerance, promise, maxIterations, noise, onIteration }: Limits,
): Outcome {
  const size = parameters.length;
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const steepest = new Float64Array(size);
  const step = new Float64Array(size);
  const origin = new Float64Array(size);
  const free = new Uint8Array(size);
  let value = target.evaluate(parameters, gradient) + penaltyOf(parameters, strengths);
  let iterations = 0;
  let flatSteps = 0;

  /** Writes the steepest descent, and the step; returns the slope along it. */
  const aim = () => {
    const leaving = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      steepest[i] = subgradient(parameters[i], gradient[i], strengths[i]);
      free[i] = parameters[i] !== 0 || strengths[i] === 0 ? 1 : 0;
      step[i] = free[i] * steepest[i];
      leaving[i] = (1 - free[i]) * steepest[i];
    }
    const known = memory.restrictedTo(free);
    known.toStep(step);
    inverseDiagonal(leaving);
    for (let i = 0; i < size; i++) if (free[i] === 0) step[i] = -leaving[i];
    return dot(step, steepest);
  };
  const isDone = () => largestMagnitude(steepest) <= tolerance && slope >= -2 * promise;

  let slope = aim();
  while (!isDone()) {
    if (iterations === maxIterations) return { iterations, ending: 'iterations' };
    if (flatSteps === MAX_FLAT_STEPS) return { iterations, ending: 'flat' };
    origin.set(parameters);
    const error = noise * Math.max(1, Math.abs(value));
    let nextValue = NaN;
    let found = false;
    for (let factor = slope < 0 ? 1 : 0; !found && factor > SHORTEST; factor /= 2) {
      let promised = 0;
      for (let i = 0; i < size; i++) {
        parameters[i] = origin[i] + factor * step[i];
        const side = origin[i] === 0 ? -steepest[i] : origin[i];
        if (strengths[i] > 0 && parameters[i] * side <= 0) parameters[i] = 0;
        promised += steepest[i] * (parameters[i] - origin[i]);
      }
      nextValue = target.evaluate(parameters, nextGradient) + penaltyOf(parameters, strengths);
      found = nextValue <= value + GAIN * Math.min(0, promised) + error;
    }
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
