import { expect } from 'chai';
import fc from 'fast-check';

import { BlockedRows } from '../../../../src/estimators/core/linear/blocked-rows.js';
import { rowOrder } from '../../../../src/estimators/core/linear/row-order.js';
import { scalingOf } from '../../../../src/estimators/core/linear/scaling.js';
import { Workspace } from '../../../../src/kernels/workspace.js';
import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { trainingSet } from '../../../support/estimation.js';

function blocked(training: TrainingSet, storage: 'single' | 'double' = 'double'): BlockedRows {
  const order = rowOrder(training.nSamples, training.sampleWeight);
  const workspace = new Workspace(BlockedRows.bytes(order.length, training.nFeatures, storage));
  return new BlockedRows(workspace, training, order, storage, () => undefined);
}

const scalingFor = (training: TrainingSet, centred = true, ridge = 0) =>
  scalingOf(training, blocked(training).moments(centred), centred, ridge);

const column = (values: readonly number[]) =>
  trainingSet(
    values.map((value) => [value]),
    values.map((_, i) => i % 2),
  );

describe('Blocked rows', () => {
  it('have the means and variances of their features', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 200 }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (values, offset) => {
          const { mean, square } = blocked(column(values.map((value) => value + offset))).moments(true);
          const expected = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length;
          expect(mean[0]).to.be.closeTo(expected + offset, 1e-6);
          expect(square[0]).to.be.closeTo(variance, 1e-4);
        },
      ),
    );
  });

  it('are exact about an outlier that comes first', () => {
    const { mean, square } = blocked(column([1e9, ...Array.from({ length: 999 }, (_, i) => (i % 2) * 1e-3)])).moments(
      true,
    );
    expect(mean[0]).to.be.closeTo(1e6, 1e-2);
    expect(square[0] / 1e15).to.be.closeTo(0.999, 1e-9);
  });

  it('are scaled, weighted and filled up', () => {
    for (const storage of ['single', 'double'] as const) {
      const training = { ...column([1, 2, 3, 4, 5]), sampleWeight: Float64Array.of(1, 0, 2, 1, 4) };
      const rows = blocked(training, storage);
      rows.place(scalingOf(training, rows.moments(true), true, 0));
      expect([rows.nRows, rows.nBlocks, rows.width]).to.deep.equal([4, 1, 4]);
      expect([...rows.weights.subarray(0, 6)]).to.deep.equal([0.5, 1, 0.5, 2, 0, 0]);
      expect(rows.weightOf(1)).to.equal(4);
      expect([...rows.labels.subarray(0, 4)]).to.deep.equal([0, 0, 1, 0]);
      const z = Array.from(rows.x.subarray(0, 4));
      const weightedSum = (power: number) => z.reduce((sum, value, i) => sum + rows.weights[i] * value ** power, 0);
      expect(weightedSum(1)).to.be.closeTo(0, 1e-6);
      expect(weightedSum(2) / 4).to.be.closeTo(1, 1e-6);
      expect(rows.x.subarray(64).every((value) => value === 0)).to.equal(true);
    }
  });
});

describe('The scale of a feature', () => {
  it('is its deviation, and that of its penalty', () => {
    expect(scalingFor(column([-2, 2, -2, 2])).inverse[0]).to.equal(0.5);
    expect(scalingFor(column([2, 2, 2, -2]), false).inverse[0]).to.equal(0.5);
    expect(scalingFor(column([-3, 3, -3, 3]), true, 16).inverse[0]).to.be.closeTo(1 / 5, 1e-15);
  });

  it('is none where nothing varies, or nothing but rounding', () => {
    expect(scalingFor(column(Array.from({ length: 10 }, () => 0.1))).inverse[0]).to.equal(0);
    expect(scalingFor(column([0, 0, 0])).inverse[0]).to.equal(0);
    expect(scalingFor(column([0.1 + 0.2, 0.3, 0.3])).inverse[0]).to.equal(0);
    expect(scalingFor(column([5e-324, 0, 1e-310])).inverse[0]).to.equal(0);
  });

  it('is finite for extreme numbers', () => {
    for (const size of [1e-250, 1e-150, 1e150, 1e308]) {
      const { unit, centre, inverse } = scalingFor(column([-size, size, size, -size]));
      expect(centre[0] / unit[0] / size).to.be.closeTo(0, 1e-12);
      expect(inverse[0] * unit[0] * size).to.be.closeTo(1, 1e-12);
    }
  });
});
