import { expect } from 'chai';
import fc from 'fast-check';
import { catalog, engineOf } from '../../src/estimators/catalog.js';
import type { Engine, EstimatorSpec, TrainingSet } from '../../src/estimators/estimator.js';
import { MAX_ONE_HOT_FEATURES, requireFewFeatures } from '../../src/estimators/one-hot.js';
import { silent, specOf, trainingSet } from '../support/estimation.js';
import { lcg } from '../support/problems.js';
import { refusalOf } from '../support/refusal.js';
import { runThrough } from '../../src/estimators/in-parts.js';

/** The naive twin: one array a row. */
function encode(rows: readonly (readonly number[])[], nCategories: readonly number[]): number[][] {
  return rows.map((row) =>
    row.flatMap((value, column) =>
      nCategories[column] === 0
        ? [value]
        : Array.from({ length: nCategories[column] }, (_, category) => (value === category ? 1 : 0)),
    ),
  );
}

/** The engine as the catalogue has it, before anything is put around it. */
function bare({ kind, engine }: EstimatorSpec): Engine {
  const found = catalog[kind].engines[engine];
  if (found === undefined) throw new Error(`no engine ${engine} of ${kind}`);
  return found;
}

const specs: readonly EstimatorSpec[] = [
  specOf('logistic_regression'),
  specOf('logistic_regression', { max_iter: 20 }, 'mljs'),
  specOf('k_neighbors_classifier', { n_neighbors: 3 }),
  specOf('k_neighbors_classifier', { n_neighbors: 3, p: 1 }, 'mljs'),
];

const nCategories = [3, 0, 5, 1];
const random = lcg(3);
/** Categories, and in the second column numbers. */
const draw = () => nCategories.map((count) => (count === 0 ? random() - 0.5 : Math.floor(random() * count)));
const rows = Array.from({ length: 120 }, draw);
const training: TrainingSet = {
  ...trainingSet(
    rows,
    rows.map(([first, number, third]) => (first === 1 ? 0 : third > 2 ? 1 : number > 0 ? 2 : 0)),
    5,
  ),
  nCategories: Uint32Array.from(nCategories),
};
/** Some of categories that no training row has. */
const queries = [...Array.from({ length: 300 }, draw), [3, 0.2, 5, 1], [3, -0.2, 0, 0], [0, 0, 4, 1]];

describe('A feature for each category', () => {
  for (const spec of specs) {
    const what = `${spec.kind} (${spec.engine})`;

    it(`is what the engine is trained on: ${what}`, () => {
      const encoded = trainingSet(encode(rows, nCategories), Array.from(training.y), training.seed);
      const expected = bare(spec).fit(encoded, spec.hyperparameters, silent);
      expect(engineOf(spec).fit(training, spec.hyperparameters, silent)).to.deep.equal(expected);
    });

    it(`is what the engine predicts by, all of them 0 for a category it has not seen: ${what}`, () => {
      const tensors = engineOf(spec).fit(training, spec.hyperparameters, silent);
      const probabilitiesOf = (engine: Engine, of: number[][], shape: object) => {
        const nClasses = training.nClasses;
        const probabilities = new Float64Array(of.length * nClasses).fill(NaN);
        const columns = of[0].length;
        const restored = engine.restore(tensors, { nFeatures: columns, nClasses, ...shape }, spec.hyperparameters);
        const data = Float64Array.from(of.flat());
        runThrough(restored).predictProbabilities({ rows: of.length, columns, data }, probabilities);
        return Array.from(probabilities);
      };
      const actual = probabilitiesOf(engineOf(spec), queries, { nCategories: training.nCategories });
      const expected = probabilitiesOf(bare(spec), encode(queries, nCategories), {});
      // Rows are answered in other batches, whose sums are not rounded alike.
      actual.forEach((value, i) => expect(value).to.be.closeTo(expected[i], 1e-12));
    });
  }

  it('takes whatever categories and numbers there are to their places', () => {
    const spec = specOf('k_neighbors_classifier', { n_neighbors: 1 });
    const table = fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }).chain((counts) => {
      const row = fc.tuple(...counts.map((count) => (count === 0 ? fc.integer() : fc.nat(count))));
      return fc.record({ counts: fc.constant(counts), rows: fc.array(row, { minLength: 2, maxLength: 20 }) });
    });
    fc.assert(
      fc.property(table, ({ counts, rows: drawn }) => {
        const set = trainingSet(
          drawn,
          drawn.map((_, i) => i % 2),
        );
        const tensors = engineOf(spec).fit(
          { ...set, nCategories: Uint32Array.from(counts) },
          spec.hyperparameters,
          silent,
        );
        // The tensor x of nearest neighbours is the rows themselves.
        expect(Array.from(tensors['x'].data, Number)).to.deep.equal(encode(drawn, counts).flat());
      }),
    );
  });

  it('leaves the engine alone where there are no categories', () => {
    const { nCategories: _, ...numbers } = training;
    for (const spec of specs) {
      const expected = bare(spec).fit(numbers, spec.hyperparameters, silent);
      expect(engineOf(spec).fit(numbers, spec.hyperparameters, silent)).to.deep.equal(expected);
      const none = { ...numbers, nCategories: new Uint32Array(4) };
      expect(engineOf(spec).fit(none, spec.hyperparameters, silent)).to.deep.equal(expected);
    }
  });

  it('gives X back once the rows are encoded', () => {
    for (const spec of specs) {
      let released = 0;
      engineOf(spec).fit({ ...training, releaseX: () => released++ }, spec.hyperparameters, silent);
      expect(released).to.equal(1);
    }
  });

  it('is refused where there are too many, at the column that has the most, with the mend', () => {
    const columnOf = (column: number) => ({ path: `x.columns[${column}].strings`, name: `column ${column}` });
    const most = MAX_ONE_HOT_FEATURES - 11;
    expect(() => requireFewFeatures(Uint32Array.of(10, 0, most), columnOf)).not.to.throw();
    const { message } = refusalOf(() => requireFewFeatures(Uint32Array.of(11, 0, most), columnOf), 'INVALID_REQUEST', [
      'x.columns[2].strings',
    ]);
    expect(message).to.match(
      /has 4085 categories, those of "column 2"; .* 4097 of at most 4096 .*drop the column.*boosted/,
    );
  });
});
