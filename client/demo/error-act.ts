import { MAX_TO_FILL, type Provoke, Provocations } from './provoke.js';
import { fitRequest, type Recipe } from './recipe.js';
import { slotErrors } from './slot-errors.js';
import type { Stage } from './stage.js';

/** What the errors are provoked with. */
export interface ErrorActModels {
  /** A loaded model. */
  readonly loaded: string;
  /** A model that is stored, and not loaded. */
  readonly stored: string;
  /** A recipe whose trainings can be as long as one likes. */
  readonly recipe: Recipe;
}

/** Provokes every error that a client can, and explains them in a table. */
export async function errorAct(stage: Stage, models: ErrorActModels): Promise<void> {
  const { screen } = stage;
  screen.heading('Errors', 'each one provoked, and caught as a ModelServerError');
  const provocations = new Provocations(stage);
  const { provoke } = provocations;
  await refusedRequests(stage, models, provoke);
  await wrongStates(stage, models, provoke);
  await slotErrors(stage, models.recipe, provoke);
  await loadedLimit(stage, models, provoke);
  screen.line(provocations.format());
  screen.line(
    screen.style.dim(
      '\n  A client cannot provoke DATA_LOSS (a damaged file), INTERNAL (a worker thread that died)\n' +
        '  and UNAVAILABLE (a server that shuts down); the end-to-end tests do.',
    ),
  );
}

async function refusedRequests({ client, names, signal }: Stage, { recipe }: ErrorActModels, provoke: Provoke) {
  const good = fitRequest(recipe, names.of('refused'), 1);
  const invalid = { code: 'INVALID_ARGUMENT', reason: 'INVALID_REQUEST' } as const;
  await provoke({ what: 'fit with a bad name', ...invalid }, client.fit({ ...good, name: '../escape' }, { signal }));
  await provoke(
    { what: 'fit with bad settings', ...invalid },
    client.fit({ ...good, estimator: { randomForestClassifier: { nEstimators: 0, minSamplesSplit: -1 } } }, { signal }),
  );
  await provoke(
    { what: 'fit with a missing value', ...invalid },
    client.fit(
      {
        ...good,
        x: [
          [1, 2],
          [3, Number.NaN],
        ],
        y: ['a', 'b'],
        featureNames: [],
      },
      { signal },
    ),
  );
  await provoke(
    { what: 'fit with a setting that is not built', code: 'UNIMPLEMENTED', reason: 'NOT_IMPLEMENTED' },
    client.fit({ ...good, estimator: { logisticRegression: { solver: 'saga' } } }, { signal }),
  );
}

async function wrongStates(
  { client, names, signal }: Stage,
  { loaded, stored, recipe }: ErrorActModels,
  provoke: Provoke,
) {
  const { x } = recipe.dataset.heldOut;
  await provoke(
    { what: 'fit under a taken name', code: 'ALREADY_EXISTS', reason: 'MODEL_ALREADY_EXISTS' },
    client.fit(fitRequest(recipe, stored, 1), { signal }),
  );
  await provoke(
    { what: 'load a loaded model', code: 'ALREADY_EXISTS', reason: 'MODEL_ALREADY_LOADED' },
    client.load(loaded, { signal }),
  );
  await provoke(
    { what: 'predict, unknown name', code: 'NOT_FOUND', reason: 'MODEL_NOT_FOUND' },
    client.predict({ name: names.unknown(), x }, { signal }),
  );
  await provoke(
    { what: 'predict before load', code: 'FAILED_PRECONDITION', reason: 'MODEL_NOT_LOADED' },
    client.predict({ name: stored, x }, { signal }),
  );
  await provoke(
    { what: 'remove a loaded model', code: 'FAILED_PRECONDITION', reason: 'MODEL_LOADED' },
    client.remove(loaded, { signal }),
  );
}

/** Loads small models until there is no room for another one. */
async function loadedLimit(stage: Stage, { stored, recipe }: ErrorActModels, provoke: Provoke) {
  const { client, names, signal, screen } = stage;
  const { loadedModels, maxLoadedModels } = await client.getStatus({ signal });
  const room = maxLoadedModels - loadedModels;
  if (room > MAX_TO_FILL) {
    screen.note(`LOADED_MODEL_LIMIT_REACHED is not shown: ${room} models would have to be loaded for it`);
    return;
  }
  for (let i = 1; i <= room; i++) {
    const name = names.of(`filler-${i}`);
    // oxlint-disable-next-line no-await-in-loop -- one slot is enough for these
    await client.fit(fitRequest(recipe, name, 1), { signal });
    // oxlint-disable-next-line no-await-in-loop -- see above
    await client.load(name, { signal });
  }
  await provoke(
    { what: 'load one too many', code: 'RESOURCE_EXHAUSTED', reason: 'LOADED_MODEL_LIMIT_REACHED' },
    client.load(stored, { signal }),
  );
}
