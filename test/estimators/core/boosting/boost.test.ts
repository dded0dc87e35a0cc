import { expect } from 'chai';
import fc from 'fast-check';

import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { type NaivePlan, probabilitiesOf, requireBoosted } from './naive-boosting.js';

/** Scores and gradients are of single precision. */
const PRECISION = 1e-4;

/** To look for the smallest table that fails could take forever. */
const PATIENCE_MS = 15_000;

/** Random tables of few distinct values, missing ones among them, in which all classes occur. */
const problem = fc.integer({ min: 2, max: 4 }).chain((nClasses) =>
  fc.integer({ min: 1, max: 4 }).chain((nFeatures) => {
    const value = fc.oneof({ arbitrary: fc.integer({ min: -4, max: 4 }), weight: 5 }, fc.constant(NaN));
    const row = fc.record({
      values: fc.array(value, { minLength: nFeatures, maxLength: nFeatures }),
      label: fc.nat(nClasses - 1),
      weight: fc.integer({ min: 1, max: 40 }).map((n) => n / 10),
    });
    return fc
      .record({ rows: fc.array(row, { minLength: nClasses, maxLength: 40 }), weighted: fc.boolean() })
      .map(({ rows, weighted }): TrainingSet => {
        const y = rows.map(({ label }, i) => (i < nClasses ? i : label));
        return {
          ...trainingSet(
            rows.map(({ values }) => values),
            y,
          ),
          sampleWeight: weighted ? Float64Array.from(rows, ({ weight }) => weight) : undefined,
        };
      });
  }),
);

function shares({ y, nClasses, sampleWeight }: TrainingSet, classFactors: readonly number[] = []): number[] {
  const sums = Array<number>(nClasses).fill(0);
  y.forEach((label, row) => (sums[label] += (sampleWeight?.[row] ?? 1) * (classFactors[label] ?? 1)));
  const total = sums.reduce((a, b) => a + b);
  return sums.map((sum) => sum / total);
}

/** Checks a model tree by tree, and what it says of its own training rows. */
function check(
  kind: 'lgbm_classifier' | 'xgb_classifier',
  given: object,
  training: TrainingSet,
  plan: NaivePlan,
): void {
  const spec = specOf(kind, { n_estimators: plan.iterations, ...given });
  const tensors = fit(spec, training);
  const scores = requireBoosted(tensors, training, plan);
  const { x, nFeatures } = training;
  const rows = scores.map((_, row) => [...x.subarray(row * nFeatures, (row + 1) * nFeatures)]);
  predict(spec, tensors, training, rows).forEach((found, row) => {
    const expected = probabilitiesOf(scores[row]);
    const told = expected.length === 1 ? found.slice(1) : found;
    told.forEach((p, k) => expect(p).to.be.closeTo(expected[k], 1e-9));
  });
}

/** Step by step in single precision. */
function logitOf(rate: number): number {
  return -Math.fround(Math.log(Math.fround(Math.fround(1 / Math.fround(rate)) - 1)));
}

const iterations = fc.integer({ min: 1, max: 4 });
const learningRate = fc.constantFrom(0.1, 0.3, 1);
const lambda = fc.constantFrom(0, 0.5, 1, 10);
const alpha = fc.constantFrom(0, 0, 0.2, 1.5);

describe('Boosting', () => {
  it('grows the trees of lgbm_classifier as a naive booster would', () => {
    const hyperparameters = fc.record({
      n_estimators: iterations,
      learning_rate: learningRate,
      num_leaves: fc.constantFrom(2, 3, 5, 31),
      max_depth: fc.constantFrom(-1, 0, 1, 2, 3),
      min_child_samples: fc.constantFrom(0, 1, 2, 5),
      min_child_weight: fc.constantFrom(1e-3, 0.5, 2),
      min_split_gain: fc.constantFrom(0, 0.1, 0.5),
      reg_lambda: lambda,
      reg_alpha: alpha,
    });
    fc.assert(
      fc.property(problem, hyperparameters, (training, of) => {
        const { nClasses } = training;
        const ofClasses = shares(training);
        check('lgbm_classifier', { ...of, min_data_in_bin: 1 }, training, {
          precision: PRECISION,
          iterations: of.n_estimators,
          hessianFactor: nClasses / (nClasses - 1),
          baseScore: nClasses === 2 ? [Math.log(ofClasses[1] / ofClasses[0])] : ofClasses.map(Math.log),
          splitsOnly: true,
          bestFirst: true,
          inheritsSplittable: true,
          fromAbove: true,
          maxLeaves: of.num_leaves,
          maxDepth: of.max_depth < 1 ? Infinity : of.max_depth,
          minSamples: of.min_child_samples,
          minHessian: of.min_child_weight,
          minGain: of.min_split_gain,
          lambda: of.reg_lambda,
          alpha: of.reg_alpha,
          maxStep: 0,
          learningRate: of.learning_rate,
        });
      }),
      { numRuns: 200, interruptAfterTimeLimit: PATIENCE_MS },
    );
  });

  it('grows the trees of xgb_classifier as a naive booster would', () => {
    const hyperparameters = fc.record({
      n_estimators: iterations,
      learning_rate: learningRate,
      grow_policy: fc.constantFrom('depthwise', 'depthwise', 'lossguide'),
      max_leaves: fc.constantFrom(0, 0, 2, 5),
      max_depth: fc.constantFrom(0, 1, 3, 6),
      min_child_weight: fc.constantFrom(0.01, 0.5, 1, 2),
      gamma: fc.constantFrom(0, 0.1, 1),
      max_delta_step: fc.constantFrom(0, 0, 0.3),
      reg_lambda: lambda,
      reg_alpha: alpha,
    });
    const ofTwoClasses = fc.record(
      { base_score: fc.constantFrom(0.5, 0.2), scale_pos_weight: fc.constantFrom(1, 2.5) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(problem, hyperparameters, ofTwoClasses, (training, of, { base_score, scale_pos_weight = 1 }) => {
        const isBinary = training.nClasses === 2;
        const classFactors = isBinary ? [1, scale_pos_weight] : undefined;
        const ofClasses = shares(training, classFactors);
        const isStep = base_score === undefined && scale_pos_weight !== 1;
        const start = isStep ? 4 * ofClasses[1] - 2 : logitOf(base_score ?? ofClasses[1]);
        const logs = ofClasses.map(Math.log);
        const mean = logs.reduce((a, b) => a + b) / logs.length;
        check('xgb_classifier', { ...of, ...(isBinary && { base_score, scale_pos_weight }) }, training, {
          precision: PRECISION,
          iterations: of.n_estimators,
          hessianFactor: 2,
          classFactors,
          baseScore: isBinary ? [start] : logs.map((value) => value - mean),
          splitsOnly: false,
          bestFirst: of.grow_policy === 'lossguide',
          fromAbove: false,
          maxLeaves: of.max_leaves === 0 ? Infinity : of.max_leaves,
          maxDepth: of.max_depth === 0 ? Infinity : of.max_depth,
          minSamples: 0,
          minHessian: of.min_child_weight,
          minGain: Math.max(1e-6, of.gamma),
          lambda: of.reg_lambda,
          alpha: of.reg_alpha,
          maxStep: of.max_delta_step,
          learningRate: of.learning_rate,
        });
      }),
      { numRuns: 200, interruptAfterTimeLimit: PATIENCE_MS },
    );
  });
});
