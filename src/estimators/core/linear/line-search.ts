/** A function along a line, with its slope. */
interface Along {
  readonly value: number;
  readonly slope: number;
}

/** Wolfe's conditions: what a step must gain of what the slope promises, and how far the slope must flatten. */
const [GAIN, FLATTEN] = [1e-4, 0.9];
const MAX_TRIALS = 40;

/**
 * Finds a step with the strong Wolfe conditions, from 0 where the slope is
 * negative: a bracket that grows until it holds one, then shrinks by cubic
 * interpolation (Nocedal and Wright, "Numerical Optimization", 2nd edition,
 * algorithms 3.5 and 3.6). Near the minimum, where differences of values are
 * `noise`, the slope decides alone (Hager and Zhang, "A new conjugate gradient
 * method", 2005).
 *
 * @param at evaluates the function at a step; the last one asked for is the step taken
 * @param noise the error of values
 * @returns the step, undefined when none is found
 */
export function lineSearch(
  at: (step: number) => Along,
  start: Along,
  firstStep: number,
  noise: number,
): number | undefined {
  let step = firstStep;
  let low = { step: 0, ...start };
  let high: { step: number; value: number; slope: number } | undefined;
  for (let trial = 0; trial < MAX_TRIALS; trial++) {
    const now = at(step);
    const enough = now.value <= start.value + GAIN * step * start.slope + noise;
    if (enough && Math.abs(now.slope) <= FLATTEN * -start.slope) return step;
    if (enough && now.value <= low.value + noise && now.slope < 0) low = { step, ...now };
    else high = { step, ...now };
    step = high === undefined ? 4 * step : between(low, high);
    if (!(step > 0) || !Number.isFinite(step)) break;
  }
  return undefined;
}

/** The minimum of the cubic with the values and slopes of both ends, kept away from them. */
function between(low: Along & { step: number }, high: Along & { step: number }): number {
  const width = high.step - low.step;
  const [nearest, farthest] = [low.step + 0.1 * width, low.step + 0.9 * width];
  const d1 = low.slope + high.slope - (3 * (high.value - low.value)) / width;
  const d2 = Math.sqrt(d1 * d1 - low.slope * high.slope);
  const minimum = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  if (Number.isNaN(minimum)) return low.step + 0.5 * width;
  return Math.min(farthest, Math.max(nearest, minimum));
}
