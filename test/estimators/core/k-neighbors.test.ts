import { expect } from 'chai';
import fc from 'fast-check';
import { engineOf, resolveEstimator } from '../../../src/estimators/catalog.js';
import { type Tensors, tensor } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { fit, predict, trainingSet } from '../../support/estimation.js';
import { nearestOf, votesOf } from '../../support/naive-neighbours.js';
import { refusalOf } from '../../support/refusal.js';
import { runThrough } from '../../../src/estimators/in-parts.js';

const KIND = 'k_neighbors_classifier';

function specOf(given: Readonly<Record<string, unknown>> = {}) {
  return resolveEstimator(KIND, 'core', given);
}

interface Votes {
  readonly n_neighbors: number;
  readonly weights: 'uniform' | 'distance';
  readonly p: 1 | 2;
}

/** The engine's probabilities must be those of all distances, sorted. */
function expectVotes(rows: number[][], y: number[], points: number[][], votes: Votes): void {
  const training = trainingSet(rows, y);
  const spec = specOf({ ...votes });
  const actual = predict(spec, fit(spec, training), training, points);
  points.forEach((point, i) => {
    const nearest = nearestOf(rows, point, votes.n_neighbors, votes.p);
    const expected = votesOf(nearest, y, training.nClasses, votes.weights, votes.p);
    expected.forEach((share, c) => expect(actual[i][c], `row ${i}, class ${c}`).to.be.closeTo(share, 1e-12));
  });
}

/** Labelled rows, queries and a k, all of `value`. */
function problems(value: fc.Arbitrary<number>, maxFeatures: number) {
  return fc.integer({ min: 1, max: maxFeatures }).chain((nFeatures) => {
    const row = fc.array(value, { minLength: nFeatures, maxLength: nFeatures });
    const sample = fc.record({ row, label: fc.integer({ min: 0, max: 3 }) });
    return fc.record({
      samples: fc.array(sample, { minLength: 2, maxLength: 60 }),
      points: fc.array(row, { minLength: 1, maxLength: 9 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
  });
}

/** Numbers as a training might have them, without a library: Marsaglia's xorshift. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

function randomRows(count: number, nFeatures: number, next: () => number): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: nFeatures }, () => next() + next() - 1));
}

describe('The core’s nearest neighbours', () => {
  const grid = fc.integer({ min: 0, max: 4 });
  // No squares of these are infinite, nor 0.
  const moderate = fc.double({ min: -1e150, max: 1e150, noNaN: true }).map((v) => (Math.abs(v) < 1e-150 ? 0 : v));
  const close = fc.integer({ min: -3, max: 3 }).map((ulps) => 1e9 + ulps * 2 ** -23);
  const outlying = fc.oneof(grid, fc.constantFrom(1e5, -1e9, 1e12));

  for (const weights of ['uniform', 'distance'] as const) {
    for (const p of [1, 2] as const) {
      for (const [name, value] of Object.entries({
        'ties and duplicates': grid,
        'values of any magnitude': moderate,
        'large values that are nearly equal': close,
        outliers: outlying,
      })) {
        it(`vote as all distances say, with ${weights} weights, p = ${p} and ${name}`, () => {
          fc.assert(
            fc.property(problems(value, 5), ({ samples, points, share }) =>
              expectVotes(
                samples.map(({ row }) => row),
                samples.map(({ label }) => label),
                points,
                { n_neighbors: Math.max(1, Math.round(share * samples.length)), weights, p },
              ),
            ),
          );
        });
      }
    }
  }

  for (const [n, nFeatures, k] of [
    [5000, 2, 9],
    [3000, 3, 7],
    [3000, 4, 1],
    [2003, 20, 5],
    [1001, 101, 3],
    [700, 1, 700],
  ]) {
    it(`are those of all distances among ${n} rows x ${nFeatures} features, k = ${k}`, () => {
      const next = numbers(n);
      const rows = randomRows(n, nFeatures, next);
      const y = rows.map((_, i) => i % 4);
      for (const p of [1, 2] as const)
        expectVotes(rows, y, randomRows(38, nFeatures, next), { n_neighbors: k, weights: 'distance', p });
    });
  }

  it('are those of all distances when a few rows lie far out, and a query does', () => {
    const next = numbers(3);
    const rows = randomRows(3000, 6, next);
    for (const row of [5, 700, 2999]) rows[row] = rows[row].map((value) => value * 1e8);
    const points = [...randomRows(10, 6, next), rows[5], [1e12, 0, 0, 0, 0, 0], rows[700].map((value) => value + 1)];
    const y = rows.map((_, i) => i % 3);
    for (const p of [1, 2] as const) expectVotes(rows, y, points, { n_neighbors: 4, weights: 'distance', p });
  });

  it('are those of all distances when rounding leaves nothing of the features that tell rows apart', () => {
    const next = numbers(4);
    const rows = randomRows(4000, 4, next).map((row, i) => [i % 2 === 0 ? 1e7 : -1e7, ...row]);
    const points = randomRows(9, 4, next).map((row) => [1e7, ...row]);
    expectVotes(rows, rows.map((_, i) => i % 3), points, { n_neighbors: 5, weights: 'distance', p: 2 }); // prettier-ignore
  });

  // By KNeighborsClassifier(k, p=p, algorithm='brute') of scikit-learn 1.9.1, with a class a row.
  for (const [p, k, expected] of [
    [2, 4, '0 20 28 35, 3 11 31 51, 2 9 37 54, 23 26 30 58'],
    [2, 9, '0 8 15 20 28 35 43 48 55, 3 11 16 19 23 26 31 39 51, 2 9 12 19 26 37 47 51 54, 5 16 23 26 30 33 51 54 58'],
    [1, 4, '0 20 28 35, 11 16 31 51, 2 9 17 37, 23 26 30 58'],
    [1, 9, '0 8 15 20 28 35 48 55 56, 3 11 16 19 23 26 31 39 51, 2 9 12 17 19 26 37 47 54, 5 18 23 26 30 33 38 51 58'],
  ] as const) {
    it(`are those of equally far rows that scikit-learn keeps, p = ${p}, k = ${k}`, () => {
      const rows = Array.from({ length: 60 }, (_, i) => [(i * 7) % 5, (i * i) % 7, (i * 3) % 4]);
      const points = [[0, 0, 0], [2, 3, 1], [4, 6, 3], [1, 5, 2]]; // prettier-ignore
      const training = trainingSet(rows, [...rows.keys()]);
      const spec = specOf({ n_neighbors: k, p });
      const found = predict(spec, fit(spec, training), training, points);
      const neighbours = found.map((shares) => [...shares.keys()].filter((row) => shares[row] > 0).join(' '));
      expect(neighbours.join(', ')).to.equal(expected);
    });
  }

  it('are told apart where squares are infinite or 0', () => {
    const spec = specOf({ n_neighbors: 1 });
    for (const unit of [1e300, 1e-300, 1e-310, 2 ** -1074]) {
      const training = trainingSet([[3 * unit], [unit], [0]], [0, 1, 2]);
      expect(predict(spec, fit(spec, training), training, [[2.9 * unit], [unit], [0]]), String(unit)).to.deep.equal([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]);
    }
    const ends = trainingSet([[1.7e308, 0], [-1.7e308, 0], [-1.7e308, 1e308]], [0, 1, 2]); // prettier-ignore
    expect(predict(spec, fit(spec, ends), ends, [[-1.7e308, 1.7e308], [1e308, 1e308]])).to.deep.equal([[0, 0, 1], [1, 0, 0]]); // prettier-ignore
  });

  it('are the first rows for a query that is equally far from all', () => {
    const training = trainingSet([[1], [2], [3]], [1, 1, 0]);
    for (const p of [1, 2]) {
      const spec = specOf({ n_neighbors: 2, weights: 'distance', p });
      expect(predict(spec, fit(spec, training), training, [[1e300]])).to.deep.equal([[0, 1]]);
    }
  });

  it('at distance 0 share all the weight', () => {
    const training = trainingSet([[1], [1], [1.5], [9]], [0, 1, 1, 1]);
    for (const p of [1, 2]) {
      const spec = specOf({ n_neighbors: 3, weights: 'distance', p });
      expect(predict(spec, fit(spec, training), training, [[1]])).to.deep.equal([[0.5, 0.5]]);
    }
  });

  it('weigh by distances whose inverse would overflow, or whose square does', () => {
    const spec = specOf({ n_neighbors: 2, weights: 'distance', p: 1 });
    const near = trainingSet([[1e-310], [3e-310]], [0, 1]);
    const [[first]] = predict(spec, fit(spec, near), near, [[0]]);
    expect(first).to.be.closeTo(0.75, 1e-9);
    const square = specOf({ n_neighbors: 2, weights: 'distance', p: 2 });
    const far = trainingSet([[1e200], [-3e200]], [0, 1]);
    const [[share]] = predict(square, fit(square, far), far, [[0]]);
    expect(share).to.be.closeTo(0.75, 1e-9);
  });

  it('vote alike whatever algorithm is asked for', () => {
    const { rows, labels } = readDataSet('iris');
    const training = trainingSet(rows, labels.map((label) => ['setosa', 'versicolor', 'virginica'].indexOf(label))); // prettier-ignore
    const [first, ...others] = ['auto', 'brute', 'kd_tree', 'ball_tree'].map((algorithm) => {
      const spec = specOf({ algorithm });
      return predict(spec, fit(spec, training), training, rows);
    });
    for (const other of others) expect(other).to.deep.equal(first);
    expect(specOf({ leaf_size: 10 }).hyperparameters).to.include({ leaf_size: 10 });
  });

  it('do not depend on the rows that are asked for with a row, nor on earlier ones', () => {
    const next = numbers(9);
    const rows = randomRows(900, 7, next);
    const training = trainingSet(rows, rows.map((_, i) => i % 5)); // prettier-ignore
    const spec = specOf({ weights: 'distance' });
    const predictor = runThrough(engineOf(spec).restore(fit(spec, training), training, spec.hyperparameters));
    const ask = (points: number[][]) => {
      const probabilities = new Float64Array(points.length * 5).fill(NaN);
      predictor.predictProbabilities(
        { rows: points.length, columns: 7, data: new Float64Array(points.flat()) },
        probabilities,
      );
      return Array.from(probabilities);
    };
    const points = randomRows(523, 7, next);
    const batch = ask(points);
    expect(points.flatMap((point) => ask([point]))).to.deep.equal(batch);
    expect(ask(points)).to.deep.equal(batch);
    expect(ask([])).to.deep.equal([]);
  });

  it('answer rows in single precision as they do the same numbers in double', () => {
    const next = numbers(10);
    const rows = randomRows(300, 5, next);
    const training = trainingSet(rows, rows.map((_, i) => i % 2)); // prettier-ignore
    const spec = specOf({ weights: 'distance' });
    const tensors = fit(spec, training);
    const single = randomRows(40, 5, next).map((row) => row.map(Math.fround));
    expect(predict(spec, tensors, training, single, Float32Array)).to.deep.equal(
      predict(spec, tensors, training, single),
    );
  });

  it('are kept in single precision only where that is exact', () => {
    const spec = specOf({ n_neighbors: 1 });
    expect(fit(spec, trainingSet([[0.5], [1]], [0, 1]))['x'].dtype).to.equal('F32');
    for (const value of [0.1, 1e300, 1e-300]) {
      const training = trainingSet([[value], [value * 2]], [0, 1]);
      const tensors = fit(spec, training);
      expect(tensors['x'].dtype).to.equal('F64');
      expect(predict(spec, tensors, training, [[value], [value * 2]])).to.deep.equal([[1, 0], [0, 1]]); // prettier-ignore
    }
  });

  it('tell how much memory they need', () => {
    const spec = specOf();
    const bytes = (values: Float64Array | Float32Array, nValidation = 0) =>
      engineOf(spec).trainingBytes?.(
        { nSamples: 100, nFeatures: 3, nClasses: 2, nValidation, weighted: false, values },
        spec.hyperparameters,
      );
    const ofDoubles = 100 * 3 * 8 + 100 * 4;
    const doubles = new Float64Array(300).fill(0.1);
    expect(bytes(doubles)).to.include({ reading: ofDoubles, predicting: ofDoubles });
    expect(bytes(doubles, 1)?.predicting).to.be.above(2 * ofDoubles);
    expect(bytes(new Float64Array(300).fill(0.5))).to.include({ reading: 100 * 3 * 4 + 100 * 4 });
    expect(bytes(new Float32Array(300).fill(0.1))).to.include({ reading: 100 * 3 * 4 + 100 * 4 });
  });

  it('that are more than there are rows are refused', () => {
    const training = trainingSet([[1], [2]], [0, 1]);
    const refusal = refusalOf(() => fit(specOf(), training), 'INVALID_REQUEST', [`estimator.${KIND}.n_neighbors`]);
    expect(refusal.message).to.contain('at most n_samples, 2');
    const heldOut = refusalOf(() => fit(specOf(), { ...training, nHeldOut: 3 }), 'INVALID_REQUEST', [
      `estimator.${KIND}.n_neighbors`,
    ]);
    expect(heldOut.message).to.contain(
      'is 5; must be at most 2, the rows that options.validation_fraction leaves of n_samples, 5',
    );
    expect(() => fit(specOf({ n_neighbors: 2 }), training)).not.to.throw();
  });

  it('refuse damaged tensors', () => {
    const spec = specOf({ n_neighbors: 2 });
    const training = trainingSet([[1], [2], [3]], [0, 1, 0]);
    const sound = fit(spec, training);
    const refused = (change: Tensors, message: string) =>
      expect(() => predict(spec, { ...sound, ...change }, training, [])).to.throw(RangeError, message);
    refused({ y: tensor('I32', [3], Int32Array.of(0, 1, 2)) }, 'unknown classes');
    refused({ y: tensor('I32', [3], Int32Array.of(0, -1, 1)) }, 'unknown classes');
    refused({ x: tensor('F64', [3, 1], Float64Array.of(1, NaN, 3)) }, 'not finite');
    refused({ x: tensor('F32', [3, 1], Float32Array.of(1, Infinity, 3)) }, 'not finite');
    refused({ x: tensor('F64', [2, 1], Float64Array.of(1, 2)) }, 'tensor x');
    refused({ x: tensor('U8', [3, 1], Uint8Array.of(1, 2, 3)) }, 'tensor x');
    expect(() => predict(specOf({ n_neighbors: 4 }), sound, training, [])).to.throw(RangeError, '3 rows');
  });
});
