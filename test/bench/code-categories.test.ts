import { expect } from 'chai';
import fc from 'fast-check';
import { codeCategories } from '../../bench/data/code-categories.js';

const problem = (x: readonly number[], q: readonly number[], columns = 1) => ({
  columns,
  classes: 2,
  x: Float64Array.from(x),
  y: new Int32Array(x.length / columns),
  q: Float64Array.from(q),
  qy: new Int32Array(q.length / columns),
});

describe('The codes of categories', () => {
  it('fall with the frequency among the rows to train on, ties by their numbers', () => {
    const { x, nCategories } = codeCategories(problem([9, 4, 4, 7, 2, 4, 7, 9], []), [0]);
    expect(Array.from(x)).to.deep.equal([2, 0, 0, 1, 3, 0, 1, 2]);
    expect(nCategories).to.deep.equal(Uint32Array.of(4));
  });

  it('are their count for a category that only queries have', () => {
    const { q } = codeCategories(problem([5, 5, 6], [6, 5, 4, 7, 0]), [0]);
    expect(Array.from(q)).to.deep.equal([1, 0, 2, 2, 2]);
  });

  it('leave columns of numbers as they are, and what they are made of', () => {
    const given = problem([0.5, 8, NaN, 8, -1, 3], [7, 3, NaN, 1], 2);
    const coded = codeCategories(given, [1]);
    expect(Array.from(coded.x)).to.deep.equal([0.5, 0, NaN, 0, -1, 1]);
    expect(Array.from(coded.q)).to.deep.equal([7, 1, NaN, 2]);
    expect(coded.nCategories).to.deep.equal(Uint32Array.of(0, 2));
    expect(given.x[1]).to.equal(8);
    expect(given.q[1]).to.equal(3);
  });

  it('are not there without categories', () => {
    const given = problem([1, 2], [3]);
    expect(codeCategories(given)).to.equal(given);
    expect(codeCategories(given, [])).not.to.have.property('nCategories');
  });

  it('tell the same categories apart', () => {
    const values = fc.array(fc.nat(20), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, (x) => {
        const { x: codes, nCategories } = codeCategories(problem(x, []), [0]);
        const counts = Array.from({ length: nCategories?.[0] ?? 0 }, (_, code) => {
          const rows = [...codes.keys()].filter((row) => codes[row] === code);
          expect(new Set(rows.map((row) => x[row])).size).to.equal(1);
          return rows.length;
        });
        expect(counts).to.deep.equal(counts.toSorted((a, b) => b - a));
        expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(x.length);
        expect(counts).to.have.length(new Set(x).size);
      }),
    );
  });
});
