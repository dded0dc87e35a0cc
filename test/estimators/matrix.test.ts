import { expect } from 'chai';
import fc from 'fast-check';

import { cellPath, type Matrix, type MatrixEncoding, requireFinite, toFloat64 } from '../../src/estimators/matrix.js';
import { refusalOf } from '../support/refusal.js';

function matrix(rows: number, columns: number, data: number[], encoding?: MatrixEncoding): Matrix {
  return { rows, columns, data: Float64Array.from(data), encoding };
}

const refused = { numbers: 'fill it in', categories: 'fill it in' };

describe('A matrix', () => {
  it('names its cells as its encoding does', () => {
    expect(cellPath('rows', 2, 5)).to.equal('x.rows[2].values[5]');
    expect(cellPath('columns', 2, 5)).to.equal('x.columns[5].numbers[2]');
    expect(cellPath('raw', 2, 5)).to.equal('x.raw.data');
  });

  it('of finite numbers passes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (data) => {
        expect(() => requireFinite(matrix(data.length, 1, data), refused)).not.to.throw();
      }),
    );
  });

  it('is refused at its first infinity, whether or not values may be missing', () => {
    const data = [1, 2, 3, 4, -Infinity, Infinity];
    for (const missing of [refused, {}]) {
      const check = () => requireFinite(matrix(2, 3, data, 'rows'), missing);
      const refusal = refusalOf(check, 'INVALID_REQUEST', ['x.rows[1].values[1]']);
      expect(refusal.message).to.contain('-Infinity');
    }
  });

  it('of many numbers is refused at the first one that is not finite, wherever it is', () => {
    const bad = fc.record({ at: fc.nat(999), value: fc.constantFrom(NaN, Infinity, -Infinity) });
    fc.assert(
      fc.property(fc.array(bad, { minLength: 1, maxLength: 4 }), fc.nat(40), (cells, from) => {
        const x = matrix(
          100,
          10,
          Array.from({ length: 1000 }, () => 1e300),
          'rows',
        );
        for (const { at, value } of cells) x.data[at] = value;
        const first = x.data.findIndex((value, at) => at >= from * 10 && !Number.isFinite(value));
        const check = () => requireFinite(x, refused, undefined, from);
        if (first < 0) expect(check).not.to.throw();
        else refusalOf(check, 'INVALID_REQUEST', [`x.rows[${Math.floor(first / 10)}].values[${first % 10}]`]);
      }),
    );
  });

  it('may have NaN only where that means missing', () => {
    const x = matrix(2, 2, [1, NaN, 3, 4], 'columns');
    expect(() => requireFinite(x, {})).not.to.throw();
    const refusal = refusalOf(() => requireFinite(x, refused), 'INVALID_REQUEST', ['x.columns[1].numbers[0]']);
    expect(refusal.message).to.contain('is NaN; fill it in');
  });

  it('may have NaN among numbers only, or among categories only', () => {
    const x = matrix(2, 2, [1, NaN, NaN, 4], 'rows');
    const isCategorical = (column: number) => column === 1;
    expect(() => requireFinite(x, {}, isCategorical)).not.to.throw();
    refusalOf(() => requireFinite(x, { categories: 'no' }, isCategorical), 'INVALID_REQUEST', ['x.rows[0].values[1]']);
    refusalOf(() => requireFinite(x, { numbers: 'no' }, isCategorical), 'INVALID_REQUEST', ['x.rows[1].values[0]']);
  });

  it('says the row and column of a bad cell in packed numbers', () => {
    const x: Matrix = { rows: 2, columns: 2, data: Float32Array.of(1, 2, 3, Infinity), encoding: 'raw' };
    const refusal = refusalOf(() => requireFinite(x, refused), 'INVALID_REQUEST', ['x.raw.data']);
    expect(refusal.message).to.contain('row 1, column 1');
  });

  it('becomes double precision without a copy where it is', () => {
    const doubles = matrix(1, 2, [1, 2]);
    expect(toFloat64(doubles)).to.equal(doubles.data);
    expect(toFloat64({ rows: 1, columns: 2, data: Float32Array.of(0.5, 0.1) })).to.deep.equal(
      Float64Array.of(0.5, Math.fround(0.1)),
    );
  });
});
