import { expect } from 'chai';

import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import type { Tensors } from '../../../../src/estimators/tensor.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';
import { requireBoosted } from './naive-boosting.js';

const KINDS = ['lgbm_classifier', 'xgb_classifier'] as const;
type Kind = (typeof KINDS)[number];

/** Lets trees split as far as they can. */
function free(kind: Kind): object {
  return kind === 'lgbm_classifier'
    ? { min_child_samples: 0, min_data_in_bin: 1, min_child_weight: 1e-3 }
    : { min_child_weight: 1e-3 };
}

function rowsOf({ x, nSamples, nFeatures }: TrainingSet): number[][] {
  return Array.from({ length: nSamples }, (_, row) => [...x.subarray(row * nFeatures, (row + 1) * nFeatures)]);
}

/** Trains, and predicts the rows that it was trained on, whose probabilities must be such. */
function learn(kind: Kind, training: TrainingSet, given: object = {}): { tensors: Tensors; probabilities: number[][] } {
  const spec = specOf(kind, { n_estimators: 20, ...free(kind), ...given });
  const tensors = fit(spec, training);
  const probabilities = predict(spec, tensors, training, rowsOf(training));
  for (const row of probabilities) {
    expect(row.reduce((sum, p) => sum + p, 0)).to.be.closeTo(1, 1e-9);
    for (const p of row) expect(p).to.be.within(0, 1);
  }
  return { tensors, probabilities };
}

function accuracy(probabilities: readonly number[][], { y }: TrainingSet): number {
  return probabilities.filter((row, i) => argmax(row) === y[i]).length / y.length;
}

/** Checks the trees of two classes against the naive booster. */
function expectNaive(kind: Kind, tensors: Tensors, training: TrainingSet, iterations: number): void {
  const share = training.y.reduce((sum, label) => sum + label, 0) / training.nSamples;
  const isLgbm = kind === 'lgbm_classifier';
  requireBoosted(tensors, training, {
    precision: 1e-4,
    iterations,
    hessianFactor: 1,
    baseScore: [Math.log(share / (1 - share))],
    splitsOnly: isLgbm,
    bestFirst: isLgbm,
    fromAbove: isLgbm,
    maxLeaves: isLgbm ? 31 : Infinity,
    maxDepth: isLgbm ? Infinity : 6,
    minSamples: 0,
    minHessian: 1e-3,
    minGain: isLgbm ? 0 : 1e-6,
    lambda: isLgbm ? 0 : 1,
    alpha: 0,
    maxStep: 0,
    learningRate: isLgbm ? 0.1 : 0.3,
  });
}

for (const kind of KINDS) {
  describe(`Boosted trees of ${kind}, at the edges`, () => {
    it('learn from one feature', () => {
      const training = trainingSet(
        Array.from({ length: 60 }, (_, i) => [i]),
        Array.from({ length: 60 }, (_, i) => (i > 19 && i < 41 ? 1 : 0)),
      );
      expect(accuracy(learn(kind, training).probabilities, training)).to.equal(1);
    });

    it('learn no more than the shares of the classes from constant features, and from missing ones', () => {
      for (const values of [
        [7, 0],
        [NaN, NaN],
        [NaN, -0],
      ]) {
        // prettier-ignore
        const y = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : i % 8 === 1 ? 2 : 0));
        const training = trainingSet(
          y.map(() => values),
          y,
        );
        const { tensors, probabilities } = learn(kind, training, { n_estimators: 100 });
        expect(tensors.threshold.shape[0]).to.equal(0);
        for (const row of probabilities) {
          [5 / 8, 1 / 4, 1 / 8].forEach((share, k) => expect(row[k]).to.be.closeTo(share, 1e-3));
        }
      }
    });

    it('learn from what is missing, if nothing else tells', () => {
      const y = Array.from({ length: 40 }, (_, i) => i % 2);
      const training = trainingSet(
        y.map((label) => [label === 1 ? NaN : 3, NaN]),
        y,
      );
      const { tensors, probabilities } = learn(kind, training);
      expect(accuracy(probabilities, training)).to.equal(1);
      expect([...tensors.feature_splits.data].map(Number)[1]).to.equal(0);
    });

    it('give equal rows the shares of their labels', () => {
      const groups = [0.25, 0.5, 0.9];
      const rows = groups.flatMap((_, group) => Array.from({ length: 20 }, () => [group, -group]));
      const y = groups.flatMap((share) => Array.from({ length: 20 }, (_, i) => (i < share * 20 ? 1 : 0)));
      const { probabilities } = learn(kind, trainingSet(rows, y), { n_estimators: 200 });
      probabilities.forEach(([, p], i) => {
        expect(p).to.be.closeTo(groups[Math.floor(i / 20)], 0.02);
        expect(p).to.equal(probabilities[Math.floor(i / 20) * 20][1]);
      });
    });

    for (const nClasses of [2, 3, 10, 100]) {
      it(`tell ${nClasses} classes apart, one of which has a single row`, () => {
        const random = lcg(nClasses);
        const y = Array.from({ length: 6 * (nClasses - 1) + 1 }, (_, i) => i % (nClasses - 1));
        y[y.length - 1] = nClasses - 1;
        const training = trainingSet(
          y.map((label) => [label + random() / 2, random(), (label * 7) % nClasses]),
          y,
        );
        const { tensors, probabilities } = learn(kind, training, { n_estimators: 8, learning_rate: 0.5 });
        expect(tensors.base_score.shape).to.deep.equal([nClasses === 2 ? 1 : nClasses]);
        expect((tensors.tree_start.shape[0] - 1) % (nClasses === 2 ? 1 : nClasses)).to.equal(0);
        expect(accuracy(probabilities, training)).to.be.at.least(0.95);
      });
    }

    it('take features of more than 256 bins as they take others', () => {
      const random = lcg(9);
      const rows = Array.from({ length: 300 }, (_, i) => [(i * 77) % 300, random() < 0.2 ? NaN : i % 5, random()]);
      const y = rows.map(([a, b]) => (a > 257 || (b > 2 && random() < 0.8) ? 1 : 0));
      const training = trainingSet(rows, y);
      const { tensors } = learn(kind, training, { n_estimators: 2, max_bin: 1_000 });
      expectNaive(kind, tensors, training, 2);
      // Where the bins suffice, it does not matter how many more there could be.
      expect(learn(kind, training, { max_bin: 1_000 }).tensors).to.deep.equal(
        learn(kind, training, { max_bin: 65_535 }).tensors,
      );
      expect(learn(kind, training, { max_bin: 200 }).tensors).not.to.deep.equal(
        learn(kind, training, { max_bin: 1_000 }).tensors,
      );
    }).timeout(60_000);

    it('take 1000 features that are mostly 0', () => {
      const random = lcg(4);
      const rows = Array.from({ length: 80 }, () =>
        Array.from({ length: 1_000 }, () => (random() < 0.02 ? 1 + Math.floor(random() * 3) : 0)),
      );
      const y = rows.map((row, i) => {
        if (i % 3 === 0) row[997] = 2;
        return i % 3 === 0 ? 1 : 0;
      });
      const training = trainingSet(rows, y);
      const { tensors } = learn(kind, training, { n_estimators: 2 });
      expectNaive(kind, tensors, training, 2);
      expect(accuracy(learn(kind, training).probabilities, training)).to.equal(1);
      const splits = [...tensors.feature_splits.data].map(Number);
      expect(splits[997]).to.be.above(0);
    }).timeout(60_000);

    it('stay finite when they are certain, and when they step too far', () => {
      const training = trainingSet(
        Array.from({ length: 40 }, (_, i) => [i % 10, i % 7]),
        Array.from({ length: 40 }, (_, i) => (i % 10 > 4 ? 1 : 0)),
      );
      for (const learning_rate of [1, 1e30, 1e308]) {
        const given = { n_estimators: 60, learning_rate, min_child_weight: 0, reg_lambda: 0 };
        expect(accuracy(learn(kind, training, given).probabilities, training)).to.equal(1);
      }
    });
  });
}
