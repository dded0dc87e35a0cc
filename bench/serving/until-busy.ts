import { setTimeout as delay } from 'node:timers/promises';
import type { ModelServerClient } from '../../client/index.js';

const POLL_MS = 20;

/** Waits until so many trainings run. */
export async function untilBusy(client: ModelServerClient, slots: number): Promise<void> {
  while ((await client.getStatus()).busyTrainingSlots !== slots) await delay(POLL_MS);
}
