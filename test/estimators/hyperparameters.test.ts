import { expect } from 'chai';
import fc from 'fast-check';

import {
  choice,
  countOrShare,
  flag,
  integer,
  maxFeatures,
  optional,
  real,
} from '../../src/estimators/hyperparameters.js';

describe('A hyperparameter', () => {
  it('that is an integer takes whole numbers of its range only', () => {
    const hyperparameter = integer(5, { min: 1, max: 10 });
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.integer({ min: -20, max: 20 })), (value) => {
        if (Number.isInteger(value) && value >= 1 && value <= 10) expect(hyperparameter.parse(value)).to.equal(value);
        else expect(() => hyperparameter.parse(value)).to.throw(RangeError, 'a whole number at least 1 and at most 10');
      }),
    );
  });

  it('that is real may exclude its bounds', () => {
    const hyperparameter = real(0.5, { above: 0, below: 1 });
    expect(hyperparameter.parse(0.25)).to.equal(0.25);
    for (const value of [0, 1, -1, 2, NaN, Infinity, '0.5', null, true]) {
      expect(() => hyperparameter.parse(value), String(value)).to.throw(RangeError, 'a number above 0 and below 1');
    }
  });

  it('that is a flag takes booleans only', () => {
    const hyperparameter = flag(true);
    expect(hyperparameter.parse(false)).to.equal(false);
    for (const value of [0, 1, 'true', null])
      expect(() => hyperparameter.parse(value)).to.throw(RangeError, 'must be true or false');
  });

  it('that is a choice takes its values only, and names them', () => {
    const hyperparameter = choice('gini', ['gini', 'entropy']);
    expect(hyperparameter.parse('entropy')).to.equal('entropy');
    for (const value of ['Gini', '', 0])
      expect(() => hyperparameter.parse(value)).to.throw(RangeError, 'one of gini, entropy');
  });

  it('that may be absent is null by default and checked when it is set', () => {
    const depth = optional(integer(1, { min: 1 }));
    expect(depth.default).to.equal(null);
    expect(depth.parse(3)).to.equal(3);
    expect(() => depth.parse(0)).to.throw(RangeError);
  });

  it('that is a count or a share takes counts from its least and shares below 1', () => {
    const hyperparameter = countOrShare(2, 2);
    for (const value of [2, 1000, 0.5, 1e-9]) expect(hyperparameter.parse(value)).to.equal(value);
    for (const value of [1, 0, -1, 1.5, 2.5, NaN, '2']) {
      expect(() => hyperparameter.parse(value), String(value)).to.throw(RangeError, 'a count of at least 2');
    }
  });

  it('for the features of a split takes a rule, a count or a fraction', () => {
    const hyperparameter = maxFeatures('sqrt');
    expect(hyperparameter.parse({ rule: 'log2' })).to.equal('log2');
    expect(hyperparameter.parse({ count: 3 })).to.deep.equal({ count: 3 });
    expect(hyperparameter.parse({ fraction: 1 })).to.deep.equal({ fraction: 1 });
    for (const value of [{ rule: 'auto' }, { count: 0 }, { fraction: 0 }, { fraction: 1.1 }, {}, null, 3]) {
      expect(() => hyperparameter.parse(value), JSON.stringify(value)).to.throw(RangeError);
    }
  });
});
