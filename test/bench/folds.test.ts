import { expect } from 'chai';
import fc from 'fast-check';
import { foldsOf } from '../../bench/data/folds.js';

/** A data set whose only feature is the number of the row. */
function numbered(labels: readonly number[]) {
  const x = Float64Array.from(labels.keys());
  const classes = Math.max(...labels) + 1;
  return { name: 'numbered', rows: labels.length, columns: 1, classes, x, y: Int32Array.from(labels) };
}

const labels = fc
  .record({
    // Every class has rows for five folds.
    classes: fc.integer({ min: 2, max: 4 }),
    more: fc.array(fc.nat(3), { maxLength: 40 }),
  })
  .map(({ classes, more }) => [
    ...Array.from({ length: 5 * classes }, (_, i) => i % classes),
    ...more.map((label) => label % classes),
  ]);

describe('The folds of a data set', () => {
  it('hold out every row once, with its own label, and train on the others', () => {
    fc.assert(
      fc.property(labels, fc.nat(), (y, seed) => {
        const folds = foldsOf(numbered(y), 5, seed);
        const heldOut = folds.flatMap(({ q }) => Array.from(q));
        expect(heldOut.toSorted((a, b) => a - b)).to.deep.equal([...y.keys()]);
        for (const fold of folds) {
          expect(Array.from(fold.qy)).to.deep.equal(Array.from(fold.q, (row) => y[row]));
          expect(Array.from(fold.y)).to.deep.equal(Array.from(fold.x, (row) => y[row]));
          expect([...fold.x, ...fold.q].toSorted((a, b) => a - b)).to.deep.equal([...y.keys()]);
        }
      }),
    );
  });

  it('have their share of every class, and of the rows', () => {
    fc.assert(
      fc.property(labels, fc.nat(), (y, seed) => {
        for (const { qy } of foldsOf(numbered(y), 5, seed)) {
          for (const label of new Set(y)) {
            const count = qy.filter((own) => own === label).length;
            expect(Math.abs(count - y.filter((own) => own === label).length / 5)).to.be.below(1);
          }
          expect(Math.abs(qy.length - y.length / 5)).to.be.below(1);
        }
      }),
    );
  });

  it('are the same under the same seed, and others under another', () => {
    const set = numbered(Array.from({ length: 40 }, (_, i) => i % 2));
    const heldOut = (seed: number) => foldsOf(set, 5, seed).map(({ q }) => Array.from(q));
    expect(heldOut(1)).to.deep.equal(heldOut(1));
    expect(heldOut(1)).not.to.deep.equal(heldOut(2));
  });

  it('have categories by their frequency in the rows to train on', () => {
    // 9 and 8 occur once, so whoever holds them out has not seen them.
    const x = Float64Array.of(7, 7, 7, 7, 7, 7, 9, 8, 3, 3, 3, 3);
    const set = { ...numbered([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]), x, categorical: [0] };
    let unseen = 0;
    for (const { x: trained, q, nCategories } of foldsOf(set, 2, 3)) {
      const counts = Array.from(new Set(trained), (code) => trained.filter((other) => other === code).length);
      expect(nCategories).to.deep.equal(Uint32Array.of(counts.length));
      expect(Math.max(...trained)).to.equal(counts.length - 1);
      expect(trained.filter((code) => code === 0)).to.have.length(Math.max(...counts));
      unseen += q.filter((code) => code === counts.length).length;
    }
    expect(unseen).to.equal(2);
  });

  it('are not made of a class with fewer rows', () => {
    expect(() => foldsOf(numbered([0, 0, 0, 1, 1]), 3, 0)).to.throw('has a class of 2 rows');
  });
});
