import { expect } from 'chai';

import { TrainingCancelled, type TrainingSet, type ValidationSet } from '../../../../src/estimators/estimator.js';
import type { Tensors } from '../../../../src/estimators/tensor.js';
import { codesByFrequency } from '../../../support/categories.js';
import { fit, predict, specOf, trainingSet } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';
import { refusalOf } from '../../../support/refusal.js';

const KIND = 'cat_boost_classifier';

/** Rows of noise with a little truth, on which boosting soon learns too much; the last two of five columns are categories. */
function noisy(n: number, nClasses: number, seed: number, categories = false): TrainingSet {
  const random = lcg(seed);
  const raw = Array.from({ length: n }, () => [
    random(),
    random(),
    random(),
    Math.floor(random() * 4),
    Math.floor(random() * 12),
  ]);
  const { rows, nCategories } = codesByFrequency(raw, categories ? [3, 4] : []);
  const y = raw.map(([a, , , , c], i) => {
    if (i < nClasses) return i;
    return Math.min(nClasses - 1, Math.floor((random() < 0.6 ? (a + (c % 3) / 3) / 2 : random()) * nClasses));
  });
  return { ...trainingSet(rows, y), ...(categories && { nCategories }) };
}

function rowsOf({ x, nSamples, nFeatures }: TrainingSet): number[][] {
  return Array.from({ length: nSamples }, (_, row) => [...x.subarray(row * nFeatures, (row + 1) * nFeatures)]);
}

function without(tensors: Tensors, ...names: string[]): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));
}

describe('The training of oblivious trees', () => {
  for (const nClasses of [2, 3]) {
    for (const categories of [false, true]) {
      const what = `${nClasses} classes${categories ? ', categories' : ''}`;
      const training = noisy(250, nClasses, 8, categories);

      it(`tells each iteration once it is done, with a loss that falls: ${what}`, () => {
        const told: [iteration: number, iterations: number, loss: number | undefined][] = [];
        fit(specOf(KIND, { iterations: 5, learning_rate: 0.2, random_strength: 0, bootstrap_type: 'no' }), training, {
          progress(iteration, iterations, loss) {
            if (told.at(-1)?.[0] !== iteration) told.push([iteration, iterations, loss]);
          },
        });
        expect(told.map(([iteration, iterations]) => [iteration, iterations])).to.deep.equal(
          [0, 1, 2, 3, 4, 5].map((iteration) => [iteration, 5]),
        );
        const losses = told.map(([, , loss]) => loss ?? Math.log(nClasses));
        expect(losses).to.deep.equal(losses.toSorted((a, b) => b - a));
        expect(losses[5]).to.be.below(losses[0]);
      });

      it(`hears of a cancellation inside an iteration: ${what}`, () => {
        const spec = specOf(KIND, { iterations: 4 });
        const calls = new Map<number, number>();
        const count = (iteration: number) => calls.set(iteration, (calls.get(iteration) ?? 0) + 1).get(iteration) ?? 0;
        fit(spec, training, { progress: (iteration) => void count(iteration) });
        // The second iteration has nothing but a tree, of six levels.
        expect(calls.get(1)).to.be.above(6);
        calls.clear();
        const cancelled = () =>
          fit(spec, training, {
            progress(iteration) {
              if (count(iteration) > 4 && iteration === 1) throw new TrainingCancelled();
            },
          });
        expect(cancelled).to.throw(TrainingCancelled);
        expect([...calls.keys()]).to.deep.equal([0, 1]);
      });

      for (const sampled of [false, true]) {
        it(`stops early as if told to end at the best iteration: ${what}${sampled ? ', sampled' : ''}`, () => {
          const held = noisy(120, nClasses, 4, categories);
          const { nSamples, x, y } = held;
          const validation: ValidationSet = { nSamples, x, y, earlyStoppingRounds: 4 };
          const given = { learning_rate: 0.3, ...(sampled ? { rsm: 0.6 } : { bootstrap_type: 'no' }) };
          const losses: number[] = [];
          const { n_iter, best_iteration, ...kept } = fit(
            specOf(KIND, { ...given, iterations: 90 }),
            { ...training, validation },
            {
              progress(iteration, _, __, loss) {
                if (loss !== undefined && iteration > losses.length) losses.push(loss);
              },
            },
          );
          const best = Number(best_iteration.data[0]);
          expect(best).to.be.within(1, 85);
          expect(losses.indexOf(Math.min(...losses))).to.equal(best - 1);
          expect(n_iter.data[0])
            .to.equal(best + 4)
            .and.to.equal(losses.length);
          // The order of the rows is drawn by how many iterations there may be.
          if (categories) return;
          const told = fit(specOf(KIND, { ...given, iterations: best }), training);
          expect(told.n_iter.data[0]).to.equal(best);
          expect(kept).to.deep.equal(without(told, 'n_iter'));
        });
      }

      it(`shows the loss of the rows that are held out as that of its predictions: ${what}`, () => {
        const { nSamples, x, y } = noisy(90, nClasses, 5, categories);
        // A category that the training has not seen, and a missing value.
        const strange = x.map((value, at) => (at === 5 * 7 + 4 ? 12 : at === 5 * 3 ? NaN : value));
        const validation: ValidationSet = { nSamples, x: strange, y, earlyStoppingRounds: 0 };
        let last = NaN;
        const spec = specOf(KIND, { iterations: 8, learning_rate: 0.3, one_hot_max_size: 4 });
        const tensors = fit(
          spec,
          { ...training, validation },
          {
            progress(_, __, ___, loss) {
              last = loss ?? last;
            },
          },
        );
        const rows = Array.from({ length: nSamples }, (_, row) => [...strange.subarray(5 * row, 5 * row + 5)]);
        const probabilities = predict(spec, tensors, training, rows);
        const loss = probabilities.reduce((sum, of, row) => sum - Math.log(of[y[row]]), 0) / nSamples;
        expect(last).to.be.closeTo(loss, 1e-5);
      });
    }
  }

  it('is the same under the same seed, and another one under another, wherever something is drawn', () => {
    const training = noisy(200, 2, 3);
    const withCategories = noisy(200, 2, 3, true);
    const plain = { iterations: 5, random_strength: 0, bootstrap_type: 'no' };
    for (const [given, of] of [
      [{ ...plain, random_strength: 1 }, training],
      [{ ...plain, bootstrap_type: 'mvs' }, training],
      [{ ...plain, bootstrap_type: 'bayesian' }, training],
      [{ ...plain, bootstrap_type: 'bernoulli' }, training],
      [{ ...plain, rsm: 0.5 }, training],
      [plain, withCategories],
    ] as const) {
      const learned = (seed: number) => fit(specOf(KIND, given), { ...of, seed });
      expect(learned(1), JSON.stringify(given)).to.deep.equal(learned(1));
      expect(learned(1), JSON.stringify(given)).not.to.deep.equal(learned(2));
    }
    expect(fit(specOf(KIND, plain), { ...training, seed: 1 })).to.deep.equal(
      fit(specOf(KIND, plain), { ...training, seed: 2 }),
    );
  });

  it('looks at all features at some level, and at some of them at each, by rsm', () => {
    const training = noisy(300, 2, 6);
    const splits = (rsm: number) => {
      const tensors = fit(specOf(KIND, { iterations: 60, depth: 1, rsm, random_strength: 0 }), training);
      return Array.from(tensors.feature_splits.data, Number);
    };
    // Where all are looked at, the one that tells most is taken again and again.
    const [most] = splits(1).toSorted((a, b) => b - a);
    const few = splits(0.3);
    expect(Math.max(...few)).to.be.below(most);
    expect(few.reduce((sum, n) => sum + n, 0)).to.be.within(30, 59);
  });

  it('has importances that sum up to 1, and counts the splits of each feature', () => {
    const tensors = fit(specOf(KIND, { iterations: 20 }), noisy(300, 3, 7));
    const importances = Array.from(tensors.feature_importances.data, Number);
    expect(importances.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-9);
    const columns = Array.from(tensors.split_feature.data, Number);
    const counts = importances.map((_, feature) => columns.filter((column) => column === feature).length);
    expect(Array.from(tensors.feature_splits.data, Number)).to.deep.equal(counts);
  });

  it('shares the importance of a statistic among the columns that it tells rows apart by', () => {
    const training = noisy(400, 2, 9, true);
    // From 200 iterations on, categories are combined.
    const tensors = fit(specOf(KIND, { iterations: 200, learning_rate: 0.1 }), training);
    const importances = Array.from(tensors.feature_importances.data, Number);
    expect(importances.reduce((sum, share) => sum + share, 0)).to.be.closeTo(1, 1e-9);
    const kinds = Array.from(tensors.split_kind.data, Number);
    expect(kinds).to.include(0).and.to.include(2);
    expect(importances[3] + importances[4]).to.be.above(0.1);
    const tests = tensors.projection_test_column.data.length;
    expect(tests).to.be.above(0);
  }).timeout(60_000);

  it('gives its rows back before it learns', () => {
    for (const training of [noisy(50, 2, 1), noisy(50, 3, 1, true)]) {
      let released = 0;
      fit(specOf(KIND, { iterations: 2 }), { ...training, releaseX: () => released++ });
      expect(released).to.equal(1);
    }
  });
});

describe('The weights of the rows of oblivious trees', () => {
  const plain = noisy(200, 2, 2);
  const exact = { iterations: 10, learning_rate: 0.2, random_strength: 0, bootstrap_type: 'no' };
  const weighted = (training: TrainingSet, weightOf: (row: number) => number) => ({
    ...training,
    sampleWeight: Float64Array.from(training.y, (_, row) => weightOf(row)),
  });

  it('matter in proportion only', () => {
    for (const training of [plain, noisy(200, 3, 2), noisy(200, 2, 2, true)]) {
      const spec = specOf(KIND, exact);
      const one = predict(
        spec,
        fit(
          spec,
          weighted(training, (row) => 1 + (row % 3)),
        ),
        training,
        rowsOf(training),
      );
      const many = predict(
        spec,
        fit(
          spec,
          weighted(training, (row) => 8 + 8 * (row % 3)),
        ),
        training,
        rowsOf(training),
      );
      many.forEach((of, row) => of.forEach((p, k) => expect(p).to.be.closeTo(one[row][k], 1e-5)));
    }
  });

  it('of 0 leave no trace of their rows', () => {
    for (const categories of [false, true]) {
      const training = noisy(200, 2, 2, categories);
      const kept = [...training.y.keys()].filter((row) => row % 4 !== 1);
      const rows = rowsOf(training);
      const alone = {
        ...trainingSet(
          kept.map((row) => rows[row]),
          kept.map((row) => training.y[row]),
        ),
        nCategories: training.nCategories,
        sampleWeight: Float64Array.from(kept, (row) => 1 + (row % 2)),
      };
      const spec = specOf(KIND, { iterations: 6 });
      expect(fit(spec, weighted(training, (row) => (row % 4 === 1 ? 0 : 1 + (row % 2))))).to.deep.equal(fit(spec, alone)); // prettier-ignore
    }
  });

  it('may be very large, or so small that they are as good as nothing', () => {
    for (const nClasses of [2, 3]) {
      const training = noisy(200, nClasses, 2);
      const spec = specOf(KIND, exact);
      const usual = predict(spec, fit(spec, training), training, rowsOf(training));
      for (const weight of [1e30, 1e-30]) {
        const found = predict(spec, fit(spec, weighted(training, () => weight)), training, rowsOf(training)); // prettier-ignore
        found.forEach((of, row) => of.forEach((p, k) => expect(p, `weight ${weight}`).to.be.closeTo(usual[row][k], 1e-3))); // prettier-ignore
      }
    }
  });

  it('are refused where single precision has nothing of them, or could not sum them up', () => {
    for (const weight of [1e-60, 1e31]) {
      refusalOf(() => fit(specOf(KIND, exact), weighted(plain, () => weight)), 'INVALID_REQUEST', ['sample_weight']); // prettier-ignore
    }
  });

  it('come from the classes by auto_class_weights, as if given', () => {
    const training = noisy(200, 3, 2);
    const counts = [0, 1, 2].map((label) => training.y.reduce((n, each) => n + (each === label ? 1 : 0), 0));
    const most = Math.max(...counts);
    for (const [auto_class_weights, factor] of [
      ['balanced', (label: number) => most / counts[label]],
      ['sqrt_balanced', (label: number) => Math.sqrt(most / counts[label])],
    ] as const) {
      const learned = fit(specOf(KIND, { ...exact, auto_class_weights }), training);
      const given = fit(specOf(KIND, exact), weighted(training, (row) => factor(training.y[row]))); // prettier-ignore
      expect(learned).to.deep.equal(given);
      expect(learned).not.to.deep.equal(fit(specOf(KIND, exact), training));
    }
  });
});

describe('Chance in oblivious trees', () => {
  const training = noisy(500, 2, 12);
  const held = noisy(500, 2, 13);
  const lossOf = (given: object, seed: number) => {
    const spec = specOf(KIND, { iterations: 40, learning_rate: 0.1, ...given });
    const probabilities = predict(spec, fit(spec, { ...training, seed }), training, rowsOf(held));
    return probabilities.reduce((sum, of, row) => sum - Math.log(of[held.y[row]]), 0) / probabilities.length;
  };
  const mean = (given: object) => [1, 2, 3, 4, 5, 6].reduce((sum, seed) => sum + lossOf(given, seed) / 6, 0);

  it('does no harm, however rows are sampled', () => {
    const plain = lossOf({ random_strength: 0, bootstrap_type: 'no' }, 0);
    for (const given of [{}, { bootstrap_type: 'bayesian' }, { bootstrap_type: 'bernoulli' }, { random_strength: 0 }]) {
      expect(mean(given), JSON.stringify(given)).to.be.within(plain - 0.05, plain + 0.05);
    }
  });

  it('makes all splits alike where it is very strong', () => {
    const tensors = fit(
      specOf(KIND, { iterations: 60, random_strength: 1000, depth: 2, learning_rate: 0.01 }),
      training,
    );
    const splits = Array.from(tensors.feature_splits.data, Number);
    for (const count of splits) expect(count).to.be.within(8, 48);
    const calm = fit(specOf(KIND, { iterations: 60, random_strength: 0, depth: 2, learning_rate: 0.01 }), training);
    expect(Math.max(...Array.from(calm.feature_splits.data, Number))).to.be.above(48);
  });
});
