import { formatDuration } from '../terminal/format.js';
import { fitRequest, type Recipe } from './recipe.js';
import type { Stage } from './stage.js';

/** A recipe with the number of iterations that makes it as long as the demo wants. */
export interface Calibrated {
  readonly recipe: Recipe;
  readonly iterations: number;
}

const LEAST_SAMPLE_MS = 400;
/** A longer training deserves a longer sample, since code gets faster while it runs. */
const SAMPLE_SHARE = 0.05;
const MAX_FITS = 8;

/**
 * Finds out how many iterations take `stage.targetMs` on this machine. The work
 * is linear in them, over a fixed cost, so two small trainings tell: it grows the
 * second until their difference can be measured.
 */
export async function calibrate(stage: Stage, recipe: Recipe): Promise<Calibrated> {
  const sampleMs = Math.max(LEAST_SAMPLE_MS, stage.targetMs * SAMPLE_SHARE);
  const first = { iterations: recipe.firstGuess, ms: await measure(stage, recipe, recipe.firstGuess) };
  let last = first;
  for (let fits = 1; fits < MAX_FITS && last.ms - first.ms < sampleMs; fits++) {
    const iterations = Math.min(recipe.mostIterations, last.iterations * 4);
    // oxlint-disable-next-line no-await-in-loop -- each depends on the one before
    last = { iterations, ms: await measure(stage, recipe, iterations) };
  }
  // The better of two: whatever else the machine does, it only ever makes a training longer.
  last.ms = Math.min(last.ms, await measure(stage, recipe, last.iterations));
  const msPerIteration = Math.max(1e-4, (last.ms - first.ms) / Math.max(1, last.iterations - first.iterations));
  const fixedMs = Math.max(0, first.ms - first.iterations * msPerIteration);
  const wanted = Math.max(1, Math.round((stage.targetMs - fixedMs) / msPerIteration));
  const iterations = Math.min(recipe.mostIterations, wanted);
  const pace =
    msPerIteration < 1 ? `${(msPerIteration * 1000).toFixed(0)} µs each` : `${msPerIteration.toFixed(1)} ms each`;
  stage.screen.line(
    `  ${recipe.title.padEnd(18)} ${String(iterations).padStart(7)} ${recipe.unit}  ` +
      stage.screen.style.dim(`${pace}, about ${formatDuration(fixedMs + iterations * msPerIteration)}`),
  );
  return { recipe, iterations };
}

async function measure({ client, names, signal }: Stage, recipe: Recipe, iterations: number): Promise<number> {
  const name = names.of(`${recipe.title}-sample`);
  const { fitDurationMs = 0 } = await client.fit(fitRequest(recipe, name, iterations), { signal });
  await client.remove(name, { signal });
  return fitDurationMs;
}
