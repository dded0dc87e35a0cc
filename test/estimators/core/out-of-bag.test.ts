import { expect } from 'chai';

import { coreRandomForest } from '../../../src/estimators/core/random-forest.js';
import { TrainingCancelled, type TrainingSet } from '../../../src/estimators/estimator.js';
import type { Tensors } from '../../../src/estimators/tensor.js';
import { Workspace } from '../../../src/kernels/workspace.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, specOf, trainingSet } from '../../support/estimation.js';
import { naiveTrees, pathOf } from '../../support/naive-trees.js';
import { refusalOf } from '../../support/refusal.js';

const KIND = 'random_forest_classifier';

function readTraining(name: 'iris' | 'wine' | 'breast_cancer', seed = 0): TrainingSet {
  const { rows, labels } = readDataSet(name);
  const classes = [...new Set(labels)].toSorted();
  return trainingSet(
    rows,
    labels.map((label) => classes.indexOf(label)),
    seed,
  );
}

const scoreOf = (tensors: Tensors) => (tensors.oob_score === undefined ? undefined : Number(tensors.oob_score.data[0]));

/** How often each row was drawn for each tree: the kernels' draws, which test/kernels/random.test.ts looks at. */
function bagsOf({ nSamples, seed }: TrainingSet, nTrees: number, nDraws: number): Float64Array[] {
  const workspace = new Workspace(Workspace.sizeOf(1, 8) + Workspace.sizeOf(nSamples, 4));
  const random = workspace.f64(1).address;
  const counts = workspace.u32(nSamples);
  return Array.from({ length: nTrees }, (_, tree) => {
    workspace.kernels.seedRandom(random, seed, tree);
    counts.fill(0);
    workspace.kernels.drawRows(random, nSamples, nDraws, counts.address);
    return Float64Array.from(counts);
  });
}

/** The mean class shares of each row over the trees that have not seen it, and its label; of rows that all have seen, none. */
function naiveShares(tensors: Tensors, training: TrainingSet, bags: readonly Float64Array[]) {
  const { nFeatures, nClasses, x, y } = training;
  const trees = bags.map((sampleWeight, tree) => naiveTrees(tensors, { ...training, sampleWeight })[tree]);
  return Array.from(y).flatMap((label, row) => {
    const unseen = trees.filter((_, tree) => bags[tree][row] === 0);
    const shares = Array.from({ length: nClasses }, () => 0);
    for (const tree of unseen) {
      const { classWeights } = pathOf(tree, x.subarray(row * nFeatures, (row + 1) * nFeatures)).at(-1) ?? tree;
      const total = classWeights.reduce((sum, weight) => sum + weight);
      classWeights.forEach((weight, k) => (shares[k] += weight / total / unseen.length));
    }
    return unseen.length === 0 ? [] : [{ row, label, shares }];
  });
}

/** The mean log loss of such rows. */
function naiveLoss(rows: ReturnType<typeof naiveShares>): number {
  return mean(rows.map(({ label, shares }) => -Math.log(Math.max(Number.EPSILON, shares[label]))));
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number) / numbers.length;

/** The losses that a training reports. */
function lossesOf(given: Readonly<Record<string, unknown>>, training: TrainingSet) {
  const losses: number[] = [];
  const progress = (_done: number, _of: number, loss?: number) => void (loss !== undefined && losses.push(loss));
  return { tensors: fit(specOf(KIND, given), training, { progress }), losses };
}

describe('The score of a random forest of the core out of the bag', () => {
  const holes = readTraining('wine');
  const withHoles = { ...holes, x: holes.x.map((value, i) => (i % 7 === 0 ? NaN : value)) };

  for (const [what, training, given] of [
    ['a few trees, which leave some rows unscored', readTraining('wine', 3), { n_estimators: 3 }],
    ['more trees', readTraining('iris'), { n_estimators: 20 }],
    ['mixed leaves', readTraining('iris', 1), { n_estimators: 8, min_samples_leaf: 20 }],
    ['pruned trees', readTraining('wine'), { n_estimators: 8, ccp_alpha: 0.05 }],
    [
      'entropy, and fewer draws than rows',
      readTraining('wine'),
      { n_estimators: 8, criterion: 'entropy', max_samples: 20 },
    ],
    ['missing values', withHoles, { n_estimators: 8 }],
  ] as const) {
    it(`is the accuracy of the trees that have not seen a row: ${what}`, () => {
      const tensors = fit(specOf(KIND, { ...given, oob_score: true }), training);
      const nDraws = 'max_samples' in given ? given.max_samples : training.nSamples;
      const rows = naiveShares(tensors, training, bagsOf(training, given.n_estimators, nDraws));
      expect(scoreOf(tensors)).to.equal(mean(rows.map(({ label, shares }) => (argmax(shares) === label ? 1 : 0))));
    });

    it(`is preceded by the log loss of such trees as progress: ${what}`, () => {
      const { tensors, losses } = lossesOf(given, training);
      const nDraws = 'max_samples' in given ? given.max_samples : training.nSamples;
      const rows = naiveShares(tensors, training, bagsOf(training, given.n_estimators, nDraws));
      expect(losses).to.have.length(given.n_estimators);
      expect(losses.at(-1)).to.be.closeTo(naiveLoss(rows), 1e-9);
    });
  }

  // The mean of ten seeds of scikit-learn 1.9.1, by test/data/reference_forest.py.
  for (const [name, reference] of [
    ['iris', 0.9513],
    ['wine', 0.9815],
    ['breast_cancer', 0.9629],
  ] as const) {
    it(`is scikit-learn's oob_score_ on ${name}, but for chance`, () => {
      const scores = [0, 1, 2].map(
        (seed) => scoreOf(fit(specOf(KIND, { oob_score: true }), readTraining(name, seed))) ?? NaN,
      );
      expect(scores.reduce((sum, score) => sum + score) / 3).to.be.closeTo(reference, 0.012);
    });
  }

  it('changes nothing else', () => {
    const training = readTraining('wine');
    const { oob_score: score, ...others } = fit(specOf(KIND, { n_estimators: 5, oob_score: true }), training);
    expect(score.shape).to.deep.equal([1]);
    expect(others).to.deep.equal(fit(specOf(KIND, { n_estimators: 5 }), training));
  });

  it('hears a cancellation after the last tree as well', () => {
    let ended = 0;
    const progress = (done: number) => {
      if (done === 2 && ++ended === 2) throw new TrainingCancelled();
    };
    const spec = specOf(KIND, { n_estimators: 2, oob_score: true });
    expect(() => fit(spec, readTraining('wine'), { progress })).to.throw(TrainingCancelled);
  });

  it('leaves rows without a weight out', () => {
    const training = readTraining('iris');
    const kept = Array.from(training.y.keys()).filter((row) => row % 3 > 0);
    const part = trainingSet(
      kept.map((row) => Array.from(training.x.subarray(row * 4, row * 4 + 4))),
      kept.map((row) => training.y[row]),
    );
    const sampleWeight = Float64Array.from(training.y, (_, row) => (row % 3 > 0 ? 1 : 0));
    const spec = specOf(KIND, { n_estimators: 10, oob_score: true });
    expect(scoreOf(fit(spec, { ...training, sampleWeight }))).to.equal(scoreOf(fit(spec, part)));
  });

  it('is preceded by a loss of evenly spaced rows where there are many', () => {
    const { rows, labels } = readDataSet('digits');
    const training = trainingSet(rows, labels.map(Number));
    const { tensors, losses } = lossesOf({ n_estimators: 5, max_depth: 6 }, training);
    const shares = naiveShares(tensors, training, bagsOf(training, 5, rows.length));
    const places = new Set(Array.from({ length: 512 }, (_, i) => Math.floor((i * rows.length) / 512)));
    const watched = shares.filter(({ row }) => places.has(row));
    expect(losses.at(-1)).to.be.closeTo(naiveLoss(watched), 1e-9);
  });

  it('is preceded by a loss in which rows weigh what they weigh in the training', () => {
    const { rows, labels } = readDataSet('iris');
    // Every other row says nothing of its features.
    const y = labels.map((label, row) => (row % 2 === 0 ? Number(label === 'setosa') : (row >> 1) % 2));
    const training = trainingSet(rows, y);
    const sampleWeight = Float64Array.from(y, (_, row) => (row % 2 === 0 ? 1 : 1e-9));
    const lossOf = (set: TrainingSet) => lossesOf({ n_estimators: 30 }, set).losses.at(-1);
    expect(lossOf(training)).to.be.above(0.4);
    expect(lossOf({ ...training, sampleWeight })).to.be.below(0.1);
  });

  it('is missing where every tree has seen every row', () => {
    const spec = specOf(KIND, { n_estimators: 1, oob_score: true });
    const both = (seed: number) => fit(spec, trainingSet([[1], [2]], [0, 1], seed));
    const bags = Array.from({ length: 8 }, (_, seed) => bagsOf({ ...trainingSet([[1], [2]], [0, 1]), seed }, 1, 2)[0]);
    const seesAll = bags.map((bag) => bag.every((count) => count > 0));
    expect(new Set(seesAll)).to.have.property('size', 2);
    expect(seesAll.map((_, seed) => scoreOf(both(seed)) === undefined)).to.deep.equal(seesAll);
  });

  it('needs bootstrap', () => {
    const refusal = refusalOf(
      () => fit(specOf(KIND, { oob_score: true, bootstrap: false }), readTraining('iris')),
      'INVALID_REQUEST',
      [`estimator.${KIND}.oob_score`],
    );
    expect(refusal.message).to.contain('needs bootstrap');
    expect(refusal.message).to.contain('leave it unset, or bootstrap true');
  });

  it('counts in the memory of the training', () => {
    const size = { nSamples: 1000, nFeatures: 5, nClasses: 10, nValidation: 0, weighted: false };
    const bytes = (given: object) => {
      const { hyperparameters } = specOf(KIND, { ...given });
      const values = new Float64Array();
      return coreRandomForest.trainingBytes?.({ ...size, values }, hyperparameters as never).learning ?? 0;
    };
    expect(bytes({ oob_score: true }) - bytes({})).to.be.at.least(1000 * 10 * 8);
    expect(bytes({ ccp_alpha: 0.1 })).to.be.above(bytes({}));
  });
});
