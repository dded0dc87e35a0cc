import { expect } from 'chai';
import fc from 'fast-check';

import type { CatBoostHyperparameters } from '../../../../src/estimators/cat-boost-classifier.js';
import { catBoostPlan } from '../../../../src/estimators/core/cat-boost.js';
import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { codesByFrequency } from '../../../support/categories.js';
import { fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';
import { naiveObliviousBoost, probabilitiesOf } from './naive-oblivious.js';

/** Rows of numbers, some of which are missing, and of two columns of categories. */
function problem(nRows: number, nClasses: number, weighted: boolean, seed: number): TrainingSet {
  const random = lcg(seed);
  const raw = Array.from({ length: nRows }, () => [
    random() * 4 - 2,
    Math.floor(random() * 6),
    random() < 0.2 ? NaN : random(),
    Math.floor(random() * 4),
    Math.floor(random() * random() * 30),
  ]);
  const { rows, nCategories } = codesByFrequency(raw, [3, 4]);
  const y = raw.map(([a, b, , d], i) => {
    if (i < nClasses) return i;
    return Math.min(nClasses - 1, Math.max(0, Math.floor(((a + 2) / 4 + (b + d) / 9 + random()) * (nClasses / 2.5))));
  });
  return {
    ...trainingSet(rows, y),
    nCategories,
    sampleWeight: weighted ? Float64Array.from(y, () => 0.2 + 2 * random()) : undefined,
  };
}

describe('Oblivious trees without chance', () => {
  const cases = fc.record({
    nRows: fc.integer({ min: 25, max: 80 }),
    nClasses: fc.constantFrom(2, 3, 5),
    weighted: fc.boolean(),
    seed: fc.nat(),
    depth: fc.integer({ min: 1, max: 7 }),
    border_count: fc.constantFrom(1, 2, 5, 254, 300),
    l2_leaf_reg: fc.constantFrom(0.3, 3, 20),
    nan_mode: fc.constantFrom('min', 'max'),
    leaf_estimation_iterations: fc.constantFrom(1, 2, 5, 10),
    one_hot_max_size: fc.constantFrom(0, 2, 4, 60_000),
  });

  it('are those of the naive booster', () => {
    fc.assert(
      fc.property(cases, ({ nRows, nClasses, weighted, seed, ...given }) => {
        const whole = problem(nRows, nClasses, weighted, seed);
        // Statistics are of rows in an order that is drawn, so there must be none here.
        const nCategories = whole.nCategories?.map((count) => (count > given.one_hot_max_size ? 0 : count));
        const training = { ...whole, nCategories };
        const set = { iterations: 4, learning_rate: 0.3, random_strength: 0, bootstrap_type: 'no', ...given };
        const spec = specOf('cat_boost_classifier', set);
        const tensors = fit(spec, training);
        const { trees, scores } = naiveObliviousBoost(training, {
          iterations: 4,
          depth: given.depth,
          learningRate: 0.3,
          l2: given.l2_leaf_reg,
          borders: given.border_count,
          steps: given.leaf_estimation_iterations,
          missing: given.nan_mode,
          oneHot: given.one_hot_max_size,
        });
        const rows = Array.from({ length: nRows }, (_, row) => [...training.x.subarray(row * 5, row * 5 + 5)]);
        const found = predict(spec, tensors, training, rows);
        expect(Array.from(tensors.split_feature.data, Number)).to.deep.equal(trees.flatMap((tree) => tree.columns));
        // What no step gains in single precision is not taken: of few rows that is a little.
        const tolerance = given.leaf_estimation_iterations === 1 ? 2e-5 : 5e-4;
        probabilitiesOf(scores).forEach((of, row) =>
          of.forEach((p, k) => expect(found[row][k], `row ${row}, class ${k}`).to.be.closeTo(p, tolerance)),
        );
      }),
      // By chance, two splits may be as good as each other but for rounding; of these problems it is not so.
      { numRuns: 40, seed: 7 },
    );
  }).timeout(120_000);
});

/** Rows, classes, iterations, whether the best iteration is kept, and the rate. */
const RATES: readonly (readonly [number, number, number, boolean, number])[] = [
  [100, 2, 10, false, 0.262987],
  [1000, 2, 100, false, 0.085101],
  [20_000, 2, 1000, false, 0.037023],
  [1000, 2, 100, true, 0.08628],
  [20_000, 2, 30, true, 0.305292],
  [500, 3, 100, false, 0.5],
  [5000, 4, 20, false, 0.5],
  [500, 3, 100, true, 0.25663],
  [150, 2, 2, false, 0.5],
];

describe('CatBoost’s rules in numbers', () => {
  const planOf = (given: object, nSamples: number, nFeatures: number, nClasses: number, keepsBest = false) => {
    const { hyperparameters } = specOf('cat_boost_classifier', { ...given });
    return catBoostPlan(hyperparameters as CatBoostHyperparameters, { nSamples, nFeatures, nClasses }, keepsBest);
  };

  it('choose the learning rate by rows, iterations and classes, as CatBoost 1.2.10 does', () => {
    // get_all_params()['learning_rate'] of CatBoost.
    for (const [nSamples, nClasses, iterations, keepsBest, rate] of RATES) {
      const { learningRate } = planOf({ iterations }, nSamples, 5, nClasses, keepsBest);
      expect(learningRate, `${nSamples} rows, ${nClasses} classes, ${iterations} iterations`).to.be.closeTo(
        rate,
        1.1e-6,
      );
    }
  });

  it('take 0.03 where the penalty or the steps are set, and what is set where the rate is', () => {
    expect(planOf({ l2_leaf_reg: 3 }, 1000, 5, 2)).to.include({ learningRate: 0.03, l2: 3 });
    expect(planOf({ leaf_estimation_iterations: 10 }, 1000, 5, 2)).to.include({ learningRate: 0.03, steps: 10 });
    expect(planOf({ learning_rate: 0.2, l2_leaf_reg: 0 }, 1000, 5, 2)).to.include({ learningRate: 0.2, l2: 1e-20 });
  });

  it('take 10 steps for two classes, and one for more, or where iterations and features are few', () => {
    const stepsOf = (...of: Parameters<typeof planOf>) => planOf(...of).steps;
    expect(stepsOf({ iterations: 200 }, 1000, 19, 2)).to.equal(10);
    expect(stepsOf({ iterations: 199 }, 1000, 19, 2)).to.equal(1);
    expect(stepsOf({ iterations: 199 }, 1000, 20, 2)).to.equal(10);
    expect(stepsOf({ iterations: 200 }, 1000, 20, 3)).to.equal(1);
    expect(stepsOf({ iterations: 199, leaf_estimation_iterations: 7 }, 1000, 5, 3)).to.equal(7);
  });

  it('combine categories from 200 iterations on', () => {
    expect(planOf({ iterations: 199 }, 1000, 5, 2).complexity).to.equal(1);
    expect(planOf({ iterations: 200 }, 1000, 5, 2).complexity).to.equal(4);
  });

  it('sample rows by their gradients for two classes, all of fewer than 100 rows, and by weights for more classes', () => {
    expect(planOf({}, 100, 5, 2).sampling).to.deep.equal({ by: 'mvs', share: 0.8 });
    expect(planOf({}, 99, 5, 2).sampling).to.deep.equal({ by: 'mvs', share: 1 });
    expect(planOf({}, 100, 5, 3).sampling).to.deep.equal({ by: 'bayesian', temperature: 1 });
    expect(planOf({ bootstrap_type: 'bernoulli' }, 99, 5, 3).sampling).to.deep.equal({ by: 'bernoulli', share: 0.66 });
  });
});
