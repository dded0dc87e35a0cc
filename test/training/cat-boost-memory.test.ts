import { platform } from 'node:process';
import { expect } from 'chai';
import type { MeasuredTraining } from '../fixtures/measured-training.js';
import { measureTraining } from '../support/measure-training.js';

const MEGABYTE = 2 ** 20;
/** Few trees, since they take time, and memory that is told by how many they are. */
const hyperparameters = { iterations: 10 };
/** From sizes on where a process’s own ups and downs of a few megabytes do not matter. */
const SIZES = [150_000, 300_000, 600_000];
const SHAPES: Readonly<Record<string, Partial<MeasuredTraining>>> = {
  'in single precision': { single: true },
  'with rows held out': { validationFraction: 0.25 },
  'with weights': { balanced: true },
  'of three classes': { nClasses: 3 },
  'of deep trees': { hyperparameters: { iterations: 10, depth: 10 } },
};

describe('the memory of a training of cat_boost_classifier', function () {
  // What the system measures differs by some megabytes from process to process.
  this.retries(2);

  before(function () {
    // Only Linux tells how much memory a process has had at the most.
    if (platform !== 'linux') this.skip();
  });

  const expectEstimate = async (nSamples: number, shape: Partial<MeasuredTraining>) => {
    const [{ estimate, peak }] = await measureTraining('cat_boost_classifier', nSamples, { hyperparameters, ...shape });
    const sizes = `${(estimate / MEGABYTE).toFixed(1)} MB estimated, ${(peak / MEGABYTE).toFixed(1)} MB measured`;
    expect(estimate / peak, sizes).to.be.within(0.75, 1.25);
  };

  for (const nSamples of SIZES) {
    it(`is as estimated for ${nSamples} rows`, () => expectEstimate(nSamples, {})).timeout(120_000);
  }
  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`is as estimated ${name}`, () => expectEstimate(150_000, shape)).timeout(120_000);
  }

  it('is given back, and the next training takes no more', async () => {
    const [first, second] = await measureTraining('cat_boost_classifier', 300_000, {
      hyperparameters: { iterations: 3 },
      times: 2,
    });
    expect(first.rest).to.be.below(first.peak / 4);
    expect(second.peak).to.be.below(first.peak * 1.25);
    expect(second.rest).to.be.below(second.peak / 4);
  }).timeout(120_000);
});
