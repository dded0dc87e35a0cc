import { expect } from 'chai';

import type { Tensors } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import { refusalOf } from '../../support/refusal.js';

const KIND = 'random_forest_classifier';
const one = { nFeatures: 1, nClasses: 2 };

function forest(given: Record<string, unknown>) {
  return specOf(KIND, given, 'mljs');
}

/** The longest path from the root of the first tree, in splits. */
function depthOf(tensors: Tensors): number {
  const [feature, next] = [tensors.feature.data, tensors.next.data];
  const depth = (node: number): number =>
    feature[node] === -1 ? 0 : 1 + Math.max(depth(node + 1), depth(Number(next[node])));
  return depth(0);
}

describe('A random forest of ml-random-forest', () => {
  const { rows } = readDataSet('wine');
  const y = readDataSet('wine').labels.map(Number);
  const wine = trainingSet(rows, y, 3);

  it('knows its training rows by heart without bootstrap and limits', () => {
    const spec = forest({ n_estimators: 2, bootstrap: false });
    const probabilities = predict(spec, fit(spec, wine), wine, rows);
    expect(probabilities).to.deep.equal(y.map((label) => [0, 1, 2].map((c) => (c === label ? 1 : 0))));
  });

  it('cuts halfway between the classes', () => {
    const spec = forest({ n_estimators: 1, bootstrap: false });
    const tensors = fit(spec, trainingSet([[1], [2], [4], [9]], [0, 0, 1, 1]));
    expect(predict(spec, tensors, one, [[2.999], [3]])).to.deep.equal([
      [1, 0],
      [0, 1],
    ]);
    expect(tensors.threshold.data).to.deep.equal(Float64Array.of(3, 0, 0));
  });

  for (const [what, low, high] of [
    ['', 0, 1],
    [', were it by the last bit', 1, 1 + Number.EPSILON],
    [', were it across all numbers', -Number.MAX_VALUE, Number.MAX_VALUE],
  ] as const) {
    it(`separates what no single cut makes purer${what}`, () => {
      const corners = [
        [low, low],
        [low, high],
        [high, low],
        [high, high],
      ];
      const spec = forest({ n_estimators: 1, bootstrap: false, max_features: { rule: 'all' } });
      const tensors = fit(spec, trainingSet(corners, [0, 1, 1, 0]));
      expect(predict(spec, tensors, { nFeatures: 2, nClasses: 2 }, corners).map(argmax)).to.deep.equal([0, 1, 1, 0]);
    });
  }

  it('grows a tree as deep as its rows ask for', () => {
    // Every cut but an outermost one leaves the sides as mixed as before.
    const n = 201;
    const line = Array.from({ length: n }, (_, i) => [i]);
    const labels = line.map((_, i) => i % 2);
    const spec = forest({ n_estimators: 1, bootstrap: false });
    const tensors = fit(spec, trainingSet(line, labels));
    expect(predict(spec, tensors, one, line).map(argmax)).to.deep.equal(labels);
    expect(tensors.feature.data.length).to.equal(2 * n - 1);
  });

  it('averages the class shares of its leaves', () => {
    const spec = forest({ n_estimators: 3, bootstrap: false, min_samples_split: 5 });
    const tensors = fit(spec, trainingSet([[1], [2], [3], [4]], [0, 1, 1, 1]));
    expect(predict(spec, tensors, one, [[0]])).to.deep.equal([[0.25, 0.75]]);
  });

  it('stops at max_depth', () => {
    for (const max_depth of [1, 2, 3]) {
      expect(depthOf(fit(forest({ n_estimators: 1, max_depth }), wine))).to.equal(max_depth);
    }
    expect(depthOf(fit(forest({ n_estimators: 1 }), wine))).to.be.above(3);
  });

  it('splits no node of fewer rows than min_samples_split, a count or a share', () => {
    const leaves = (min_samples_split: number) =>
      fit(forest({ n_estimators: 1, bootstrap: false, min_samples_split }), wine).leaf_start.data.length - 1;
    expect(leaves(179)).to.equal(1);
    expect(leaves(178)).to.be.above(1);
    // 0.5 of 178 rows are 89.
    expect(leaves(0.5)).to.equal(leaves(89));
    expect(leaves(0.5)).to.be.below(leaves(2));
  });

  it('looks at max_features features a split', () => {
    // Only the last of 16 features tells the classes apart, and each cut of the others does nearly nothing.
    const noisy = Array.from({ length: 64 }, (_, i) => [
      ...Array.from({ length: 15 }, (_value, j) => (i * (j + 7)) % 5),
      i,
    ]);
    const labels = noisy.map((_, i) => (i < 32 ? 0 : 1));
    const rootsOnIt = (max_features: object) => {
      const tensors = fit(
        forest({ n_estimators: 60, max_depth: 1, bootstrap: false, max_features }),
        trainingSet(noisy, labels),
      );
      return Array.from(tensors.tree_start.data.slice(0, -1), Number).filter(
        (root) => tensors.feature.data[root] === 15,
      ).length;
    };
    expect(rootsOnIt({ rule: 'all' })).to.equal(60);
    expect(rootsOnIt({ count: 16 })).to.equal(60);
    // Shares of 1/16 and 4/16 of 60 roots are 3.75 and 15.
    expect(rootsOnIt({ count: 1 })).to.be.within(1, 10);
    for (const four of [{ count: 4 }, { rule: 'sqrt' }, { rule: 'log2' }, { fraction: 0.25 }]) {
      expect(rootsOnIt(four), JSON.stringify(four)).to.be.within(7, 25);
    }
    expect(rootsOnIt({ rule: 'sqrt' })).to.equal(rootsOnIt({ count: 4 }));
    expect(rootsOnIt({ rule: 'log2' })).to.equal(rootsOnIt({ fraction: 0.3 }));
    expect(rootsOnIt({ fraction: 0.01 })).to.equal(rootsOnIt({ count: 1 }));
  });

  it('draws the rows of each tree anew, max_samples of them', () => {
    const shareOfFirst = (max_samples?: number) => {
      const tensors = fit(forest({ n_estimators: 40, max_depth: 1, min_samples_split: 1000, max_samples }), wine);
      return Array.from(tensors.leaf_share.data, Number);
    };
    expect(new Set(shareOfFirst()).size).to.be.above(10);
    // Two rows: shares of a half and of the whole only.
    expect(new Set(shareOfFirst(2))).to.deep.equal(new Set([0.5, 1]));
    // 0.006 of 178 rows is one row.
    expect(new Set(shareOfFirst(0.006))).to.deep.equal(new Set([1]));
    expect(shareOfFirst(1)).to.deep.equal(shareOfFirst());
  });

  it('begins with the trees of a smaller forest, and has others under another seed', () => {
    const three = fit(forest({ n_estimators: 3 }), wine);
    const five = fit(forest({ n_estimators: 5 }), wine);
    const nodes = three.feature.data.length;
    expect(five.feature.data.slice(0, nodes)).to.deep.equal(three.feature.data);
    expect(fit(forest({ n_estimators: 3 }), { ...wine, seed: 4 })).not.to.deep.equal(three);
  });

  it('refuses what does not fit the data', () => {
    const refused = (given: Record<string, unknown>, field: string) =>
      refusalOf(() => fit(forest(given), wine), 'INVALID_REQUEST', [`estimator.${KIND}.${field}`]);
    refused({ max_features: { count: 14 } }, 'max_features.count');
    refused({ max_samples: 179 }, 'max_samples');
    refused({ max_samples: 0.5, bootstrap: false }, 'max_samples');
  });
});
