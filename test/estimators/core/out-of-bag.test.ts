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

/** The accuracy of the trees that have not seen a row, over the rows for which there are any. */
function naiveScore(tensors: Tensors, training: TrainingSet, bags: readonly Float64Array[]): number {
  const { nFeatures, nClasses, x, y } = training;
  const trees = bags.map((sampleWeight, tree) => naiveTrees(tensors, { ...training, sampleWeight })[tree]);
  const rights = Array.from(y).flatMap((label, row) => {
    const unseen = trees.filter((_, tree) => bags[tree][row] === 0);
    const sums = Array.from({ length: nClasses }, () => 0);
    for (const tree of unseen) {
      const { classWeights } = pathOf(tree, x.subarray(row * nFeatures, (row + 1) * nFeatures)).at(-1) ?? tree;
      const total = classWeights.reduce((sum, weight) => sum + weight);
      classWeights.forEach((weight, k) => (sums[k] += weight / total));
    }
    return unseen.length === 0 ? [] : [argmax(sums) === label ? 1 : 0];
  });
  return rights.reduce<number>((sum, right) => sum + right, 0) / rights.length;
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
      expect(scoreOf(tensors)).to.equal(naiveScore(tensors, training, bagsOf(training, given.n_estimators, nDraws)));
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
