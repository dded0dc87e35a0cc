import { expect } from 'chai';

import { readDataSet } from '../support/csv.js';
import { fit, specOf, trainingSet } from '../support/estimation.js';
import { itHasParameters, noField, type Parameter } from '../support/parameters.js';
import { refusalOf } from '../support/refusal.js';

const penalty: Parameter = { works: [0, 0.5, 1e6], outOfRange: [-0.1, NaN, Infinity] };

/** The parameters of CatBoost 1.2.10's CatBoostClassifier that the contract has, and others that people look for. */
const PARAMETERS: Record<string, Parameter> = {
  iterations: { works: [1, 7], outOfRange: [0, 1.5, 100_001, NaN] },
  learning_rate: { works: [1e-3, 0.5, 2], outOfRange: [0, -0.1, NaN, Infinity] },
  depth: { works: [1, 6, 16], outOfRange: [0, 2.5, 17] },
  l2_leaf_reg: penalty,
  random_strength: penalty,
  bootstrap_type: { works: ['bayesian', 'bernoulli', 'mvs', 'no'], outOfRange: ['poisson', 1] },
  subsample: { works: [0.3, 1], outOfRange: [0, -0.5, 1.1, NaN] },
  bagging_temperature: {
    works: [0, 0.5, 1, 10],
    outOfRange: [-0.1, NaN, Infinity],
    beside: { bootstrap_type: 'bayesian' },
  },
  rsm: { works: [0.3, 1], outOfRange: [0, -0.5, 1.1, NaN] },
  border_count: { works: [1, 2, 254, 255, 256, 65_535], outOfRange: [0, 2.5, 65_536] },
  leaf_estimation_iterations: { works: [1, 5, 1000], outOfRange: [0, 1.5, 1001] },
  one_hot_max_size: { works: [0, 2, 255, 65_535], outOfRange: [-1, 1.5, 65_536] },
  auto_class_weights: { works: ['none', 'balanced', 'sqrt_balanced'], outOfRange: ['all', 0] },
  nan_mode: { works: ['forbidden', 'min', 'max'], outOfRange: ['nan', 0] },
  cat_features: { insteadOfIt: 'options.categorical_features' },
  class_weights: { insteadOfIt: 'options.class_weight' },
  early_stopping_rounds: { insteadOfIt: 'options.early_stopping_rounds' },
  random_seed: { insteadOfIt: 'options.seed' },
  boosting_type: noField,
  boost_from_average: noField,
  eval_metric: noField,
  feature_border_type: noField,
  grow_policy: noField,
  leaf_estimation_method: noField,
  loss_function: noField,
  max_ctr_complexity: noField,
  min_data_in_leaf: noField,
  model_size_reg: noField,
  od_type: noField,
  sampling_frequency: noField,
  score_function: noField,
  thread_count: noField,
};

describe('A parameter of the class of oblivious trees', () => {
  const { rows, labels } = readDataSet('iris');
  const virginica = trainingSet(
    rows,
    labels.map((label) => (label === 'virginica' ? 1 : 0)),
  );

  itHasParameters('cat_boost_classifier', PARAMETERS, virginica, { iterations: 3 });

  const three = trainingSet(
    rows,
    labels.map((label) => ['setosa', 'versicolor', 'virginica'].indexOf(label)),
  );
  for (const [given, name] of [
    [{ bootstrap_type: 'no', subsample: 0.5 }, 'subsample'],
    [{ bootstrap_type: 'bayesian', subsample: 0.5 }, 'subsample'],
    [{ bootstrap_type: 'no', bagging_temperature: 1 }, 'bagging_temperature'],
    [{ bootstrap_type: 'mvs', bagging_temperature: 1 }, 'bagging_temperature'],
    [{ bootstrap_type: 'bernoulli', bagging_temperature: 0 }, 'bagging_temperature'],
  ] as const) {
    it(`${name} is refused beside what it is not for: ${JSON.stringify(given)}`, () => {
      for (const training of [virginica, three]) {
        const spec = specOf('cat_boost_classifier', { iterations: 2, ...given });
        refusalOf(() => fit(spec, training), 'INVALID_REQUEST', [`estimator.cat_boost_classifier.${name}`]);
      }
    });
  }

  it('bagging_temperature is refused of two classes, whose default has none', () => {
    const spec = specOf('cat_boost_classifier', { iterations: 2, bagging_temperature: 0.5 });
    expect(() => fit(spec, three)).not.to.throw();
    refusalOf(() => fit(spec, virginica), 'INVALID_REQUEST', ['estimator.cat_boost_classifier.bagging_temperature']);
  });

  it('subsample is refused of more than two classes, whose default has none', () => {
    const spec = specOf('cat_boost_classifier', { iterations: 2, subsample: 0.5 });
    expect(() => fit(spec, virginica)).not.to.throw();
    refusalOf(() => fit(spec, three), 'INVALID_REQUEST', ['estimator.cat_boost_classifier.subsample']);
    const drawn = specOf('cat_boost_classifier', { iterations: 2, subsample: 0.5, bootstrap_type: 'mvs' });
    expect(() => fit(drawn, three)).not.to.throw();
  });
});
