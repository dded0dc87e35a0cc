import { expect } from 'chai';

import { expectDamageRefused } from '../../support/damaged-forest.js';
import { fit, predict, specOf, trainingSet } from '../../support/estimation.js';

const KIND = 'random_forest_classifier';

describe('The tensors of a random forest of the core', () => {
  // Two equal rows of different classes make a mixed leaf.
  const training = trainingSet([[1], [2], [4], [9], [9]], [0, 1, 0, 1, 0]);
  const spec = specOf(KIND, { n_estimators: 2, bootstrap: false }, 'core');
  const sound = fit(spec, training);

  it('are refused when a walk could go round, or out of them', () => {
    expectDamageRefused(spec, sound, { start: 'share_start', label: 'share_class', share: 'share' }, [
      ['feature', 0, -1],
      ['threshold', 0, -Infinity],
      ['missing_left', 0, 2],
      ['tree_start', 1, 3],
      ['leaf', 0, 3],
      ['leaf', 0, 2],
      ['leaf', 0, 4294967295],
    ]);
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
