import { ModelServerError } from '../errors.js';
import { formatBytes } from '../terminal/format.js';
import { formatTable } from '../terminal/table.js';
import { fitRequest, type Recipe } from './recipe.js';
import type { Stage } from './stage.js';

/** Leads a small model through its states: stored, loaded, unloaded, removed. */
export async function modelAct(stage: Stage, recipe: Recipe): Promise<void> {
  const { client, screen, checks, names, signal } = stage;
  screen.heading('The life of a model');
  const name = names.of('short-lived');
  await client.fit(fitRequest(recipe, name, recipe.firstGuess), { signal });
  const rows: string[][] = [];
  const step = async (call: string, expected: string) => {
    const { state, sizeBytes } = await client.getModel(name, { signal });
    const { loadedModels, maxLoadedModels } = await client.getStatus({ signal });
    checks.expect(state === expected, `after ${call} the model is ${expected}, and not ${state}`);
    rows.push([call, state, `${loadedModels} of ${maxLoadedModels}`, formatBytes(sizeBytes)]);
  };

  await step('fit', 'stored');
  await client.load(name, { signal });
  await step('load', 'loaded');
  await client.unload(name, { signal });
  await step('unload', 'stored');
  await client.remove(name, { signal });
  const error = await client.getModel(name, { signal }).catch((reason: unknown) => reason);
  const isGone = error instanceof ModelServerError && error.reason === 'MODEL_NOT_FOUND';
  checks.expect(isGone, 'after remove the model is gone');
  rows.push(['remove', isGone ? 'gone' : 'still there', '', '']);

  const columns = [
    { title: 'after' },
    { title: 'state' },
    { title: 'models in memory' },
    { title: 'on disk', align: 'right' as const },
  ];
  screen.line(formatTable(columns, rows, screen.style));
}
