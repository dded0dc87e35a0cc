import { expect } from 'chai';
import fc from 'fast-check';

import type { TrainingSet } from '../../../src/estimators/estimator.js';
import type { Tensors } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import {
  importancesOf,
  leavesOf,
  type NaiveNode,
  naiveTrees,
  nodesOf,
  pruneNaively,
} from '../../support/naive-trees.js';
import { lcg } from '../../support/problems.js';

const KIND = 'random_forest_classifier';
const ALPHAS = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];
/** Nothing is left to chance but which of equal splits is taken. */
const ONE_TREE = { n_estimators: 1, bootstrap: false, max_features: { rule: 'all' } };
const CRITERIA = ['gini', 'entropy'] as const;

const numbers = (tensors: Tensors, name: string) => Array.from(tensors[name].data, Number);

/** Every so many rows of a data set. */
function readTraining(name: 'iris' | 'wine' | 'breast_cancer', step = 1): TrainingSet {
  const { rows, labels } = readDataSet(name);
  const classes = [...new Set(labels)].toSorted();
  const y = labels.map((label) => classes.indexOf(label));
  return trainingSet(
    rows.filter((_, i) => i % step === 0),
    y.filter((_, i) => i % step === 0),
  );
}

/** Noisy tables, with holes and whole weights, whose trees grow far beyond what is to be learned. */
const tables = fc
  .record({
    nRows: fc.integer({ min: 2, max: 120 }),
    nFeatures: fc.integer({ min: 1, max: 3 }),
    nClasses: fc.integer({ min: 2, max: 5 }),
    nValues: fc.constantFrom(2, 5, 50),
    missing: fc.constantFrom(0, 0, 0.2),
    weighted: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ nRows, nFeatures, nClasses, nValues, missing, weighted, seed }): TrainingSet => {
    const next = lcg(seed);
    const cell = () => (next() < missing ? NaN : Math.floor(next() * nValues));
    const rows = Array.from({ length: nRows }, () => Array.from({ length: nFeatures }, cell));
    const labels = rows.map(([first], row) =>
      row < nClasses || !(first * 2 > nValues) ? row % nClasses : Math.floor(next() * 2),
    );
    const weights = Float64Array.from(rows, () => 1 + Math.floor(next() * 3));
    return { ...trainingSet(rows, labels), nClasses, sampleWeight: weighted ? weights : undefined };
  });

/** Numbers that no split of such a table saves exactly. */
const alphas = fc.oneof(
  fc.double({ min: 1e-6, max: 0.0512345, noNaN: true }),
  fc.double({ min: 0.0512345, max: 1.2345678, noNaN: true }),
);

/** What the tensors of a forest say of its nodes, from trees that point to theirs. */
function tensorsOf(trees: readonly NaiveNode[]) {
  const nodes = trees.flatMap(nodesOf);
  const splits = nodes.filter(({ children }) => children.length > 0);
  const entries = trees.flatMap(leavesOf).map(({ classWeights }) => [...classWeights.entries()].filter(hasWeight));
  const mixed = entries.filter(({ length }) => length > 1);
  return {
    feature: nodes.map(({ feature }) => feature),
    threshold: splits.map(({ threshold }) => threshold),
    shareClass: mixed.flat().map(([label]) => label),
    share: mixed.flatMap((ofLeaf) => {
      const total = ofLeaf.reduce((sum, [, weight]) => sum + weight, 0);
      return ofLeaf.map(([, weight]) => weight / total);
    }),
  };
}

const hasWeight = ([, weight]: [number, number]) => weight > 0;

describe('A random forest of the core with ccp_alpha', () => {
  for (const criterion of CRITERIA) {
    it(`cuts the weakest link of each tree, again and again, while it is at most that (${criterion})`, () => {
      fc.assert(
        fc.property(tables, alphas, fc.constantFrom(1, 1, 4), (training, ccp_alpha, min_samples_leaf) => {
          const given = { ...ONE_TREE, n_estimators: 2, criterion, min_samples_leaf };
          const trees = naiveTrees(fit(specOf(KIND, given), training), training);
          for (const tree of trees) pruneNaively(tree, ccp_alpha, criterion);
          const expected = tensorsOf(trees);
          const pruned = fit(specOf(KIND, { ...given, ccp_alpha }), training);
          expect(numbers(pruned, 'feature')).to.deep.equal(expected.feature);
          expect(numbers(pruned, 'threshold')).to.deep.equal(expected.threshold);
          expect(numbers(pruned, 'share_class')).to.deep.equal(expected.shareClass);
          expect(numbers(pruned, 'share')).to.deep.equal(expected.share);
          const importances = trees.map((tree) => importancesOf(tree, training.nFeatures, criterion));
          const grown = trees.filter(({ children }) => children.length > 0).length;
          numbers(pruned, 'feature_importances').forEach((importance, feature) => {
            const mean = importances.reduce((sum, of) => sum + of[feature], 0) / Math.max(1, grown);
            expect(importance).to.be.closeTo(mean, 1e-9);
          });
        }),
        { numRuns: 150 },
      );
    });
  }

  /**
   * The nodes of the tree of scikit-learn 1.9.1 by ccp_alpha, and its largest
   * importance where that is the same whichever of equal splits it takes; by
   * test/data/reference_forest.py.
   */
  const REFERENCE = [
    { name: 'iris', step: 1, criterion: 'gini', nodes: [17, 17, 17, 9, 7, 5, 5, 1] },
    { name: 'iris', step: 1, criterion: 'entropy', nodes: [17, 17, 17, 17, 11, 7, 5, 3] },
    {
      name: 'wine',
      step: 1,
      criterion: 'gini',
      nodes: [23, 23, 23, 21, 13, 7, 5, 1],
      largest: [0.3825, 0.3825, 0.3825, 0.388, 0.4201, 0.4858, 0.5507, 0],
    },
    {
      name: 'wine',
      step: 1,
      criterion: 'entropy',
      nodes: [15, 15, 15, 15, 13, 9, 9, 3],
      largest: [0.4128, 0.4128, 0.4128, 0.4128, 0.4177, 0.435, 0.435, 1],
    },
    { name: 'breast_cancer', step: 3, criterion: 'gini', nodes: [19, 19, 19, 9, 7, 5, 3, 1] },
    { name: 'breast_cancer', step: 3, criterion: 'entropy', nodes: [19, 19, 19, 19, 17, 5, 5, 3] },
  ] as const;

  for (const { name, step, criterion, nodes, ...rest } of REFERENCE) {
    it(`leaves what scikit-learn leaves on ${name} (${criterion})`, () => {
      const training = readTraining(name, step);
      const trees = ALPHAS.map((ccp_alpha) => fit(specOf(KIND, { ...ONE_TREE, criterion, ccp_alpha }), training));
      expect(trees.map((tree) => tree.feature.data.length)).to.deep.equal(nodes);
      if (!('largest' in rest)) return;
      const largest = trees.map((tree) => Math.max(...numbers(tree, 'feature_importances')));
      largest.forEach((importance, i) => expect(importance, `${ALPHAS[i]}`).to.be.closeTo(rest.largest[i], 5e-5));
    });
  }

  it('cuts a split that saves exactly that, and none that saves more', () => {
    const nodes = (ccp_alpha: number) =>
      fit(specOf(KIND, { ...ONE_TREE, ccp_alpha }), trainingSet([[1], [2]], [0, 1])).feature.data.length;
    expect([0.499, 0.5].map(nodes)).to.deep.equal([3, 1]);
  });

  it('cuts every tree by the rows that were drawn for it', () => {
    const training = readTraining('wine');
    const forest = (given: object) => fit(specOf(KIND, { n_estimators: 30, ...given }), training);
    // Not grown, or cut at its root: a tree is the shares of the classes in its rows.
    const roots = forest({ min_samples_split: 1000 });
    expect(forest({ ccp_alpha: 0.9 })).to.deep.equal(roots);
    expect(new Set(roots.share.data as Float64Array))
      .to.have.property('size')
      .above(30);
    const cut = forest({ ccp_alpha: 0.02 });
    expect(cut.feature.data.length).to.be.within(60, forest({}).feature.data.length - 60);
  });

  it('still labels rows right', () => {
    const { rows, labels } = readDataSet('wine');
    const training = readTraining('wine');
    const spec = specOf(KIND, { n_estimators: 30, ccp_alpha: 0.02 });
    const found = predict(spec, fit(spec, training), training, rows).map(argmax);
    expect(found.filter((label, i) => label === Number(labels[i])).length).to.be.above(0.97 * rows.length);
  });
});
