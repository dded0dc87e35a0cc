import { expect } from 'chai';

import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { TENSOR_ARRAYS, type Dtype, type Tensor, type Tensors } from '../../../../src/estimators/tensor.js';
import { codesByFrequency } from '../../../support/categories.js';
import { argmax, fit, predict, specOf } from '../../../support/estimation.js';
import { lcg } from '../../../support/problems.js';
import { refusalOf } from '../../../support/refusal.js';

const KINDS = ['lgbm_classifier', 'xgb_classifier'] as const;
type Kind = (typeof KINDS)[number];

interface Problem {
  readonly rows: number[][];
  readonly training: TrainingSet;
}

/** Rows whose columns from the second one on are categories, in any numbers. */
function problemOf(
  table: readonly (readonly number[])[],
  y: readonly number[],
  given: Partial<TrainingSet> = {},
): Problem {
  const columns = table[0].flatMap((_, column) => (column > 0 ? [column] : []));
  const { rows, nCategories } = codesByFrequency(table, columns);
  const training: TrainingSet = {
    nSamples: rows.length,
    nFeatures: nCategories.length,
    nClasses: y.reduce((most, label) => Math.max(most, label), 0) + 1,
    nCategories,
    x: Float64Array.from(rows.flat()),
    y: Int32Array.from(y),
    seed: 0,
    ...given,
  };
  return { rows, training };
}

/** 12 categories in no order, of which every other one is of the second class, beside a number that tells nothing. */
function everyOther(nRows = 1_200, nClasses = 2): Problem {
  const random = lcg(5);
  const table = Array.from({ length: nRows }, () => [random(), Math.floor(random() * 12)]);
  return problemOf(
    table,
    table.map(([, category]) => category % nClasses),
  );
}

function learn(kind: Kind, { rows, training }: Problem, given: object = {}) {
  const spec = specOf(kind, { n_estimators: 30, ...given });
  const tensors = fit(spec, training);
  const ask = (asked: readonly (readonly number[])[]) => predict(spec, tensors, training, asked);
  const probabilities = ask(rows);
  for (const row of probabilities) expect(row.reduce((sum, p) => sum + p)).to.be.closeTo(1, 1e-9);
  return { tensors, ask, probabilities };
}

function accuracy(probabilities: readonly number[][], { y }: TrainingSet): number {
  return probabilities.filter((row, i) => argmax(row) === y[i]).length / y.length;
}

function nSplits({ tensors }: { tensors: Tensors }, feature: number): number {
  return Number(tensors.feature_splits.data[feature]);
}

for (const kind of KINDS) {
  describe(`Categories, as ${kind} parts them`, () => {
    it('are told apart in one split, whatever their order', () => {
      const learned = learn(kind, everyOther(), { n_estimators: 1, learning_rate: 1 });
      expect(accuracy(learned.probabilities, everyOther().training)).to.equal(1);
      expect(learned.tensors.threshold.data).to.deep.equal(Float64Array.of(NaN));
      expect([...learned.tensors.category_start.data]).to.deep.equal([0, 6]);
    });

    it('are told apart by more classes, too', () => {
      const problem = everyOther(1_200, 3);
      expect(accuracy(learn(kind, problem).probabilities, problem.training)).to.equal(1);
    });

    it('are learned the same way every time, and without a trace where there are none', () => {
      const problem = everyOther();
      expect(learn(kind, problem).tensors).to.deep.equal(learn(kind, problem).tensors);
      const { training } = problem;
      const absent = learn(kind, { ...problem, training: { ...training, nCategories: undefined } });
      const none = learn(kind, { ...problem, training: { ...training, nCategories: new Uint32Array(2) } });
      expect(none.tensors).to.deep.equal(absent.tensors);
      expect(none.tensors).not.to.have.any.keys('category_start', 'listed_categories', 'listed_left');
    });

    it('are nothing to look at when there is only one, and none is missing', () => {
      const random = lcg(8);
      const table = Array.from({ length: 400 }, () => [random(), 3]);
      const y = table.map(([a]) => (a > 0.5 ? 1 : 0));
      const learned = learn(kind, problemOf(table, y));
      expect(nSplits(learned, 1)).to.equal(0);
      expect(accuracy(learned.probabilities, problemOf(table, y).training)).to.be.above(0.98);
    });

    it('are told from missing ones when there is only one', () => {
      const table = Array.from({ length: 400 }, (_, i) => [0, i % 2 === 0 ? 3 : NaN]);
      const problem = problemOf(
        table,
        table.map((_, i) => i % 2),
      );
      const learned = learn(kind, problem);
      expect(nSplits(learned, 1)).to.be.above(0);
      expect(accuracy(learned.probabilities, problem.training)).to.equal(1);
    });

    it('teach next to nothing when each row has its own', () => {
      const random = lcg(3);
      const table = Array.from({ length: 600 }, (_, i) => [random(), i]);
      const y = table.map(([a]) => (a + random() > 1 ? 1 : 0));
      const problem = problemOf(table, y);
      const { ask } = learn(kind, problem);
      for (const row of ask([[0.9, 600], [0.1, 600]])) for (const p of row) expect(p).to.be.within(0.001, 0.999); // prettier-ignore
    });

    it('may be 100,000, frequent and rare', () => {
      const random = lcg(17);
      const table = Array.from({ length: 150_000 }, (_, i) => [
        random(),
        random() < 1 / 4 ? Math.floor(random() ** 4 * 200) : 1_000 + i,
      ]);
      const y = table.map(([, category]) => (category < 1_000 ? category % 2 : random() < 1 / 2 ? 1 : 0));
      const problem = problemOf(table, y);
      expect(problem.training.nCategories?.[1]).to.be.above(100_000);
      const { probabilities } = learn(kind, problem, { n_estimators: 5 });
      const frequent = table.flatMap(([, category], i) => (category < 1_000 ? [i] : []));
      const right = frequent.filter((row) => argmax(probabilities[row]) === y[row]);
      expect(right.length / frequent.length).to.be.above(0.8);
    }).timeout(60_000);

    it('weigh what their rows weigh', () => {
      // A category of both classes, whose rows of the second one are fewer and heavier.
      const table = Array.from({ length: 900 }, (_, i) => [0, i % 9]);
      const y = table.map(([, category], i) => (category === 4 ? Number(i % 5 === 0) : category % 2));
      const weights = (heavy: number) =>
        Float64Array.from(table, ([, category], i) => (category === 4 && y[i] === 1 ? heavy : 1));
      const of = (heavy: number) => {
        const problem = problemOf(table, y, { sampleWeight: weights(heavy) });
        return learn(kind, problem).probabilities[4][1];
      };
      expect(of(1)).to.be.below(0.45);
      expect(of(20)).to.be.above(0.7);
    });

    it('are looked at on rows held out, and on rows out of the bag', () => {
      const random = lcg(31);
      const draw = (n: number) => Array.from({ length: n }, () => [random(), Math.floor(random() * 400)]);
      const [table, held] = [draw(2_000), draw(1_000)];
      const label = ([, category]: number[]) => (random() < 0.8 ? category % 2 : 1 - (category % 2));
      const y = table.map(label);
      const { training, rows } = problemOf(table, y);
      // By the same numbers, of which some have not been seen.
      const seen = new Map(table.map(([, category], i) => [category, rows[i][1]]));
      const nSeen = training.nCategories?.[1] ?? 0;
      const heldRows = held.map(([a, category], i) => [a, i % 10 === 0 ? nSeen : (seen.get(category) ?? nSeen)]);
      const validation = {
        nSamples: held.length,
        x: Float64Array.from(heldRows.flat()),
        y: Int32Array.from(held.map(label)),
        earlyStoppingRounds: 5,
      };
      const losses: number[] = [];
      const spec = specOf(kind, {
        n_estimators: 300,
        subsample: 0.7,
        ...(kind === 'lgbm_classifier' && { subsample_freq: 1 }),
      });
      const tensors = fit(
        spec,
        { ...training, validation },
        {
          progress: (iteration, _, __, loss) => {
            if (loss !== undefined) losses[iteration - 1] = loss;
          },
        },
      );
      const best = Number(tensors.best_iteration.data[0]);
      expect(best).to.be.within(1, 299);
      // What the training says of the rows held out is what the model says of them.
      const probabilities = predict(spec, tensors, training, heldRows);
      const logLoss = probabilities.reduce((sum, of, row) => sum - Math.log(of[validation.y[row]]), 0) / held.length;
      expect(logLoss).to.be.closeTo(losses[best - 1], 1e-5);
    });

    it('are refused when the tensors of their sets are damaged', () => {
      const { rows, training } = everyOther();
      const spec = specOf(kind, { n_estimators: 3, learning_rate: 0.3 });
      const sound = fit(spec, training);
      const restore = (tensors: Tensors, shape = training) => predict(spec, tensors, shape, rows.slice(0, 3));
      expect(() => restore(sound)).not.to.throw();
      const nSets = sound.listed_left.data.length;
      const changed = (name: string, index: number, value: number): Tensors => {
        const { dtype, shape, data } = sound[name];
        const copy = data.slice();
        copy[index] = value;
        return { ...sound, [name]: { dtype, shape, data: copy } as Tensor };
      };
      const cases: [name: string, index: number, value: number, message: RegExp][] = [
        ['category_start', 0, 1, /category_start has wrong offsets/],
        ['category_start', 1, 2 ** 32 - 1, /category_start has wrong offsets/],
        ['category_start', nSets, 0, /category_start has wrong offsets/],
        ['listed_left', 0, 2, /listed_left/],
        ['listed_categories', 0, 12, /split 0 /],
        ['threshold', 0, 0.5, /split 0 /],
        ['feature', 0, 0, /split 0 /],
      ];
      for (const [name, index, value, message] of cases) {
        expect(() => restore(changed(name, index, value)), `${name}[${index}] = ${value}`).to.throw(
          RangeError,
          message,
        );
      }
      for (const name of ['category_start', 'listed_categories', 'listed_left']) {
        const { dtype, shape, data } = sound[name];
        const without = Object.fromEntries(Object.entries(sound).filter(([other]) => other !== name));
        expect(() => restore(without), name).to.throw(RangeError);
        const other: Dtype = dtype === 'U8' ? 'U32' : 'U8';
        const retyped = {
          dtype: other,
          shape,
          data: new TENSOR_ARRAYS[other](new ArrayBuffer(4 * data.length), 0, data.length),
        };
        expect(() => restore({ ...sound, [name]: retyped as Tensor }), `${name} ${other}`).to.throw(
          RangeError,
          `tensor ${name} is`,
        );
        for (const length of [0, data.length - 1, data.length + 1]) {
          const resized = new TENSOR_ARRAYS[dtype](new ArrayBuffer(length * data.BYTES_PER_ELEMENT), 0, length);
          for (let i = 0; i < Math.min(length, data.length); i++) resized[i] = data[i];
          const tensors = { ...sound, [name]: { dtype, shape: [length], data: resized } as Tensor };
          expect(() => restore(tensors), `${name} of ${length}`).to.throw(RangeError);
        }
      }
      // A set that belongs to no split.
      const more = {
        ...sound,
        category_start: {
          dtype: 'U32',
          shape: [nSets + 2],
          data: Uint32Array.of(...[...sound.category_start.data].map(Number), sound.listed_categories.data.length),
        },
        listed_left: { dtype: 'U8', shape: [nSets + 1], data: new Uint8Array(nSets + 1) },
      } satisfies Tensors;
      expect(() => restore(more)).to.throw(RangeError, /belong to no split/);
      // As a model without categories, whose splits would have thresholds.
      expect(() => restore(sound, { ...training, nCategories: undefined })).to.throw(RangeError, /split 0 /);
    });
  });
}

describe('Categories that enable_categorical does not enable', () => {
  it('are INVALID_REQUEST, with what can be done', () => {
    const { training } = everyOther();
    const spec = specOf('xgb_classifier', { n_estimators: 2, enable_categorical: false });
    const { message } = refusalOf(() => fit(spec, training), 'INVALID_REQUEST', [
      'estimator.xgb_classifier.enable_categorical',
    ]);
    expect(message).to.contain('feature 1 has categories').and.to.contain('set it, or leave out');
    expect(() => fit(spec, { ...training, nCategories: new Uint32Array(2) })).not.to.throw();
  });
});
