import { ModelServerError } from '../errors.js';
import { ModelServerClient } from '../model-server-client.js';
import { formatDuration } from '../terminal/format.js';
import { Checks } from './checks.js';
import { errorAct } from './error-act.js';
import { modelAct } from './model-act.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { predictionAct } from './prediction-act.js';
import { loadRecipes } from './recipe.js';
import { Screen } from './screen.js';
import { ModelNames, type Stage } from './stage.js';
import { trainingAct } from './training-act.js';

const READY_TIMEOUT_MS = 5000;

/** How the demo is to run. */
export interface DemoOptions {
  /** A running server. Default: the demo starts one of its own. */
  readonly address?: string;
  /** How long each training shall take, in milliseconds. */
  readonly targetMs: number;
  /** How long each training must take at least, in milliseconds. */
  readonly leastMs: number;
  /** Ends the demo early; it still cleans up. */
  readonly signal: AbortSignal;
}

/**
 * Runs the demo from start to end, and takes away whatever it has made.
 *
 * @returns Whether everything was as expected.
 * @throws ModelServerError for what nobody expected, CallAbortedError when `signal` aborts.
 */
export async function runDemo({ address, targetMs, leastMs, signal }: DemoOptions): Promise<boolean> {
  const started = performance.now();
  const screen = new Screen();
  const checks = new Checks(screen);
  const ownServer = address === undefined ? await startOwnServer() : undefined;
  const client = new ModelServerClient(ownServer?.address ?? address ?? '');
  const stage: Stage = { client, screen, checks, names: new ModelNames(), signal, targetMs, leastMs };
  try {
    await client.waitForReady({ signal, timeoutMs: READY_TIMEOUT_MS });
    await play(stage, client.address, ownServer !== undefined);
  } finally {
    screen.settle();
    await cleanUp(stage);
    client.close();
    await stopServer(stage, ownServer);
  }
  report(stage, performance.now() - started);
  return checks.failures.length === 0;
}

async function play(stage: Stage, address: string, isOwnServer: boolean): Promise<void> {
  const { client, screen, signal } = stage;
  const { style } = screen;
  const { version, ...status } = await client.getStatus({ signal });
  screen.line(`${style.bold('ModelServer demo')}  ${style.dim(`server ${version} at ${address}`)}`);
  screen.line(
    style.dim(`  ${isOwnServer ? 'started for this demo' : 'not ours: only models of this demo are touched'}`),
  );

  const slots = status.trainingSlots - status.busyTrainingSlots;
  const room = status.maxLoadedModels - status.loadedModels;
  screen.line(style.dim(`  free training slots: ${slots}, room for loaded models: ${room}`));
  if (slots === 0) throw new Error('all training slots of the server are busy; try again later');

  const recipes = await loadRecipes();
  const trained = await trainingAct(stage, recipes, slots);
  if (room === 0) {
    screen.note('the server has no room for another loaded model, so the rest cannot be shown');
    return;
  }
  const shown = trained.slice(0, room);
  if (shown.length < trained.length) screen.note('there is room for one loaded model only, so only one will predict');
  await predictionAct(stage, shown);
  await Promise.all(shown.map(({ name }) => client.unload(name, { signal })));

  const [forest, logistic] = trained;
  await modelAct(stage, logistic.recipe);
  await client.load(forest.name, { signal });
  await errorAct(stage, { loaded: forest.name, stored: logistic.name, recipe: logistic.recipe });
}

/** Removes the demo's models, whatever became of them. */
async function cleanUp({ client, names, checks }: Stage): Promise<void> {
  await Promise.all(
    names.used.map((name) =>
      client.remove(name, { force: true, timeoutMs: 5000 }).catch((error: unknown) => {
        const isGone = error instanceof ModelServerError && error.reason === 'MODEL_NOT_FOUND';
        checks.expect(isGone, `${names.short(name)} is removed at the end, and not left: ${String(error)}`);
      }),
    ),
  );
}

async function stopServer({ checks, signal }: Stage, server: OwnServer | undefined): Promise<void> {
  const code = await server?.stop();
  // Ctrl-C reaches the whole group of processes, so the server may have gone by itself.
  if (code !== undefined && !signal.aborted)
    checks.expect(code === 0, `the server ends with code 0 on SIGTERM, not ${code}`);
}

function report({ screen, checks }: Stage, ms: number): void {
  const { style } = screen;
  const { passed, failures } = checks;
  const verdict = failures.length === 0 ? style.good('Everything as expected') : style.bad('Not as expected');
  screen.heading(verdict, `${passed} of ${passed + failures.length} checks, ${formatDuration(ms)} in all`);
  for (const failure of failures) screen.line(`  ${failure}`);
}
