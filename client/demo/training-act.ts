import { formatDuration } from '../terminal/format.js';
import { formatTable } from '../terminal/table.js';
import type { Model } from '../model.js';
import { calibrate, type Calibrated } from './calibrate.js';
import { fitRequest, type Recipe } from './recipe.js';
import type { Stage } from './stage.js';
import { trainAlone, type TrainedAlone } from './train-alone.js';
import { train } from './training.js';

/**
 * Trains two models one after the other and then, where there are slots, at the
 * same time. The models of the first round stay stored.
 */
export async function trainingAct(stage: Stage, recipes: readonly Recipe[], slots: number): Promise<TrainedAlone[]> {
  const { screen } = stage;
  screen.heading('Calibration', `so that each training takes about ${formatDuration(stage.targetMs)} here`);
  const calibrated: Calibrated[] = [];
  for (const recipe of recipes) {
    // oxlint-disable-next-line no-await-in-loop -- side by side they would slow each other down
    calibrated.push(await calibrate(stage, recipe));
  }

  screen.heading('Training, one after the other');
  const alone: TrainedAlone[] = [];
  for (const each of calibrated) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    alone.push(await trainAlone(stage, each));
  }
  checkLength(stage, alone);

  if (slots < 2) screen.note('the server has only one free training slot, so nothing can be shown side by side');
  else await sideBySide(stage, alone);
  return alone;
}

function checkLength({ screen, checks, leastMs }: Stage, alone: readonly TrainedAlone[]): void {
  if (leastMs === 0) return;
  const shortest = Math.min(...alone.map(({ fitMs }) => fitMs));
  const least = formatDuration(leastMs);
  checks.expect(
    shortest >= leastMs,
    `each training keeps one core busy for at least ${least}, and not ${formatDuration(shortest)}`,
  );
  if (shortest >= leastMs) screen.line(`  each training kept one core busy for at least ${least}`);
}

async function sideBySide(stage: Stage, alone: readonly TrainedAlone[]): Promise<void> {
  const { screen, checks, names } = stage;
  const { style } = screen;
  screen.heading('Training, both at once', 'Promise.all');
  const requests = alone.map(({ recipe, iterations }) =>
    fitRequest(recipe, names.of(`${recipe.title}-again`), iterations),
  );
  const { models, wallMs } = await train(stage, requests);
  const sumMs = alone.reduce((sum, times) => sum + times.wallMs, 0);
  const speedUp = sumMs / wallMs;

  const rows = alone.map(({ recipe, iterations, fitMs }, index) => [
    recipe.title,
    `${iterations} ${recipe.unit}`,
    formatDuration(fitMs),
    formatDuration(models[index].fitDurationMs ?? 0),
  ]);
  rows.push([style.bold('until both are done'), '', formatDuration(sumMs), formatDuration(wallMs)]);
  const columns = [{ title: 'model' }, { title: 'work' }, right('one by one'), right('both at once')];
  screen.line(`\n${formatTable(columns, rows, style)}`);
  screen.line(`\n  ${style.good(`${speedUp.toFixed(2)} times as fast`)} with two threads as with one`);
  if (speedUp < 1.3) screen.note('something else keeps the cores of this machine busy');

  // How much faster depends on who else uses the machine; that they overlap does not.
  checks.expect(overlap(models), 'two trainings at once run at the same time');
  models.forEach(({ sha256, name }, index) =>
    checks.expect(sha256 === alone[index].sha256, `${names.short(name)} learned the same (sha256) both times`),
  );
  screen.line(style.dim('  both times the same seed and data, and the same models came out (equal sha256)'));
}

/** Whether each of the trainings began before any of them had ended. */
function overlap(models: readonly Model[]): boolean {
  const ends = models.map(({ createdAt }) => createdAt?.getTime() ?? NaN);
  const begins = models.map(({ fitDurationMs = NaN }, i) => ends[i] - fitDurationMs);
  return Math.max(...begins) < Math.min(...ends);
}

function right(title: string) {
  return { title, align: 'right' as const };
}
