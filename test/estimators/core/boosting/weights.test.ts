import { expect } from 'chai';

import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { refusalOf } from '../../../support/refusal.js';

const rows = Array.from({ length: 40 }, (_, i) => [i % 10, (i * 7) % 13]);
const plain = trainingSet(
  rows,
  rows.map(([a]) => (a > 4 ? 1 : 0)),
);

function weighted(weightOf: (row: number) => number): TrainingSet {
  return { ...plain, sampleWeight: Float64Array.from(plain.y, (_, row) => weightOf(row)) };
}

for (const kind of ['lgbm_classifier', 'xgb_classifier'] as const) {
  describe(`The weights of rows, by ${kind}`, () => {
    const spec = specOf(kind, { n_estimators: 10 });
    const validation = (weight: number, earlyStoppingRounds: number) => {
      const { nSamples, x, y } = plain;
      return { nSamples, x, y, sampleWeight: new Float64Array(nSamples).fill(weight), earlyStoppingRounds };
    };

    it('count as often as a row is repeated', () => {
      const chosen = [...rows.keys()].flatMap((row) => Array<number>(1 + (row % 3)).fill(row));
      const repeated = trainingSet(
        chosen.map((row) => rows[row]),
        chosen.map((row) => plain.y[row]),
      );
      // No limit on the number of rows: repeated ones count, heavy ones do not.
      const free = specOf(kind, { n_estimators: 5, ...(kind === 'lgbm_classifier' && { min_child_samples: 0, min_data_in_bin: 1 }) }); // prettier-ignore
      const heavy = weighted((row) => 1 + (row % 3));
      const found = predict(free, fit(free, heavy), plain, rows);
      const expected = predict(free, fit(free, repeated), plain, rows);
      found.forEach(([, p], row) => expect(p).to.be.closeTo(expected[row][1], 1e-5));
    });

    it('may be all that one class has, which is then all but certain', () => {
      for (const own of [0, 1]) {
        const training = weighted((row) => (plain.y[row] === own ? 1 : 0));
        for (const probabilities of predict(spec, fit(spec, training), training, rows)) {
          expect(probabilities[own]).to.be.within(0.999, 1);
        }
      }
    });

    it('may be very large, or so small that they are as good as nothing', () => {
      const usual = predict(spec, fit(spec, weighted(() => 1e6)), plain, rows); // prettier-ignore
      const large = weighted(() => 1e30);
      predict(spec, fit(spec, large), plain, rows).forEach(([, p], row) =>
        expect(p).to.be.closeTo(usual[row][1], 1e-5),
      );
      const tiny = weighted(() => 1e-30);
      predict(spec, fit(spec, tiny), plain, rows).forEach(([, p]) => expect(p).to.equal(0.5));
    });

    it('are refused where single precision has nothing of them, or could not sum them up', () => {
      for (const weight of [1e-60, 5e-324]) {
        refusalOf(() => fit(spec, weighted(() => weight)), 'INVALID_REQUEST', ['sample_weight']); // prettier-ignore
      }
      for (const weight of [1e31, 1e39, Number.MAX_VALUE]) {
        refusalOf(() => fit(spec, weighted((row) => (row === 7 ? weight : 1))), 'INVALID_REQUEST', ['sample_weight']); // prettier-ignore
      }
    });

    it('are refused where no row is left to learn from', () => {
      refusalOf(() => fit(spec, weighted(() => 0)), 'INVALID_REQUEST', ['options.validation_fraction']); // prettier-ignore
    });

    it('are refused where no row is left to stop by, and only there', () => {
      refusalOf(() => fit(spec, { ...plain, validation: validation(0, 3) }), 'INVALID_REQUEST', [
        'options.early_stopping_rounds',
      ]);
      refusalOf(() => fit(spec, { ...plain, validation: validation(1e-60, 3) }), 'INVALID_REQUEST', [
        'options.early_stopping_rounds',
      ]);
      expect(fit(spec, { ...plain, validation: validation(0, 0) })).to.deep.equal(fit(spec, plain));
      expect(() => fit(spec, { ...plain, validation: validation(1, 3) })).not.to.throw();
    });
  });
}

describe('The weight of the second class, by xgb_classifier', () => {
  it('is refused where it makes a row too heavy', () => {
    const spec = specOf('xgb_classifier', { n_estimators: 1, scale_pos_weight: 1e31 });
    refusalOf(() => fit(spec, plain), 'INVALID_REQUEST', ['sample_weight']);
  });
});
