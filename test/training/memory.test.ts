import { platform } from 'node:process';
import { expect } from 'chai';
import { engineOf, resolveEstimator } from '../../src/estimators/catalog.js';
import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { trainingBytes } from '../../src/training/memory.js';
import { SharedProgress } from '../../src/training/progress.js';
import type { FitJob } from '../../src/training/protocol.js';
import { train } from '../../src/training/train.js';
import type { MeasuredTraining } from '../fixtures/measured-training.js';
import { measureTraining } from '../support/measure-training.js';
import { refusalOf } from '../support/refusal.js';

const MEGABYTE = 2 ** 20;
/** Few trees, since they take time, and memory that is told by how many they are. */
const KINDS: Partial<Record<EstimatorKind, Readonly<Record<string, unknown>>>> = {
  logistic_regression: {},
  k_neighbors_classifier: {},
  random_forest_classifier: { n_estimators: 20 },
  lgbm_classifier: { n_estimators: 20 },
  xgb_classifier: { n_estimators: 20 },
};
/** From sizes on where a process’s own ups and downs of a few megabytes do not matter. */
const SIZES = [150_000, 300_000, 600_000];
/** The most that boosting may take, X included, by the size of X in double precision. */
const BOOSTING_SHARE = 1.5;
const SHAPES: Readonly<Record<string, Partial<MeasuredTraining>>> = {
  'in single precision': { single: true },
  'with rows held out': { validationFraction: 0.25 },
  'with categories': { nCategories: 60 },
  'with categories of rows held out': { nCategories: 60, validationFraction: 0.05 },
};

describe('the memory of a training', function () {
  // What the system measures differs by some megabytes from process to process.
  this.retries(2);

  for (const [kind, hyperparameters] of Object.entries(KINDS) as [EstimatorKind, Record<string, unknown>][]) {
    describe(`of ${kind}`, () => {
      before(function () {
        // Only Linux tells how much memory a process has had at the most.
        if (platform !== 'linux') this.skip();
      });

      const expectEstimate = async (nSamples: number, shape: Partial<MeasuredTraining>) => {
        const [{ estimate, peak }] = await measureTraining(kind, nSamples, { hyperparameters, ...shape });
        const sizes = `${(estimate / MEGABYTE).toFixed(1)} MB estimated, ${(peak / MEGABYTE).toFixed(1)} MB measured`;
        expect(estimate / peak, sizes).to.be.within(0.75, 1.25);
      };

      for (const nSamples of SIZES) {
        it(`is as estimated for ${nSamples} rows`, () => expectEstimate(nSamples, {})).timeout(60_000);
      }
      for (const [name, shape] of Object.entries(SHAPES)) {
        it(`is as estimated ${name}`, () => expectEstimate(150_000, shape)).timeout(60_000);
      }

      if (kind === 'lgbm_classifier' || kind === 'xgb_classifier') {
        it('is as estimated with 10,000 categories', () => expectEstimate(150_000, { nCategories: 10_000 })).timeout(
          60_000,
        );
        it(`is at most ${BOOSTING_SHARE} times the size of its rows, with them, and is given back`, async () => {
          const [nSamples, nFeatures] = [300_000, 28];
          const [{ peak, rest }] = await measureTraining(kind, nSamples, { hyperparameters, nFeatures });
          const size = nSamples * nFeatures * Float64Array.BYTES_PER_ELEMENT;
          const sizes = `${(peak / MEGABYTE).toFixed(1)} MB of ${(size / MEGABYTE).toFixed(1)} MB of rows`;
          expect(peak / size, sizes).to.be.within(1, BOOSTING_SHARE);
          expect(rest / size).to.be.below(1 / 4);
        }).timeout(60_000);
      }

      it('is given back, and the next training takes no more', async () => {
        // Arrays of 48 MB: smaller ones may stay with the C library, to be used again.
        const [first, second] = await measureTraining(kind, 300_000, {
          hyperparameters: kind in { logistic_regression: 1, k_neighbors_classifier: 1 } ? {} : { n_estimators: 3 },
          times: 2,
        });
        expect(first.rest).to.be.below(first.peak / 4);
        expect(second.peak).to.be.below(first.peak * 1.25);
        expect(second.rest).to.be.below(second.peak / 4);
      }).timeout(60_000);
    });
  }

  it('is refused before it starts when it is too much, with the estimate and the setting', () => {
    for (const kind of Object.keys(KINDS) as EstimatorKind[]) {
      const job = jobOf(kind);
      const estimate = Math.ceil(trainingBytes(job, engineOf(job.spec), 2) / MEGABYTE);
      const progress = new SharedProgress();
      const { message } = refusalOf(
        () => train({ ...job, memoryMb: estimate - 1 }, progress),
        'TRAINING_MEMORY_LIMIT',
        [],
      );
      expect(message).to.contain(`about ${estimate} MB, and TRAINING_MEMORY_MB allows ${estimate - 1}`);
      expect(message).to.contain('or raise TRAINING_MEMORY_MB');
      expect(message.includes('fewer trees (n_estimators)'), kind).to.equal('n_estimators' in job.spec.hyperparameters);
      expect(progress.read()).to.include({ iteration: 0, iterations: 0 });
      expect(() => train({ ...job, memoryMb: estimate }, progress)).not.to.throw();
    }
  });
});

function jobOf(kind: EstimatorKind): FitJob {
  const rows = 20_000;
  return {
    spec: resolveEstimator(
      kind,
      'core',
      kind.endsWith('_classifier') && kind !== 'k_neighbors_classifier' ? { n_estimators: 2 } : {},
    ),
    x: {
      rows,
      columns: 4,
      data: Float64Array.from({ length: rows * 4 }, (_, i) => (i * 7919) % 1009),
      encoding: 'raw',
    },
    y: { kind: 'integer', values: Int32Array.from({ length: rows }, (_, i) => i % 2) },
    seed: 0,
    weighting: { balanced: false },
    validationFraction: 0,
    earlyStoppingRounds: 0,
    memoryMb: 1024,
  };
}
