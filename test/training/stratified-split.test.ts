import { expect } from 'chai';
import fc from 'fast-check';
import { stratifiedSplit } from '../../src/training/stratified-split.js';

describe('a stratified split', () => {
  it('holds out the same share of every class, keeps every class, and loses no row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 200 }),
        fc.double({ min: 0.2, max: 0.9, noNaN: true }),
        fc.nat(),
        (labels, fraction, seed) => {
          const present = [...new Set(labels)];
          const y = Int32Array.from(labels, (label) => present.indexOf(label));
          const { training, validation } = stratifiedSplit(y, present.length, fraction, seed);
          expect([...training, ...validation].toSorted((a, b) => a - b)).to.deep.equal([...y.keys()]);
          for (let label = 0; label < present.length; label++) {
            const size = y.filter((other) => other === label).length;
            const held = validation.filter((row) => y[row] === label).length;
            expect(held).to.equal(Math.min(size - 1, Math.round(size * fraction)));
          }
        },
      ),
    );
  });

  it('repeats under its seed, and differs under another one', () => {
    const y = Int32Array.from({ length: 100 }, (_, i) => i % 2);
    expect(stratifiedSplit(y, 2, 0.3, 1)).to.deep.equal(stratifiedSplit(y, 2, 0.3, 1));
    expect(stratifiedSplit(y, 2, 0.3, 1)).not.to.deep.equal(stratifiedSplit(y, 2, 0.3, 2));
  });

  it('refuses a share that holds out nothing', () => {
    expect(() => stratifiedSplit(Int32Array.of(0, 1, 0, 1), 2, 0.01, 0))
      .to.throw()
      .with.nested.property('violations[0].field', 'options.validation_fraction');
  });
});
