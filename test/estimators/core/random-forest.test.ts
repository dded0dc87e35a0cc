import { expect } from 'chai';

import { coreRandomForest } from '../../../src/estimators/core/random-forest.js';
import { TrainingCancelled, type TrainingSet } from '../../../src/estimators/estimator.js';
import type { Tensors } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { argmax, fit, predict, specOf, trainingSet } from '../../support/estimation.js';
import { refusalOf } from '../../support/refusal.js';

const KIND = 'random_forest_classifier';
const one = { nFeatures: 1, nClasses: 2 };

function forest(given: Record<string, unknown>) {
  return specOf(KIND, given, 'core');
}

const leavesOf = (tensors: Tensors) => tensors.leaf.data.length;
const importancesOf = (tensors: Tensors) => Array.from(tensors.feature_importances.data, Number);

/** Numbers in [0, 1) that are the same in every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('A random forest of the core', () => {
  const { rows } = readDataSet('wine');
  const y = readDataSet('wine').labels.map(Number);
  const wine = trainingSet(rows, y, 3);

  it('knows its training rows by heart without bootstrap and limits', () => {
    for (const criterion of ['gini', 'entropy', 'log_loss']) {
      const spec = forest({ n_estimators: 2, bootstrap: false, criterion });
      const probabilities = predict(spec, fit(spec, wine), wine, rows);
      expect(probabilities).to.deep.equal(y.map((label) => [0, 1, 2].map((c) => (c === label ? 1 : 0))));
    }
  });

  it('cuts halfway between the classes, what is on the cut goes left', () => {
    const spec = forest({ n_estimators: 1, bootstrap: false });
    const tensors = fit(spec, trainingSet([[1], [2], [4], [9]], [0, 0, 1, 1]));
    expect(tensors.threshold.data).to.deep.equal(Float64Array.of(3));
    expect(predict(spec, tensors, one, [[3], [3.001]]).map(argmax)).to.deep.equal([0, 1]);
  });

  for (const [what, low, high] of [
    ['', 0, 1],
    [', were it by the last bit', 1, 1 + Number.EPSILON],
    [', were it across all numbers', -Number.MAX_VALUE, Number.MAX_VALUE],
  ] as const) {
    it(`separates what no single cut makes purer${what}`, () => {
      const corners = [[low, low], [low, high], [high, low], [high, high]]; // prettier-ignore
      const spec = forest({ n_estimators: 1, bootstrap: false, max_features: { rule: 'all' } });
      const tensors = fit(spec, trainingSet(corners, [0, 1, 1, 0]));
      expect(predict(spec, tensors, { nFeatures: 2, nClasses: 2 }, corners).map(argmax)).to.deep.equal([0, 1, 1, 0]);
    });
  }

  it('tells up to a hundred classes apart', () => {
    for (const nClasses of [2, 3, 4, 5, 17, 100]) {
      const next = noise(nClasses);
      const labels = Array.from({ length: 30 * nClasses }, (_, i) => i % nClasses);
      const table = labels.map((label) => [label + 0.5 * next(), next(), (label % 10) + next()]);
      const spec = forest({ n_estimators: 5, max_features: { rule: 'all' } });
      const training = trainingSet(table, labels);
      const found = predict(spec, fit(spec, training), training, table).map(argmax);
      expect(found.filter((label, i) => label === labels[i]).length).to.be.at.least(0.97 * labels.length);
    }
  });

  it('averages the class shares of its leaves', () => {
    const spec = forest({ n_estimators: 3, bootstrap: false, min_samples_split: 5 });
    const tensors = fit(spec, trainingSet([[1], [2], [3], [4]], [0, 1, 1, 1]));
    expect(predict(spec, tensors, one, [[0]])).to.deep.equal([[0.25, 0.75]]);
  });

  it('keeps its trees within their limits', () => {
    const leaves = (given: object) => leavesOf(fit(forest({ n_estimators: 1, bootstrap: false, ...given }), wine));
    expect(leaves({ max_depth: 1 })).to.equal(2);
    expect(leaves({ max_depth: 2 })).to.be.within(3, 4);
    expect(leaves({ max_leaf_nodes: 5 })).to.equal(5);
    expect(leaves({ min_samples_split: 179 })).to.equal(1);
    expect(leaves({ min_samples_split: 0.5 })).to.equal(leaves({ min_samples_split: 89 }));
    expect(leaves({ min_samples_leaf: 90 })).to.equal(1);
    expect(leaves({ min_samples_leaf: 30 })).to.be.within(2, 5);
    expect(leaves({ min_samples_leaf: 30 / 178 })).to.equal(leaves({ min_samples_leaf: 30 }));
    expect(leaves({ min_weight_fraction_leaf: 0.4 })).to.be.within(1, 2);
    expect(leaves({ min_impurity_decrease: 0.5 })).to.equal(1);
    expect(leaves({})).to.be.above(5);
  });

  it('looks at max_features features a split', () => {
    const noisy = Array.from({ length: 64 }, (_, i) => [
      ...Array.from({ length: 15 }, (_value, j) => (i * (j + 7)) % 5),
      i,
    ]);
    const labels = noisy.map((_, i) => (i < 32 ? 0 : 1));
    const rootsOnIt = (max_features: object) => {
      const spec = forest({ n_estimators: 60, max_depth: 1, bootstrap: false, max_features });
      return fit(spec, trainingSet(noisy, labels)).feature.data.filter((feature) => feature === 15).length;
    };
    expect(rootsOnIt({ rule: 'all' })).to.equal(60);
    expect(rootsOnIt({ count: 1 })).to.be.within(1, 10);
    for (const four of [{ count: 4 }, { rule: 'sqrt' }, { rule: 'log2' }, { fraction: 0.25 }]) {
      expect(rootsOnIt(four), JSON.stringify(four)).to.be.within(6, 26);
    }
  });

  it('draws the rows of each tree anew, max_samples of them', () => {
    const shares = (max_samples?: number) =>
      new Set(
        fit(forest({ n_estimators: 40, max_depth: 1, min_samples_split: 1000, max_samples }), wine).share
          .data as Float64Array,
      );
    expect(shares().size).to.be.above(10);
    // Two rows: one class, which needs no share, or two halves.
    expect(shares(2)).to.deep.equal(new Set([0.5]));
    expect(shares(0.006).size).to.equal(0);
  });

  it('begins with the trees of a smaller forest, and has others under another seed', () => {
    const three = fit(forest({ n_estimators: 3 }), wine);
    const five = fit(forest({ n_estimators: 5 }), wine);
    const nodes = three.feature.data.length;
    expect(five.feature.data.slice(0, nodes)).to.deep.equal(three.feature.data);
    expect(fit(forest({ n_estimators: 3 }), { ...wine, seed: 4 })).not.to.deep.equal(three);
  });

  it('tells which features mattered', () => {
    const next = noise(5);
    const table = Array.from({ length: 300 }, () => [next(), next(), 1, next()]);
    const training = trainingSet(
      table,
      table.map((row) => (row[0] + 0.3 * row[3] > 0.6 ? 1 : 0)),
    );
    const importances = importancesOf(fit(forest({ n_estimators: 20 }), training));
    expect(importances.reduce((sum, importance) => sum + importance)).to.be.closeTo(1, 1e-12);
    expect(importances[0]).to.be.above(importances[3]);
    expect(importances[3]).to.be.above(importances[1]);
    expect(importances[2]).to.equal(0);
    expect(importancesOf(fit(forest({ n_estimators: 2 }), trainingSet([[1], [1]], [0, 1])))).to.deep.equal([0]);
  });

  describe('with weights', () => {
    const weighted = (training: TrainingSet, sampleWeight: number[]) => ({
      ...training,
      sampleWeight: Float64Array.from(sampleWeight),
    });

    it('takes weights of 0 for absent rows', () => {
      for (const bootstrap of [true, false]) {
        for (const scale of [1, 0.37]) {
          const spec = forest({ n_estimators: 5, bootstrap });
          const weights = y.map((_, i) => (i % 3 === 0 ? 0 : scale * (1 + (i % 4))));
          const kept = rows.filter((_, i) => weights[i] > 0);
          const left = trainingSet(
            kept,
            y.filter((_, i) => weights[i] > 0),
            3,
          );
          expect(fit(spec, weighted(wine, weights))).to.deep.equal(
            fit(
              spec,
              weighted(
                left,
                weights.filter((weight) => weight > 0),
              ),
            ),
          );
        }
      }
    });

    it('takes whole weights for repeated rows, and equal ones for none', () => {
      const spec = forest({ n_estimators: 3, bootstrap: false });
      const twice = trainingSet([...rows, ...rows.slice(0, 50)], [...y, ...y.slice(0, 50)], 3);
      const weights = y.map((_, i) => (i < 50 ? 2 : 1));
      const [repeated, heavier] = [fit(spec, twice), fit(spec, weighted(wine, weights))];
      expect(heavier.threshold).to.deep.equal(repeated.threshold);
      expect(heavier.leaf).to.deep.equal(repeated.leaf);
      for (const bootstrap of [true, false]) {
        const either = forest({ n_estimators: 3, bootstrap });
        const equal = weighted(
          wine,
          y.map(() => 0.3),
        );
        expect(fit(either, equal)).to.deep.equal(fit(either, wine));
      }
    });

    it('takes extreme weights for what they are beside each other', () => {
      const eighths = y.map((_, i) => (1 + ((i * 7) % 23)) / 8);
      for (const given of [{ bootstrap: false }, {}, { max_samples: 50 }]) {
        const spec = forest({ n_estimators: 3, ...given });
        const fitScaled = (scale: number) =>
          fit(
            spec,
            weighted(
              wine,
              eighths.map((weight) => weight * scale),
            ),
          );
        const ordinary = fitScaled(1);
        // Sums overflow; the inverse of the sum does; the weights are denormal.
        for (const scale of [2 ** 1022, 2 ** -1015, 2 ** -1071]) {
          expect(fitScaled(scale), `${JSON.stringify(given)} times ${scale}`).to.deep.equal(ordinary);
        }
      }
    });

    it('takes max_samples for a share of the weight, and hears a cancellation while so many rows are drawn', () => {
      const heavy = weighted(
        wine,
        y.map((_, i) => (1 + (i % 2)) * 10_000),
      );
      const spec = forest({ n_estimators: 1, max_samples: 1 });
      let calls = 0;
      fit(spec, heavy, { progress: () => calls++ });
      // 2.67 million rows are drawn.
      expect(calls).to.be.above(40);
      calls = 0;
      const cancel = () => {
        if (++calls === 20) throw new TrainingCancelled();
      };
      expect(() => fit(spec, heavy, { progress: cancel })).to.throw(TrainingCancelled);
      expect(calls).to.equal(20);
    });

    it('refuses to draw more rows for a tree than it can count', () => {
      const refusal = (weight: number, max_samples: number) =>
        refusalOf(
          () =>
            fit(
              forest({ max_samples }),
              weighted(
                wine,
                y.map(() => weight),
              ),
            ),
          'INVALID_REQUEST',
          [`estimator.${KIND}.max_samples`],
        ).message;
      expect(refusal(2 ** 32 / 178, 1)).to.contain('would draw 4294967296 rows for each tree, of at most 2147483647');
      expect(refusal(1e9, 0.5)).to.contain('89000000000 rows').and.contain('scale the weights down');
      expect(refusal(1e308, 0.5)).to.contain('would draw more than 1.79');
    });

    it('leans to the heavier class', () => {
      for (const bootstrap of [true, false]) {
        const spec = forest({ n_estimators: 200, bootstrap, max_depth: 1 });
        const mixed = trainingSet(Array.from({ length: 40 }, () => [1]), Array.from({ length: 40 }, (_, i) => i % 2)); // prettier-ignore
        const tensors = fit(
          spec,
          weighted(
            mixed,
            mixed.x.reduce<number[]>((all, _, i) => [...all, i % 2 === 0 ? 0.3 : 0.9], []),
          ),
        );
        expect(predict(spec, tensors, one, [[1]])[0][1]).to.be.closeTo(0.75, bootstrap ? 0.03 : 1e-6);
      }
    });
  });

  describe('with missing values', () => {
    it('learns where they go', () => {
      const table = Array.from({ length: 40 }, (_, i) => [i % 4 === 0 ? NaN : i]);
      const labels = table.map(([value]) => (Number.isNaN(value) || value > 30 ? 1 : 0));
      const spec = forest({ n_estimators: 1, bootstrap: false });
      const tensors = fit(spec, trainingSet(table, labels));
      expect(predict(spec, tensors, one, table).map(argmax)).to.deep.equal(labels);
      expect(predict(spec, tensors, one, [[NaN], [1], [NaN], [39]]).map(argmax)).to.deep.equal([1, 0, 1, 1]);
    });

    it('separates them from all others', () => {
      const spec = forest({ n_estimators: 1, bootstrap: false });
      const tensors = fit(spec, trainingSet([[NaN], [1], [2], [NaN]], [1, 0, 0, 1]));
      expect(tensors.threshold.data).to.deep.equal(Float64Array.of(Infinity));
      expect(predict(spec, tensors, one, [[NaN], [1e300], [-5]]).map(argmax)).to.deep.equal([1, 0, 0]);
    });

    it('sends those that it has not seen in training to the larger side', () => {
      const spec = forest({ n_estimators: 1, bootstrap: false });
      const larger = (labels: number[]) =>
        argmax(predict(spec, fit(spec, trainingSet([[1], [2], [3]], labels)), one, [[NaN]])[0]);
      expect(larger([0, 0, 1])).to.equal(0);
      expect(larger([0, 1, 1])).to.equal(1);
    });

    it('works with a column of nothing else, and with rows of nothing else', () => {
      const table = Array.from({ length: 30 }, (_, i) => [NaN, i < 25 ? i : NaN]);
      const training = trainingSet(
        table,
        table.map((_, i) => (i < 10 ? 0 : 1)),
      );
      const spec = forest({ n_estimators: 10 });
      const tensors = fit(spec, training);
      expect(importancesOf(tensors)[0]).to.equal(0);
      expect(predict(spec, tensors, training, table).map(argmax).slice(0, 9)).to.deep.equal(
        Array.from({ length: 9 }, () => 0),
      );
    });

    it('predicts complete rows the same in whatever company', () => {
      const spec = forest({ n_estimators: 10 });
      const tensors = fit(spec, wine);
      const alone = rows.map((row) => predict(spec, tensors, wine, [row])[0]);
      expect(predict(spec, tensors, wine, rows)).to.deep.equal(alone);
      const holes = rows.map((row, i) => (i % 3 === 0 ? row.map((value, j) => (j === i % 13 ? NaN : value)) : row));
      const company = predict(spec, tensors, wine, holes);
      company.forEach((found, i) => expect(found).to.deep.equal(predict(spec, tensors, wine, [holes[i]])[0]));
      company.forEach((found, i) => i % 3 === 0 || expect(found).to.deep.equal(alone[i]));
    });
  });

  it('predicts many more rows than a batch', () => {
    const spec = forest({ n_estimators: 3 });
    const tensors = fit(spec, wine);
    const many = Array.from({ length: 2_500 }, (_, i) => rows[i % rows.length]);
    const found = predict(spec, tensors, wine, many);
    const expected = predict(spec, tensors, wine, rows);
    found.forEach((row, i) => expect(row).to.deep.equal(expected[i % rows.length]));
  });

  it('is as accurate as a forest of trees on the values themselves', () => {
    for (const name of ['iris', 'breast_cancer'] as const) {
      const set = readDataSet(name);
      const classes = [...new Set(set.labels)].toSorted();
      const labels = set.labels.map((label) => classes.indexOf(label));
      const held = (i: number) => i % 4 === 0;
      const training = trainingSet(
        set.rows.filter((_, i) => !held(i)),
        labels.filter((_, i) => !held(i)),
      );
      const brier = (engine: 'core' | 'mljs') => {
        const spec = specOf(KIND, { n_estimators: 60 }, engine);
        const found = predict(
          spec,
          fit(spec, training),
          training,
          set.rows.filter((_, i) => held(i)),
        );
        const truth = labels.filter((_, i) => held(i));
        const squares = found.map((row, i) => row.reduce((sum, p, k) => sum + (p - (k === truth[i] ? 1 : 0)) ** 2, 0));
        return squares.reduce((sum, square) => sum + square) / squares.length;
      };
      expect(brier('core'), name).to.be.below(brier('mljs') + 0.01);
    }
  });

  it('estimates its memory as that of its data and its trees', () => {
    const { hyperparameters } = forest({});
    const bytes = (nSamples: number, given = {}) =>
      coreRandomForest.trainingBytes?.(
        { nSamples, nFeatures: 20, nClasses: 2, nValidation: 0, weighted: false, values: new Float64Array() },
        { ...hyperparameters, ...given } as never,
      ).learning ?? 0;
    expect(bytes(100_000)).to.be.within(40e6, 120e6);
    expect(bytes(400_000) / bytes(200_000)).to.be.closeTo(2, 0.05);
    expect(bytes(100_000, { max_depth: 5 })).to.be.below(bytes(100_000) / 3);
  });

  it('refuses what does not fit the data', () => {
    const refused = (given: Record<string, unknown>, field: string) =>
      refusalOf(() => fit(forest(given), wine), 'INVALID_REQUEST', [`estimator.${KIND}.${field}`]);
    refused({ max_features: { count: 14 } }, 'max_features.count');
    refused({ max_samples: 179 }, 'max_samples');
    refused({ max_samples: 0.5, bootstrap: false }, 'max_samples');
  });
});
