import { succeed, type TestClient } from './call.js';
import { blobs, endless } from './problems.js';

/** A training that runs until it is let go. */
export interface HeldTraining {
  readonly name: string;
  /** Cancels it, and waits until its slot is free. */
  release(): Promise<void>;
}

/** Starts a training that does not end by itself, and waits until the server shows it. */
export async function holdTraining(
  client: TestClient,
  name: string,
  estimator: object = endless,
  more: object = {},
): Promise<HeldTraining> {
  const abort = new AbortController();
  const request = { name, estimator, ...blobs({ perClass: 100 }), ...more };
  const ended = client.call('Fit', request, { signal: abort.signal });
  await untilStatus(client, (status) => namesOf(status).includes(name));
  return {
    name,
    release: async () => {
      abort.abort();
      await ended;
      await untilStatus(client, (status) => !namesOf(status).includes(name));
    },
  };
}

export interface StatusJson {
  readonly trainings?: readonly { readonly name: string }[];
  readonly busyTrainingSlots?: number;
  readonly replacedWorkers?: number;
}

/** Asks for the server's status until it is as wanted; there is no event for a client to wait on. */
export async function untilStatus(client: TestClient, isWanted: (status: StatusJson) => boolean): Promise<StatusJson> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const status = (await succeed(client.call('GetStatus', {}))) as StatusJson;
    if (isWanted(status)) return status;
    if (Date.now() > deadline) throw new Error(`the status stays ${JSON.stringify(status)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function namesOf({ trainings = [] }: StatusJson): string[] {
  return trainings.map(({ name }) => name);
}
