import { expect } from 'chai';
import { join } from 'node:path';
import { platform } from 'node:process';
import type { MeasuredModel } from '../fixtures/measured-model.js';
import { measureIn } from '../support/measure-in.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

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
      const { estimate, measured } = await measureIn<MeasuredModel>('measured-model', [
        join(directory.path, 'model'),
        name,
      ]);
      const sizes = `${(estimate / MEGABYTE).toFixed(1)} MB said, ${(measured / MEGABYTE).toFixed(1)} MB measured`;
      expect(measured / estimate, sizes).to.be.within(0.75, 1.25);
    }).timeout(60_000);
  }
});
