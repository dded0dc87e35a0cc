import { expect } from 'chai';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { MeasuredModel } from '../fixtures/measured-model.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/measured-model.js', import.meta.url));
const MEGABYTE = 2 ** 20;

describe('The memory of a loaded model', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async function () {
    // Only Linux tells how much memory a process has.
    if (platform !== 'linux') this.skip();
    directory = await temporaryDirectory();
  });
  after(() => directory?.remove());

  // One of each kind of predictor.
  for (const name of [
    'logistic_regression (core)',
    'k_neighbors_classifier (core)',
    'k_neighbors_classifier (core) with categories',
    'k_neighbors_classifier (mljs)',
    'random_forest_classifier (core)',
    'random_forest_classifier (mljs)',
    'lgbm_classifier (core)',
    'lgbm_classifier (core) with categories',
    'cat_boost_classifier (core) with categories',
  ]) {
    it(`is what it says, with nothing of the file that it does not need: ${name}`, async () => {
      const { estimate, measured } = await measure(join(directory.path, 'model'), name);
      const sizes = `${(estimate / MEGABYTE).toFixed(1)} MB said, ${(measured / MEGABYTE).toFixed(1)} MB measured`;
      expect(measured / estimate, sizes).to.be.within(0.75, 1.25);
    }).timeout(60_000);
  }
});

/** Measures a model in a process of its own, which writes it to `path`. */
async function measure(path: string, name: string): Promise<MeasuredModel> {
  const child = fork(FIXTURE, [path, name], {
    execArgv: ['--expose-gc'],
    // Coverage takes memory too, and glibc keeps freed arrays of up to 32 MB unless it is told not to.
    env: { ...process.env, NODE_V8_COVERAGE: '', MALLOC_MMAP_THRESHOLD_: '131072' },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the measured process ended with ${code}`);
  });
  const [measured] = (await Promise.race([once(child, 'message'), ended])) as [MeasuredModel];
  ended.catch(() => undefined);
  return measured;
}
