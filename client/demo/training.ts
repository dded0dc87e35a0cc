import type { FitRequest } from '../fit-request.js';
import type { Model } from '../model.js';
import type { TrainingProgress } from '../progress.js';
import { sleep } from '../sleep.js';
import { formatDuration } from '../terminal/format.js';
import { formatProgress } from '../terminal/progress-bar.js';
import type { Stage } from './stage.js';

const POLL_MS = 200;
/** Where there is no terminal, a training is reported at these shares. */
const MILESTONES = [0.25, 0.5, 0.75];

/** What came of some trainings that ran at the same time. */
export interface Trained {
  readonly models: readonly Model[];
  /** From the first call to the last answer, in milliseconds. */
  readonly wallMs: number;
}

/** Trains all of `requests` at once, and shows how far they are. */
export async function train(stage: Stage, requests: readonly FitRequest[]): Promise<Trained> {
  const { client, signal, screen, names } = stage;
  const finished = new AbortController();
  const started = performance.now();
  const watching = watch(
    stage,
    requests.map(({ name }) => name),
    finished.signal,
  );
  try {
    const models = await Promise.all(requests.map((request) => client.fit(request, { signal })));
    const wallMs = performance.now() - started;
    finished.abort();
    await watching;
    for (const { name, fitDurationMs = 0 } of models) {
      const time = formatDuration(fitDurationMs).padStart(7);
      screen.line(`  ${screen.style.good('trained')}  ${names.short(name).padEnd(26)} ${time}`);
    }
    return { models, wallMs };
  } finally {
    finished.abort();
    await watching;
  }
}

async function watch({ client, screen, names }: Stage, watched: readonly string[], signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const reached = new Map<string, number>();
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- a poll
    await sleep(POLL_MS, signal);
    if (signal.aborted) break;
    // Should it fail, the fit itself fails too, and says why.
    // oxlint-disable-next-line no-await-in-loop -- a poll
    const status = await client.getStatus({ signal }).catch(() => undefined);
    const progressOf = (name: string) => status?.trainings.find((training) => training.name === name)?.progress;
    const lineOf = (name: string, progress: TrainingProgress | undefined) =>
      `           ${names.short(name).padEnd(26)} ${formatProgress(progress, performance.now() - started, screen.style)}`;
    screen.live(watched.map((name) => lineOf(name, progressOf(name))));
    if (screen.isLive) continue;
    for (const name of watched) {
      const progress = progressOf(name);
      const passed = MILESTONES.filter((milestone) => (progress?.fraction ?? 0) >= milestone).length;
      if (passed > (reached.get(name) ?? 0)) screen.line(lineOf(name, progress));
      reached.set(name, Math.max(passed, reached.get(name) ?? 0));
    }
  }
  screen.settle();
}
