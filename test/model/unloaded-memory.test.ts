import { expect } from 'chai';
import { platform } from 'node:process';
import type { MeasuredCycles } from '../fixtures/measured-cycles.js';
import type { MeasuredUnload } from '../fixtures/measured-unload.js';
import { measureIn } from '../support/measure-in.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const MEGABYTE = 2 ** 20;
/** Of kernel memory, and of tensors that are read where they lie. What is on V8's heap besides, V8 gives back when it likes. */
const KINDS = [
  'k_neighbors_classifier (core)',
  'random_forest_classifier (core)',
  'random_forest_classifier (mljs)',
  'lgbm_classifier (core) with categories',
];

describe('The memory of models that are unloaded', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  before(async function () {
    // Only Linux tells how much memory a process has.
    if (platform !== 'linux') this.skip();
    directory = await temporaryDirectory();
  });
  after(() => directory?.remove());

  for (const name of KINDS) {
    it(`is given back: ${name}`, async () => {
      const { loaded, unloaded } = await measureIn<MeasuredUnload>('measured-unload', [directory.path, name]);
      const sizes = `${(loaded / MEGABYTE).toFixed(1)} MB loaded, ${(unloaded / MEGABYTE).toFixed(1)} MB afterwards`;
      expect(loaded, sizes).to.be.above(60 * MEGABYTE);
      expect(unloaded / loaded, sizes).to.be.below(0.15);
    }).timeout(60_000);
  }

  it('is given back of 1,000 small ones too', async () => {
    const { first, last, loadedBytes } = await measureIn<MeasuredCycles>('measured-cycles', ['1000']);
    expect(loadedBytes).to.equal(0);
    const sizes = `${(first / MEGABYTE).toFixed(1)} MB after the first ones, ${(last / MEGABYTE).toFixed(1)} MB after all`;
    expect(last / first, sizes).to.be.below(1.1);
  }).timeout(60_000);
});
