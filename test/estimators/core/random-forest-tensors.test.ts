import { expect } from 'chai';

import type { Tensor, Tensors } from '../../../src/estimators/tensor.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';

const KIND = 'random_forest_classifier';

describe('The tensors of a random forest of the core', () => {
  // Two equal rows of different classes make a mixed leaf.
  const training = trainingSet([[1], [2], [4], [9], [9]], [0, 1, 0, 1, 0]);
  const spec = specOf(KIND, { n_estimators: 2, bootstrap: false }, 'core');
  const sound = fit(spec, training);

  /** `sound` with one value of one tensor changed. */
  function damaged(name: string, index: number, value: number): Tensors {
    const { dtype, shape, data } = sound[name];
    const copy = data.slice();
    copy[index] = value;
    return { ...sound, [name]: { dtype, shape, data: copy } as Tensor };
  }

  it('are refused when a walk could go round, or out of them', () => {
    // The root is a split, the last node a leaf.
    const last = sound.feature.data.length - 1;
    const cases: [name: string, index: number, value: number][] = [
      ['feature', 0, 1],
      ['feature', 0, -1],
      ['feature', 0, -2],
      ['feature', last, 0],
      ['threshold', 0, NaN],
      ['threshold', 0, -Infinity],
      ['missing_left', 0, 2],
      ['tree_start', 0, 1],
      ['tree_start', 1, 0],
      ['tree_start', 1, 3],
      ['tree_start', 2, last],
      ['leaf', 0, 3],
      ['leaf', 0, 2],
      ['leaf', 0, 4294967295],
      ['share_start', 1, 0],
      ['share_start', 1, 4294967295],
      ['share_class', 0, 2],
      ['share', 0, 0.4],
      ['share', 0, NaN],
      ['share', 0, -1],
    ];
    expect(() => predict(spec, damaged('threshold', 0, 1.25), training, [[1]])).not.to.throw();
    for (const [name, index, value] of cases) {
      expect(() => predict(spec, damaged(name, index, value), training, []), `${name}[${index}] = ${value}`).to.throw(
        RangeError,
      );
    }
  });

  it('are refused where a split and a leaf changed places', () => {
    const feature = Int32Array.from(sound.feature.data, Number);
    const swapped = feature.slice();
    // A tree that ends early, and one that never does; their nodes are as many.
    swapped[0] = -1;
    swapped[feature.length - 1] = 0;
    const tensors = { ...sound, feature: { dtype: 'I32', shape: [feature.length], data: swapped } as const };
    expect(() => predict(spec, tensors, training, [])).to.throw(RangeError, 'tree');
  });

  it('are refused when they are of another number of trees', () => {
    const three = specOf(KIND, { n_estimators: 3 }, 'core');
    expect(() => predict(three, sound, training, [])).to.throw(RangeError, 'tree_start');
  });
});
