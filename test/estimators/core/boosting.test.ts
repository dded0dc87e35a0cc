import { expect } from 'chai';
import fc from 'fast-check';

import type { TrainingSet } from '../../../src/estimators/estimator.js';
import type { Tensors } from '../../../src/estimators/tensor.js';
import { greedyBins } from '../../../src/estimators/core/boosting/greedy-bins.js';
import { floatBelow, quantileBins } from '../../../src/estimators/core/boosting/quantile-bins.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import { refusalOf } from '../../support/refusal.js';

const KINDS = ['lgbm_classifier', 'xgb_classifier'] as const;

const cancer = readDataSet('breast_cancer');
const cancerLabels = cancer.labels.map((label) => [...new Set(cancer.labels)].toSorted().indexOf(label));
const width = cancer.rows[0].length;
const withGaps = cancer.rows.map((row, i) => row.map((value, j) => ((i * width + j) % 7 === 0 ? NaN : value)));

/**
 * What LightGBM 4.7.0 and XGBoost 3.2.0 say of every hundredth row of breast
 * cancer: the probability of the second class after 5 trees, all else default,
 * trained on every third row, complete and with every seventh value missing
 * (test/data/reference_boosting.py).
 */
const REFERENCE = {
  lgbm_classifier: {
    complete: [0.645139, 0.428222, 0.286072, 0.645139, 0.642867, 0.415412],
    missing: [0.640399, 0.55091, 0.236115, 0.631129, 0.648224, 0.469129],
  },
  xgb_classifier: {
    complete: [0.867834, 0.61992, 0.100083, 0.867834, 0.867834, 0.232544],
    missing: [0.872281, 0.770091, 0.089267, 0.872281, 0.872281, 0.205328],
  },
};

function everyThird<T>(items: readonly T[]): T[] {
  return items.filter((_, i) => i % 3 === 0);
}

/** The number of trees, of a model of one output. */
function treesOf(tensors: Tensors): number {
  return tensors.tree_start.shape[0] - 1;
}

/** Rows of 6 noisy features, of which two tell the class. */
function noisyRows(n: number): { rows: number[][]; y: number[] } {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const rows = Array.from({ length: n }, () => Array.from({ length: 6 }, () => random() * 2 - 1));
  return { rows, y: rows.map(([a, b]) => (a + b * b + random() - 0.8 > 0 ? 1 : 0)) };
}

const noisy = noisyRows(400);
const noisySet = trainingSet(noisy.rows, noisy.y);

for (const kind of KINDS) {
  describe(`Boosted trees of ${kind}`, () => {
    for (const [what, rows] of [
      ['complete', cancer.rows],
      ['missing', withGaps],
    ] as const) {
      it(`say what their namesake says, with rows that are ${what}`, () => {
        const spec = specOf(kind, { n_estimators: 5 });
        const training = trainingSet(everyThird(rows), everyThird(cancerLabels));
        const asked = rows.filter((_, i) => i % 100 === 0);
        const second = predict(spec, fit(spec, training), training, asked).map(([, p]) => p);
        second.forEach((p, i) => expect(p, `row ${i}`).to.be.closeTo(REFERENCE[kind][what][i], 2e-4));
      });
    }

    it('answer a row alone as among others, missing values or not', () => {
      const spec = specOf(kind, { n_estimators: 13 });
      const training = trainingSet(withGaps.slice(0, 200), cancerLabels.slice(0, 200));
      const tensors = fit(spec, training);
      const asked = [...withGaps.slice(200, 219), ...cancer.rows.slice(200, 210)];
      const together = predict(spec, tensors, training, asked);
      const alone = asked.flatMap((row) => predict(spec, tensors, training, [row]));
      together.forEach((row, i) => row.forEach((p, k) => expect(p).to.be.closeTo(alone[i][k], 1e-12)));
    });

    it('leave no trace of rows that weigh nothing', () => {
      const spec = specOf(kind, { n_estimators: 4 });
      const sampleWeight = Float64Array.from(noisy.y, (_, i) => (i % 3 === 0 ? 0 : 1 + (i % 2)));
      const kept = [...noisy.y.keys()].filter((i) => i % 3 !== 0);
      const without: TrainingSet = {
        ...trainingSet(
          kept.map((i) => noisy.rows[i]),
          kept.map((i) => noisy.y[i]),
        ),
        sampleWeight: Float64Array.from(kept, (i) => sampleWeight[i]),
      };
      expect(fit(spec, { ...noisySet, sampleWeight })).to.deep.equal(fit(spec, without));
    });

    it('stop early, and keep the iterations up to the best one', () => {
      const held = noisyRows(500);
      const validation = {
        ...trainingSet(
          held.rows.slice(400),
          held.y.slice(400).map((label) => 1 - label),
        ),
        earlyStoppingRounds: 3,
      };
      // With the labels of the held-out rows turned round, the first tree is as good as it gets.
      const losses: number[] = [];
      const spec = specOf(kind, { n_estimators: 50 });
      const tensors = fit(
        spec,
        { ...noisySet, validation },
        { progress: (_, __, ___, loss) => void (loss !== undefined && losses.push(loss)) },
      );
      expect(tensors.best_iteration.data[0]).to.equal(1);
      expect(tensors.n_iter.data[0]).to.equal(4);
      expect(treesOf(tensors)).to.equal(1);
      expect(Math.min(...losses)).to.equal(losses[0]);
      expect(fit(spec, { ...noisySet, validation: { ...validation, earlyStoppingRounds: 0 } })).not.to.have.property(
        'best_iteration',
      );
    });

    it('count splits and share out gains by feature', () => {
      const tensors = fit(specOf(kind, { n_estimators: 10 }), noisySet);
      const gains = [...tensors.feature_importances.data].map(Number);
      expect(gains.reduce((sum, gain) => sum + gain, 0)).to.be.closeTo(1, 1e-9);
      expect(argmax(gains)).to.be.below(2);
      const splits = [...tensors.feature_splits.data].map(Number).reduce((sum, n) => sum + n, 0);
      expect(splits).to.equal(tensors.threshold.shape[0]);
    });

    it('draw rows and features by the seed', () => {
      const spec = specOf(kind, { n_estimators: 5, subsample: 0.5, colsample_bytree: 0.5, ...(kind === 'lgbm_classifier' && { subsample_freq: 1 }) }); // prettier-ignore
      expect(fit(spec, noisySet)).to.deep.equal(fit(spec, noisySet));
      expect(fit(spec, noisySet)).not.to.deep.equal(fit(spec, { ...noisySet, seed: 1 }));
    });

    it('take more bins than a byte counts, an all-missing column, and a constant one', () => {
      const rows = noisy.rows.map((row) => [...row, NaN, 7]);
      const training = trainingSet(rows, noisy.y);
      const spec = specOf(kind, { n_estimators: 5, max_bin: 300 });
      const tensors = fit(spec, training);
      expect([...tensors.feature_splits.data].slice(6).map(Number)).to.deep.equal([0, 0]);
      const right = predict(spec, tensors, training, rows).filter((p, i) => argmax(p) === noisy.y[i]);
      expect(right.length).to.be.above(320);
    });

    it('have no splits where the penalties allow none', () => {
      const tensors = fit(specOf(kind, { n_estimators: 3, reg_alpha: 1e6 }), noisySet);
      expect(tensors.threshold.shape[0]).to.equal(0);
    });
  });
}

describe('lgbm_classifier', () => {
  it('takes a missing value for 0 where the training has seen none', () => {
    const spec = specOf('lgbm_classifier', { n_estimators: 5 });
    const tensors = fit(spec, noisySet);
    const [missing, zero] = predict(spec, tensors, noisySet, [Array(6).fill(NaN), Array(6).fill(0)]);
    expect(missing).to.deep.equal(zero);
  });

  it('splits of two leaves of equal gain the one whose split looks at the lower feature, as LightGBM does', () => {
    // The last feature parts the classes, but for a fifth on each side; on the left side the second feature tells these, on the right the first.
    const isOther = (i: number) => i % 5 === 0;
    const rows = Array.from({ length: 200 }, (_, i) => {
      const right = i >= 100;
      return [Number(right && isOther(i)), Number(!right && isOther(i)), Number(right)];
    });
    const training = trainingSet(rows, rows.map(([, second, last], i) => (last === 1 ? Number(!isOther(i)) : second))); // prettier-ignore
    const tensors = fit(specOf('lgbm_classifier', { n_estimators: 1, num_leaves: 3 }), training);
    expect([...tensors.feature_splits.data].map(Number)).to.deep.equal([1, 0, 1]);
  });

  it('bounds the leaves, the depth and the rows of a leaf', () => {
    const leavesOf = (given: object) => fit(specOf('lgbm_classifier', { n_estimators: 1, ...given }), noisySet).leaf_value.shape[0]; // prettier-ignore
    expect(leavesOf({ num_leaves: 5 })).to.equal(5);
    expect(leavesOf({ max_depth: 2 })).to.be.at.most(4);
    expect(leavesOf({ min_child_samples: 150 })).to.equal(2);
  });
});

describe('xgb_classifier', () => {
  it('sends missing values right where the training has seen none', () => {
    const spec = specOf('xgb_classifier', { n_estimators: 5 });
    const tensors = fit(spec, noisySet);
    const [missing, large] = predict(spec, tensors, noisySet, [Array(6).fill(NaN), Array(6).fill(1e30)]);
    expect(missing).to.deep.equal(large);
  });

  it('grows the best node first, up to its leaves, if told', () => {
    const spec = specOf('xgb_classifier', { n_estimators: 1, grow_policy: 'lossguide', max_leaves: 6, max_depth: 0 });
    expect(fit(spec, noisySet).leaf_value.shape[0]).to.equal(6);
  });

  it('starts from base_score, bounds steps by max_delta_step, and weighs the second class', () => {
    const none = specOf('xgb_classifier', { n_estimators: 1, base_score: 0.2, gamma: 1e9, learning_rate: 1e-9 });
    expect(predict(none, fit(none, noisySet), noisySet, [noisy.rows[0]])[0][1]).to.be.closeTo(0.2, 1e-6);
    const bounded = fit(specOf('xgb_classifier', { max_delta_step: 0.1, n_estimators: 3 }), noisySet);
    expect(Math.max(...[...bounded.leaf_value.data].map((value) => Math.abs(Number(value))))).to.be.at.most(0.3 * 0.1 + 1e-9); // prettier-ignore
    const mean = (given: object) => {
      const spec = specOf('xgb_classifier', { n_estimators: 3, ...given });
      return predict(spec, fit(spec, noisySet), noisySet, noisy.rows).reduce((sum, [, p]) => sum + p, 0);
    };
    expect(mean({ scale_pos_weight: 5 })).to.be.above(mean({}));
  });

  it('refuses scale_pos_weight with more than two classes, at its path', () => {
    const training = trainingSet([[1], [2], [3]], [0, 1, 2]);
    refusalOf(() => fit(specOf('xgb_classifier', { scale_pos_weight: 2 }), training), 'INVALID_REQUEST', [
      'estimator.xgb_classifier.scale_pos_weight',
    ]);
  });
});

describe('The bins of boosted trees', () => {
  const table = fc
    .array(fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 30 })), { minLength: 1 })
    .map((pairs) => [...new Map(pairs)].toSorted(([a], [b]) => a - b));

  it('are no more than asked for, rise, and part negative values from positive ones (LightGBM)', () => {
    fc.assert(
      fc.property(
        table,
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (pairs, maxBins, minInBin) => {
          const values = Float64Array.from(pairs, ([value]) => value);
          const edges = greedyBins(
            values,
            Uint32Array.from(pairs, ([, count]) => count),
            maxBins,
            minInBin,
          );
          expect(edges.length).to.be.below(maxBins + 1);
          expect(edges).to.deep.equal([...new Set(edges)].toSorted((a, b) => a - b));
          const binOf = (value: number) => edges.filter((edge) => edge < value).length;
          if (maxBins > 2 && values.some((value) => value < 0) && values.some((value) => value > 0)) {
            expect(binOf(-1)).to.be.below(binOf(1));
          }
        },
      ),
    );
  });

  it('begin with values that occur, and have one each where they are few (XGBoost)', () => {
    const values = Float64Array.of(-1, 0, 2, 3);
    expect(quantileBins(values, Uint32Array.of(1, 1, 1, 1), 4)).to.deep.equal([0, 2, 3].map(floatBelow));
    expect(quantileBins(values, Uint32Array.of(5, 1, 1, 5), 2)).to.have.length(1);
    expect(floatBelow(0)).to.be.below(0).and.above(-1e-44);
    expect(floatBelow(-1)).to.equal(-1 - 2 ** -23);
  });

  // What XGBoost 3.2.0 cuts of the same column (test/data/reference_boosting.py).
  for (const [maxBins, begins] of [
    [4, [26, 51, 73]],
    [16, [7, 12, 19, 24, 31, 37, 43, 49, 56, 62, 67, 74, 80, 87, 92]],
    [60, [2, 3, 5, 7, 8, 10, 12, 13, 15, 17, 18, 20, 22, 23, 24, 27, 28, 29, 32, 33, 34, 37, 38, 39, 41, 42, 44, 46, 47, 49, 51, 52, 54, 56, 57, 59, 61, 62, 64, 66, 67, 69, 71, 72, 74, 76, 77, 79, 81, 82, 84, 86, 87, 89, 91, 92, 94, 96, 97]], // prettier-ignore
  ] as const) {
    it(`begin with the values that XGBoost takes, ${maxBins} of 100`, () => {
      const values = Float64Array.from({ length: 100 }, (_, value) => value);
      const counts = Uint32Array.from(values, (value) => ((value * 7) % 5) + 1);
      expect(quantileBins(values, counts, maxBins)).to.deep.equal(begins.map(floatBelow));
    });
  }
});
