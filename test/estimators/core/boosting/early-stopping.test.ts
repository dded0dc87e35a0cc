import { expect } from 'chai';
import fc from 'fast-check';

import type { TrainingSet, ValidationSet } from '../../../../src/estimators/estimator.js';
import { EarlyStopping } from '../../../../src/estimators/core/boosting/early-stopping.js';
import { fit, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';

/** Rows of noise with a little truth, on which boosting soon learns too much. */
function noisy(n: number, nClasses: number, seed: number): TrainingSet {
  const random = lcg(seed);
  const rows = Array.from({ length: n }, () => Array.from({ length: 4 }, random));
  const y = rows.map(([a], i) => (i < nClasses ? i : Math.floor((random() < 0.5 ? a : random()) * nClasses)));
  return trainingSet(rows, y);
}

describe('Early stopping', () => {
  it('keeps the first of the least losses, and stops after so many iterations without a better one', () => {
    const loss = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NaN));
    fc.assert(
      fc.property(fc.array(loss, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (losses, rounds) => {
        const stopping = new EarlyStopping(rounds);
        let iteration = 0;
        while (iteration < losses.length && !stopping.isOver(iteration)) {
          stopping.record(iteration + 1, losses[iteration]);
          iteration++;
        }
        const numbers = losses.map((of) => (Number.isNaN(of) ? Infinity : of));
        const bestOf = (n: number) => {
          const least = Math.min(...numbers.slice(0, n));
          return least === Infinity ? 0 : numbers.indexOf(least) + 1;
        };
        const end = [...losses.keys()].find((n) => n - bestOf(n) >= rounds) ?? losses.length;
        expect(iteration).to.equal(end);
        expect(stopping.bestIteration).to.equal(bestOf(end));
      }),
    );
  });

  it('never comes where no rounds are set', () => {
    const stopping = new EarlyStopping(0);
    stopping.record(1, 1);
    stopping.record(2, 2);
    expect([stopping.isOn, stopping.isOver(1_000)]).to.deep.equal([false, false]);
  });

  for (const kind of ['lgbm_classifier', 'xgb_classifier'] as const) {
    for (const nClasses of [2, 3]) {
      for (const sampled of [false, true]) {
        it(`leaves ${kind} as if told to end at the best iteration: ${nClasses} classes${sampled ? ', sampled' : ''}`, () => {
          const training = noisy(150, nClasses, 3);
          const { nSamples, x, y } = noisy(80, nClasses, 4);
          const validation: ValidationSet = { nSamples, x, y, earlyStoppingRounds: 4 };
          const shares = sampled && { subsample: 0.7, colsample_bytree: 0.6, ...(kind === 'lgbm_classifier' && { subsample_freq: 2 }) }; // prettier-ignore
          const given = { learning_rate: 0.2, ...shares };
          const losses: number[] = [];
          const { n_iter, best_iteration, ...kept } = fit(
            specOf(kind, { ...given, n_estimators: 60 }),
            { ...training, validation },
            {
              progress(iteration, _, __, loss) {
                if (loss !== undefined && iteration > losses.length) losses.push(loss);
              },
            },
          );
          const best = Number(best_iteration.data[0]);
          expect(best).to.be.within(2, 59);
          expect(losses.indexOf(Math.min(...losses))).to.equal(best - 1);
          expect(n_iter.data[0])
            .to.equal(best + 4)
            .and.to.equal(losses.length);
          const told = fit(specOf(kind, { ...given, n_estimators: best }), training);
          expect(told.n_iter.data[0]).to.equal(best);
          expect(kept).to.deep.equal(Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'n_iter')));
        });
      }
    }
  }
});
