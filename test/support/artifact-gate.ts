import { execFile } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Holds up the thread of artifacts; see the fixture. */
export const gatedWorker = new URL('../fixtures/gated-artifact-worker.js', import.meta.url);

/** A closed gate in front of one kind of job. */
export interface ArtifactGate {
  /** Comes back when a job waits at the gate; what it gives lets that one and all later ones pass. */
  waiting(): Promise<() => Promise<void>>;
}

export async function closeGate(directory: string, job: 'encode' | 'decode'): Promise<ArtifactGate> {
  const path = join(directory, job);
  await promisify(execFile)('mkfifo', [path]);
  return {
    waiting: async () => {
      const pipe = await open(path, 'w');
      return async () => {
        await rm(path);
        await pipe.close();
      };
    },
  };
}
