import { expect } from 'chai';

import { tensor } from '../../../src/estimators/tensor.js';
import { expectDamageRefused } from '../../support/damaged-forest.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';

const KIND = 'random_forest_classifier';

describe('The tensors of a random forest of ml-random-forest', () => {
  const training = trainingSet([[1], [2], [4], [9]], [0, 1, 0, 1]);
  const spec = specOf(KIND, { n_estimators: 2, bootstrap: false }, 'mljs');
  const sound = fit(spec, training);

  it('are refused when a walk could go round, or out of them', () => {
    const last = sound.feature.data.length - 1;
    expectDamageRefused(spec, sound, { start: 'leaf_start', label: 'leaf_class', share: 'leaf_share' }, [
      ['next', 0, 0],
      ['next', 0, 1],
      ['next', 0, last],
      ['next', 0, 4294967295],
      ['next', last, sound.leaf_start.data.length - 1],
      ['threshold', 0, Infinity],
    ]);
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
