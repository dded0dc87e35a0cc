import { expect } from 'chai';

import { type Tensor, type Tensors, tensor } from '../../../src/estimators/tensor.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';

const KIND = 'random_forest_classifier';

describe('The tensors of a random forest of ml-random-forest', () => {
  const training = trainingSet([[1], [2], [4], [9]], [0, 1, 0, 1]);
  const spec = specOf(KIND, { n_estimators: 2, bootstrap: false }, 'mljs');
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
      ['next', 0, 0],
      ['next', 0, 1],
      ['next', 0, last],
      ['next', 0, 4294967295],
      ['next', last, sound.leaf_start.data.length - 1],
      ['feature', 0, 1],
      ['feature', 0, -2],
      ['feature', last, 0],
      ['threshold', 0, NaN],
      ['threshold', 0, Infinity],
      ['tree_start', 0, 1],
      ['tree_start', 1, 0],
      ['tree_start', 2, last],
      ['leaf_start', 1, 0],
      ['leaf_start', 1, 4294967295],
      ['leaf_class', 0, 2],
      ['leaf_share', 0, 0.5],
      ['leaf_share', 0, NaN],
      ['leaf_share', 0, -1],
    ];
    expect(() => predict(spec, damaged('threshold', 0, 1.5), training, [[1]])).not.to.throw();
    for (const [name, index, value] of cases) {
      expect(() => predict(spec, damaged(name, index, value), training, []), `${name}[${index}] = ${value}`).to.throw(
        RangeError,
      );
    }
  });

  it('are refused when they are of another number of trees', () => {
    expect(() => predict(specOf(KIND, { n_estimators: 3 }, 'mljs'), sound, training, [])).to.throw(
      RangeError,
      'tree_start',
    );
    const none = { ...sound, leaf_start: tensor('U32', [0], new Uint32Array()) };
    expect(() => predict(spec, none, training, [])).to.throw(RangeError, 'leaf_start');
  });
});
