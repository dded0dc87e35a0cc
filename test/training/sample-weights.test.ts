import { expect } from 'chai';
import { weightsOf } from '../../src/training/sample-weights.js';

const y = Int32Array.of(0, 0, 0, 1);

describe('the weights of rows', () => {
  it('are left out where all are 1', () => {
    expect(weightsOf({ balanced: false }, y, 2)).to.equal(undefined);
  });

  it('make the classes weigh the same when they are balanced', () => {
    expect(weightsOf({ balanced: true }, y, 2)).to.deep.equal(Float64Array.of(4 / 6, 4 / 6, 4 / 6, 2));
  });

  it('multiply those of the classes with those of the rows', () => {
    const sampleWeight = Float64Array.of(3, 0, 1, 0.5);
    expect(weightsOf({ sampleWeight, balanced: true }, y, 2)).to.deep.equal(Float64Array.of(2, 0, 4 / 6, 1));
    expect(sampleWeight[0]).to.equal(3);
  });

  it('are refused where they overflow with those of the classes', () => {
    const sampleWeight = Float64Array.of(1, 1, 1, 1.5e308);
    expect(() => weightsOf({ sampleWeight, balanced: true }, y, 2)).to.throw(
      'sample_weight[3]: is Infinity, the weight of its class multiplied in; must be finite and at least 0',
    );
  });

  for (const [what, weights, field] of [
    ['a negative one', [1, 1, -1, 1], 'sample_weight[2]'],
    ['NaN', [1, 1, 1, Number.NaN], 'sample_weight[3]'],
    ['infinity', [Infinity, 1, 1, 1], 'sample_weight[0]'],
    ['no class but one', [1, 1, 1, 0], 'sample_weight'],
  ] as [string, number[], string][]) {
    it(`are refused with ${what}`, () => {
      expect(() => weightsOf({ sampleWeight: Float64Array.from(weights), balanced: false }, y, 2))
        .to.throw()
        .with.nested.property('violations[0].field', field);
    });
  }
});
