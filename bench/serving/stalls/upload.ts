import { CallAbortedError, type FitProgress, type ModelServerClient } from '../../../client/index.js';
import type { Problem } from '../../data/problem.js';
import { untilBusy } from '../until-busy.js';

/** Sends a training set, and cancels the training that then begins. */
export async function upload(client: ModelServerClient, { x, y, columns }: Problem): Promise<void> {
  const abort = new AbortController();
  const onProgress = ({ phase }: FitProgress) => {
    if (phase === 'training') abort.abort();
  };
  const request = {
    name: 'upload',
    // Of many trees, so that it does not end by itself.
    estimator: { randomForestClassifier: { nEstimators: 1000 } },
    x: { rows: y.length, columns, data: x },
    y,
  };
  await client.fit(request, { signal: abort.signal, onProgress }).catch((error: unknown) => {
    if (!(error instanceof CallAbortedError)) throw error;
  });
  await untilBusy(client, 0);
}
