import { expect } from 'chai';

import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import type { Tensors } from '../../../../src/estimators/tensor.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';

function rowsOf({ x, nSamples, nFeatures }: TrainingSet): number[][] {
  return Array.from({ length: nSamples }, (_, row) => [...x.subarray(row * nFeatures, (row + 1) * nFeatures)]);
}

/** Trains, and predicts the rows that it was trained on, whose probabilities must be such. */
function learn(training: TrainingSet, given: object = {}): { tensors: Tensors; probabilities: number[][] } {
  const spec = specOf('cat_boost_classifier', { iterations: 20, learning_rate: 0.3, ...given });
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

function splitsOf({ feature_splits }: Tensors): number[] {
  return Array.from(feature_splits.data, Number);
}

describe('Oblivious trees, at the edges', () => {
  it('learn from one feature', () => {
    const training = trainingSet(
      Array.from({ length: 60 }, (_, i) => [i]),
      Array.from({ length: 60 }, (_, i) => (i > 19 && i < 41 ? 1 : 0)),
    );
    expect(accuracy(learn(training).probabilities, training)).to.equal(1);
  });

  it('learn no more than the shares of the classes from constant features, and from missing ones', () => {
    for (const values of [
      [7, 0],
      [NaN, NaN],
      [NaN, -0],
    ]) {
      const y = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : i % 8 === 1 ? 2 : 0));
      const training = trainingSet(
        y.map(() => values),
        y,
      );
      const { tensors, probabilities } = learn(training, { iterations: 300, l2_leaf_reg: 0 });
      expect(splitsOf(tensors)).to.deep.equal([0, 0]);
      expect(Array.from(tensors.feature_importances.data, Number)).to.deep.equal([0, 0]);
      for (const row of probabilities) {
        [5 / 8, 1 / 4, 1 / 8].forEach((share, k) => expect(row[k]).to.be.closeTo(share, 1e-3));
      }
    }
  });

  for (const nan_mode of ['min', 'max']) {
    it(`learn from what is missing, if nothing else tells: nan_mode ${nan_mode}`, () => {
      const y = Array.from({ length: 40 }, (_, i) => i % 2);
      const training = trainingSet(
        y.map((label, i) => [label === 1 ? NaN : 3, NaN, i % 4 === 0 ? 1 : 2]),
        y,
      );
      for (const border_count of [1, 254, 255, 256, 1000]) {
        const { tensors, probabilities } = learn(training, { nan_mode, border_count });
        expect(accuracy(probabilities, training)).to.equal(1);
        expect(splitsOf(tensors)[1]).to.equal(0);
      }
    });
  }

  it('put what is missing on the side of nan_mode, and below all others where none was missing before', () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i % 10 === 0 ? NaN : i, i]);
    const y = rows.map((_, i) => (i > 30 ? 1 : 0));
    const training = trainingSet(rows, y);
    for (const [nan_mode, like] of [
      ['min', -1e30],
      ['max', 1e30],
    ] as const) {
      const spec = specOf('cat_boost_classifier', { iterations: 30, nan_mode, border_count: 4 });
      const [missing, far] = predict(spec, fit(spec, training), training, [
        [5, NaN],
        [5, -1e30],
      ]);
      expect(missing).to.deep.equal(far);
      // The border between numbers and what is missing is there where any tree looks at it.
      const tensors = fit(spec, { ...training, x: training.x.map((value, at) => (at % 2 === 1 ? 0 : value)) });
      const flags = Array.from(tensors.missing_above.data, Number);
      expect(flags).to.deep.equal([nan_mode === 'max' ? 1 : 0, 0]);
      const [own, beyond] = predict(spec, tensors, training, [
        [NaN, 0],
        [like, 0],
      ]);
      const borders = Array.from(tensors.split_border.data, Number);
      if (!borders.some((border) => Math.abs(border) > 1e38)) expect(own).to.deep.equal(beyond);
    }
  });

  it('give equal rows the shares of their labels', () => {
    const groups = [0.25, 0.5, 0.9];
    const rows = groups.flatMap((_, group) => Array.from({ length: 20 }, () => [group, -group]));
    const y = groups.flatMap((share) => Array.from({ length: 20 }, (_, i) => (i < share * 20 ? 1 : 0)));
    const { probabilities } = learn(trainingSet(rows, y), { iterations: 200 });
    probabilities.forEach(([, p], i) => {
      expect(p).to.be.closeTo(groups[Math.floor(i / 20)], 0.02);
      expect(p).to.equal(probabilities[Math.floor(i / 20) * 20][1]);
    });
  });

  for (const nClasses of [2, 3, 4, 10, 100]) {
    it(`tell ${nClasses} classes apart, one of which has a single row`, () => {
      const random = lcg(nClasses);
      const y = Array.from({ length: 6 * (nClasses - 1) + 1 }, (_, i) => i % (nClasses - 1));
      y[y.length - 1] = nClasses - 1;
      const training = trainingSet(
        y.map((label) => [label + random() / 2, random(), (label * 7) % nClasses]),
        y,
      );
      // More trees for more classes, since a tree tells 64 leaves apart.
      const { tensors, probabilities } = learn(training, { iterations: 60, l2_leaf_reg: 0.1, random_strength: 0 });
      expect(tensors.leaf_value.shape[1]).to.equal(nClasses === 2 ? 1 : nClasses);
      expect(accuracy(probabilities, training)).to.be.at.least(0.95);
    }).timeout(60_000);
  }

  it('learn from one row of each class', () => {
    for (const nClasses of [2, 3, 5]) {
      const training = trainingSet(
        Array.from({ length: nClasses }, (_, i) => [i]),
        Array.from({ length: nClasses }, (_, i) => i),
      );
      const given = { bootstrap_type: 'no', random_strength: 0, l2_leaf_reg: 0.1 };
      expect(accuracy(learn(training, given).probabilities, training)).to.equal(1);
      learn(training);
    }
  });

  it('end a tree where no two rows are left to be told apart', () => {
    // Two splits tell four kinds of rows apart; a third one would be good for nothing.
    const rows = Array.from({ length: 40 }, (_, i) => [i % 2, (i >> 1) % 2]);
    const training = trainingSet(
      rows,
      rows.map(([a, b]) => a ^ b),
    );
    const { tensors, probabilities } = learn(training, { depth: 16, random_strength: 5 });
    expect(Math.max(...Array.from(tensors.tree_depth.data, Number))).to.equal(2);
    expect(accuracy(probabilities, training)).to.equal(1);
  });

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
    const { tensors, probabilities } = learn(training);
    expect(accuracy(probabilities, training)).to.equal(1);
    expect(splitsOf(tensors)[997]).to.be.above(0);
  }).timeout(60_000);

  it('stay finite when they are certain, and when they step too far', () => {
    for (const nClasses of [2, 3]) {
      const training = trainingSet(
        Array.from({ length: 60 }, (_, i) => [i % 10, i % 7]),
        Array.from({ length: 60 }, (_, i) => Math.floor(((i % 10) * nClasses) / 10)),
      );
      for (const learning_rate of [1, 1e30, 1e308]) {
        const given = { iterations: 60, learning_rate, l2_leaf_reg: 0, random_strength: 0 };
        const { tensors, probabilities } = learn(training, { ...given, bootstrap_type: 'no' });
        expect(Array.from(tensors.leaf_value.data, Number).every(Number.isFinite)).to.equal(true);
        if (learning_rate === 1) expect(accuracy(probabilities, training)).to.equal(1);
      }
    }
  });

  it('are the same of features that hold no more values, however many borders there may be', () => {
    const random = lcg(9);
    const rows = Array.from({ length: 300 }, (_, i) => [(i * 77) % 300, random() < 0.2 ? NaN : i % 5, random()]);
    const y = rows.map(([a, b]) => (a > 257 || (b > 2 && random() < 0.8) ? 1 : 0));
    const training = trainingSet(rows, y);
    const { tensors } = learn(training, { border_count: 1_000 });
    expect(tensors).to.deep.equal(learn(training, { border_count: 65_535 }).tensors);
    expect(tensors).not.to.deep.equal(learn(training, { border_count: 100 }).tensors);
  }).timeout(60_000);
});
