import { expect } from 'chai';
import fc from 'fast-check';

import { resolveEstimator } from '../../../src/estimators/catalog.js';
import { type Tensors, tensor } from '../../../src/estimators/tensor.js';
import { readDataSet } from '../../support/csv.js';
import { fit, predict, trainingSet } from '../../support/estimation.js';
import { refusalOf } from '../../support/refusal.js';

const KIND = 'k_neighbors_classifier';

function specOf(given: Readonly<Record<string, unknown>>) {
  return resolveEstimator(KIND, 'mljs', given);
}

interface Votes {
  readonly n_neighbors: number;
  readonly weights: 'uniform' | 'distance';
  readonly p: 1 | 2;
}

/** k-NN as it is defined: all distances, sorted; of equally near rows the earlier ones. */
function bruteForce(rows: number[][], y: number[], { n_neighbors, weights, p }: Votes, point: number[]): number[] {
  const measured = rows.map((row, i) => {
    const parts = row.map((value, j) => Math.abs(value - point[j]) ** p);
    return { label: y[i], distance: parts.reduce((sum, part) => sum + part, 0) ** (1 / p) };
  });
  const nearest = measured.toSorted((a, b) => a.distance - b.distance).slice(0, n_neighbors);
  const exact = nearest.filter(({ distance }) => distance === 0);
  const weight = ({ distance }: { distance: number }) => (weights === 'uniform' || exact.length > 0 ? 1 : 1 / distance);
  const voters = weights === 'distance' && exact.length > 0 ? exact : nearest;
  const votes = Array.from<number>({ length: Math.max(...y) + 1 }).fill(0);
  for (const voter of voters) votes[voter.label] += weight(voter);
  const total = votes.reduce((sum, vote) => sum + vote, 0);
  return votes.map((vote) => vote / total);
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual.length).to.equal(expected.length);
  actual.forEach((row, i) =>
    row.forEach((p, c) => expect(p, `row ${i}, class ${c}`).to.be.closeTo(expected[i][c], 1e-12)),
  );
}

describe('The nearest neighbours of ml-knn', () => {
  for (const weights of ['uniform', 'distance'] as const) {
    for (const p of [1, 2] as const) {
      it(`vote as all distances say, with ${weights} weights and p = ${p}`, () => {
        // A coarse grid, so that ties and duplicates are common.
        const coordinate = fc.integer({ min: 0, max: 4 });
        const problem = fc.integer({ min: 1, max: 4 }).chain((nFeatures) => {
          const row = fc.array(coordinate, { minLength: nFeatures, maxLength: nFeatures });
          const sample = fc.record({ row, label: fc.integer({ min: 0, max: 3 }) });
          return fc.record({
            samples: fc.array(sample, { minLength: 2, maxLength: 60 }),
            points: fc.array(row, { minLength: 1, maxLength: 5 }),
            share: fc.double({ min: 0, max: 1, noNaN: true }),
          });
        });
        fc.assert(
          fc.property(problem, ({ samples, points, share }) => {
            const rows = samples.map(({ row }) => row);
            const y = samples.map(({ label }) => label);
            const votes = { n_neighbors: Math.max(1, Math.round(share * rows.length)), weights, p };
            const spec = specOf({ ...votes });
            const training = trainingSet(rows, y);
            expectClose(
              predict(spec, fit(spec, training), training, points),
              points.map((point) => bruteForce(rows, y, votes, point)),
            );
          }),
        );
      });
    }
  }

  it('vote as all distances say on real data', () => {
    const { rows, labels } = readDataSet('wine');
    const y = labels.map(Number);
    const train = rows.filter((_, i) => i % 3 > 0).map((row) => [...row]);
    const training = trainingSet(
      train,
      y.filter((_, i) => i % 3 > 0),
    );
    const held = rows.filter((_, i) => i % 3 === 0).map((row) => [...row]);
    for (const votes of [
      { n_neighbors: 5, weights: 'uniform', p: 2 },
      { n_neighbors: 20, weights: 'distance', p: 1 },
    ] as const) {
      const spec = specOf({ ...votes });
      expectClose(
        predict(spec, fit(spec, training), training, held),
        held.map((point) => bruteForce(train, Array.from(training.y), votes, point)),
      );
    }
  });

  it('at distance 0 share all the weight', () => {
    const spec = specOf({ n_neighbors: 3, weights: 'distance' });
    const training = trainingSet([[1], [1], [1.5], [9]], [0, 1, 1, 1]);
    expect(predict(spec, fit(spec, training), training, [[1]])).to.deep.equal([[0.5, 0.5]]);
  });

  it('weigh by distances whose inverse would overflow, or whose square does', () => {
    const spec = specOf({ n_neighbors: 2, weights: 'distance', p: 1 });
    const near = trainingSet([[1e-310], [3e-310]], [0, 1]);
    const [[first]] = predict(spec, fit(spec, near), near, [[0]]);
    expect(first).to.be.closeTo(0.75, 1e-9);
    const square = specOf({ n_neighbors: 2, weights: 'distance', p: 2 });
    const far = trainingSet([[1e200], [-1e200]], [0, 1]);
    expect(predict(square, fit(square, far), far, [[0]])).to.deep.equal([[0.5, 0.5]]);
  });

  it('are not found by looking at every row', () => {
    // The package's own metric would make it do so.
    const rows = Array.from({ length: 4096 }, (_, i) => [i % 64, Math.floor(i / 64)]);
    const training = trainingSet(
      rows,
      rows.map(([a]) => a % 2),
    );
    const spec = specOf({ n_neighbors: 1 });
    const tensors = fit(spec, training);
    const points = Array.from({ length: 2000 }, (_, i) => [(i % 60) + 0.3, (i % 50) + 0.2]);
    const started = process.cpuUsage();
    predict(spec, tensors, training, points);
    const { user } = process.cpuUsage(started);
    // 2,000 searches of every row take seconds.
    expect(user / 1e6).to.be.below(1);
  });

  it('that are more than there are rows are refused', () => {
    const training = trainingSet([[1], [2]], [0, 1]);
    const refusal = refusalOf(() => fit(specOf({}), training), 'INVALID_REQUEST', [`estimator.${KIND}.n_neighbors`]);
    expect(refusal.message).to.contain('at most n_samples, 2');
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
    refused({ tree: tensor('U32', [3], Uint32Array.of(0, 1, 1)) }, 'every row once');
    refused({ tree: tensor('U32', [3], Uint32Array.of(0, 1, 3)) }, 'every row once');
    refused({ x: tensor('F64', [3, 1], Float64Array.of(1, NaN, 3)) }, 'not finite');
    refused({ x: tensor('F64', [2, 1], Float64Array.of(1, 2)) }, 'tensor x');
    expect(() => predict(specOf({ n_neighbors: 4 }), sound, training, [])).to.throw(RangeError, '3 rows');
  });
});
