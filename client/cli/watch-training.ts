import { createLogUpdate } from 'log-update';
import type { ModelServerClient } from '../model-server-client.js';
import { sleep } from '../sleep.js';
import { formatProgress } from '../terminal/progress-bar.js';
import { styleFor } from '../terminal/style.js';

const POLL_MS = 250;

/**
 * Shows the progress of the training of `name` on a terminal, on one line that
 * stays up to date, until `signal` aborts; then the line is gone.
 */
export async function watchTraining(
  client: Pick<ModelServerClient, 'getStatus'>,
  name: string,
  signal: AbortSignal,
  terminal: NodeJS.WriteStream = process.stderr,
): Promise<void> {
  const line = createLogUpdate(terminal);
  const style = styleFor(terminal);
  const started = performance.now();
  try {
    while (!signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- a poll
      await sleep(POLL_MS, signal);
      if (signal.aborted) break;
      // oxlint-disable-next-line no-await-in-loop -- a poll
      const { trainings } = await client.getStatus({ signal });
      const training = trainings.find((each) => each.name === name);
      line(`${name}  ${formatProgress(training?.progress, performance.now() - started, style)}`);
    }
  } catch {
    // The line is a courtesy: whatever ails the server, the fit itself will tell.
  } finally {
    line.clear();
    line.done();
  }
}
