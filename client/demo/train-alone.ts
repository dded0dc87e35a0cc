import { formatDuration } from '../terminal/format.js';
import type { Calibrated } from './calibrate.js';
import { fitRequest } from './recipe.js';
import type { Stage } from './stage.js';
import { train } from './training.js';

/** A training that had the server to itself. */
export interface TrainedAlone extends Calibrated {
  /** The stored model's name. */
  readonly name: string;
  /** As the server measured it. */
  readonly fitMs: number;
  /** As the client saw it. */
  readonly wallMs: number;
  readonly sha256: string;
}

/**
 * Trains one model. Where it must take `stage.leastMs` and did not, because the
 * machine was busier during the calibration than now, it is trained once more,
 * with as many more iterations as were missing.
 */
export async function trainAlone(stage: Stage, calibrated: Calibrated): Promise<TrainedAlone> {
  const first = await trainOnce(stage, calibrated);
  if (first.fitMs >= stage.leastMs) return first;
  const { recipe, iterations } = calibrated;
  const more = Math.min(recipe.mostIterations, Math.ceil((iterations * stage.targetMs) / first.fitMs));
  stage.screen.note(
    `${formatDuration(first.fitMs)} are less than ${formatDuration(stage.leastMs)}, so once more with ${more} ${recipe.unit}`,
  );
  await stage.client.remove(first.name, { signal: stage.signal });
  return trainOnce(stage, { recipe, iterations: more });
}

async function trainOnce(stage: Stage, { recipe, iterations }: Calibrated): Promise<TrainedAlone> {
  const name = stage.names.of(recipe.title);
  const { models, wallMs } = await train(stage, [fitRequest(recipe, name, iterations)]);
  const [{ fitDurationMs = 0, sha256 }] = models;
  return { recipe, iterations, name, fitMs: fitDurationMs, wallMs, sha256 };
}
