import { sleep } from '../sleep.js';
import { MAX_TO_FILL, type Provoke } from './provoke.js';
import { fitRequest, type Recipe } from './recipe.js';
import type { Stage } from './stage.js';

/** A training with this deadline is under way long enough to be looked at, and not long enough to end. */
const SHORT_DEADLINE_MS = 1500;

/**
 * Fills all slots with trainings that would take for ever, looks at the errors
 * that this causes, and ends the trainings by an abort and by a deadline.
 */
export async function slotErrors(stage: Stage, recipe: Recipe, provoke: Provoke): Promise<void> {
  const { client, names, signal, screen, checks } = stage;
  const { trainingSlots, busyTrainingSlots } = await client.getStatus({ signal });
  const free = trainingSlots - busyTrainingSlots;
  const endless = (what: string) => fitRequest(recipe, names.of(what), recipe.mostIterations);
  const abort = new AbortController();
  const startLate = () => unhandled(client.fit(endless('late'), { signal, timeoutMs: SHORT_DEADLINE_MS }));

  // The last free slot is for the training with the deadline, unless there is but one.
  const requests = Array.from({ length: Math.max(1, Math.min(free, MAX_TO_FILL) - 1) }, (_, i) =>
    endless(`aborted-${i + 1}`),
  );
  const running = requests.map((request) =>
    unhandled(client.fit(request, { signal: AbortSignal.any([abort.signal, signal]) })),
  );
  const late = free > 1 ? startLate() : undefined;
  await untilBusy(stage, busyTrainingSlots + Math.min(free, MAX_TO_FILL));

  await provoke(
    { what: 'load during the training', code: 'FAILED_PRECONDITION', reason: 'MODEL_IN_TRAINING' },
    client.load(requests[0].name, { signal }),
  );
  if (free > MAX_TO_FILL)
    screen.note(`NO_FREE_TRAINING_SLOT is not shown: ${free} slots would have to be filled for it`);
  else {
    await provoke(
      { what: 'fit, all slots busy', code: 'RESOURCE_EXHAUSTED', reason: 'NO_FREE_TRAINING_SLOT' },
      client.fit(endless('one-too-many'), { signal }),
    );
  }
  abort.abort();
  await provoke({ what: 'fit, then abort()', code: 'CANCELLED' }, running[0]);
  await Promise.allSettled(running);
  if (late === undefined) await untilFree(stage, busyTrainingSlots);
  await provoke({ what: 'fit with a short deadline', code: 'DEADLINE_EXCEEDED' }, late ?? startLate());
  const isFree = await untilFree(stage, busyTrainingSlots);
  checks.expect(isFree, 'the slots of aborted and late trainings are free again');
}

/** The same promise, whose failure may be looked at later. */
function unhandled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function untilBusy(stage: Stage, slots: number): Promise<boolean> {
  return until(stage, (busy) => busy >= slots);
}

function untilFree(stage: Stage, slots: number): Promise<boolean> {
  return until(stage, (busy) => busy <= slots);
}

/** Asks for the busy slots until they are as wanted; false when that takes too long. */
async function until({ client, signal }: Stage, isWanted: (busySlots: number) => boolean): Promise<boolean> {
  for (let tries = 0; tries < 200; tries++) {
    // oxlint-disable-next-line no-await-in-loop -- a poll
    const { busyTrainingSlots } = await client.getStatus({ signal });
    if (isWanted(busyTrainingSlots)) return true;
    // oxlint-disable-next-line no-await-in-loop -- a poll
    await sleep(25, signal);
  }
  return false;
}
