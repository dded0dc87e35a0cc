import { expect } from 'chai';

import { requireCategories } from '../../../../src/estimators/core/target-statistics/require-categories.js';
import type { TrainingSet } from '../../../../src/estimators/estimator.js';
import { refusalOf } from '../../../support/refusal.js';

describe('Categories that target statistics are of', () => {
  const training = (x: number[], nCategories?: number[]): TrainingSet => ({
    nSamples: x.length / 3,
    nFeatures: 3,
    nClasses: 2,
    x: Float64Array.from(x),
    y: new Int32Array(x.length / 3),
    seed: 0,
    ...(nCategories !== undefined && { nCategories: Uint32Array.from(nCategories) }),
  });

  it('must not be missing; numbers may', () => {
    expect(() => requireCategories(training([NaN, 0, 1, 2.5, NaN, 0]))).not.to.throw();
    expect(() => requireCategories(training([NaN, 0, 1, 2.5, 1, 0], [0, 2, 2]))).not.to.throw();
    const { message } = refusalOf(
      () => requireCategories(training([NaN, 0, 1, 2.5, 1, NaN], [0, 2, 2])),
      'INVALID_REQUEST',
      ['x'],
    );
    expect(message).to.match(/row 1 .* column 2.* one of their own/);
  });
});
