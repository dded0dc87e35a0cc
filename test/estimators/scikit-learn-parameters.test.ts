import type { EstimatorKind } from '../../src/estimators/estimator.js';
import { readDataSet } from '../support/csv.js';
import { trainingSet } from '../support/estimation.js';
import { flag, itHasParameters, noField, type Parameter } from '../support/parameters.js';

/** The parameters of scikit-learn 1.9.1's classes, all that `get_params` names. */
const PARAMETERS = {
  random_forest_classifier: {
    n_estimators: { works: [1, 7], outOfRange: [0, 1.5, 100_001, NaN] },
    criterion: { works: ['gini', 'entropy', 'log_loss'], outOfRange: ['squared_error'] },
    max_depth: { works: [1, 4, 4_294_967_295], outOfRange: [0, -1, 2.5] },
    min_samples_split: { works: [2, 40, 0.3], outOfRange: [1, 0, 2.5, -0.1] },
    min_samples_leaf: { works: [1, 20, 0.2], outOfRange: [0, 1.5, -1] },
    min_weight_fraction_leaf: { works: [0, 0.1, 0.5], outOfRange: [-0.1, 0.51, NaN] },
    max_features: {
      works: [{ rule: 'sqrt' }, { rule: 'log2' }, { rule: 'all' }, { count: 2 }, { fraction: 0.5 }, { fraction: 1 }],
      outOfRange: [{ rule: 'auto' }, { count: 0 }, { fraction: 0 }, { fraction: 1.1 }, {}],
    },
    max_leaf_nodes: { works: [2, 9], outOfRange: [1, 0, 2.5] },
    min_impurity_decrease: { works: [0, 0.05], outOfRange: [-0.1, Infinity] },
    bootstrap: flag,
    oob_score: flag,
    ccp_alpha: { works: [0, 0.01, 5], outOfRange: [-0.1, NaN, Infinity] },
    max_samples: { works: [0.5, 1, 2, 100], outOfRange: [0, -1, 1.5] },
    monotonic_cst: {
      outOfRange: [{ directions: [0, 2, 0, 0] }, { directions: [0.5] }, { directions: [] }],
      notBuilt: [{ directions: [0, 1, -1, 0] }],
    },
    class_weight: { insteadOfIt: 'options.class_weight' },
    random_state: { insteadOfIt: 'options.seed' },
    n_jobs: noField,
    verbose: noField,
    warm_start: noField,
  },
  logistic_regression: {
    penalty: { works: ['l2', 'l1', 'elasticnet', 'none'], outOfRange: ['l3'] },
    c: { works: [1e-4, 1, 1e4], outOfRange: [0, -1, NaN, Infinity] },
    l1_ratio: { works: [0, 0.5, 1], outOfRange: [-0.1, 1.1] },
    tol: { works: [1e-8, 0.1], outOfRange: [0, -1] },
    fit_intercept: flag,
    max_iter: { works: [1, 50, 1_000_000], outOfRange: [0, 1.5, 1_000_001] },
    solver: {
      works: ['lbfgs'],
      outOfRange: ['adam'],
      notBuilt: ['liblinear', 'newton_cg', 'newton_cholesky', 'sag', 'saga'],
    },
    dual: { works: [false], outOfRange: [0], notBuilt: [true] },
    intercept_scaling: { works: [1], outOfRange: [0, -1], notBuilt: [2] },
    class_weight: { insteadOfIt: 'options.class_weight' },
    random_state: { insteadOfIt: 'options.seed' },
    n_jobs: noField,
    verbose: noField,
    warm_start: noField,
  },
  k_neighbors_classifier: {
    n_neighbors: { works: [1, 30], outOfRange: [0, 1.5] },
    weights: { works: ['uniform', 'distance'], outOfRange: ['heavy'] },
    algorithm: { works: ['auto', 'ball_tree', 'kd_tree', 'brute'], outOfRange: ['rp_tree'] },
    leaf_size: { works: [1, 30], outOfRange: [0, 2.5] },
    p: { works: [1, 2], outOfRange: [0, -1, NaN, Infinity], notBuilt: [3, 1.5] },
    metric: noField,
    metric_params: noField,
    n_jobs: noField,
  },
} as const satisfies Partial<Record<EstimatorKind, Record<string, Parameter>>>;

describe('A parameter of scikit-learn’s class', () => {
  const { rows, labels } = readDataSet('iris');
  const iris = trainingSet(
    rows,
    labels.map((label) => ['setosa', 'versicolor', 'virginica'].indexOf(label)),
  );

  for (const [kind, parameters] of Object.entries(PARAMETERS) as [EstimatorKind, Record<string, Parameter>][]) {
    itHasParameters(kind, parameters, iris, kind === 'random_forest_classifier' ? { n_estimators: 3 } : {});
  }
});
