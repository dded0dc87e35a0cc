import { expect } from 'chai';
import fc from 'fast-check';
import { fitsAsRow, round, type Rounded, roundingOf } from '../../../src/estimators/core/rounding.js';

const D = 3;
const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const row = fc.array(value, { minLength: D, maxLength: D });

function norm(values: number[]): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}

describe('The grid of rounded rows', () => {
  it('moves no row further than it tells, so that distances change by no more than both errors', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), row, (rows, query) => {
        const rounding = roundingOf(Float64Array.from(rows.flat()), D);
        if (rounding === undefined) {
          expect(new Set(rows.map((values) => values.map((v) => v + 0).join())).size).to.equal(1);
          return;
        }
        const rounded = [...rows, query].map((values) => {
          const result: Rounded = { norm: 0, error: 0, fits: false };
          const grid = new Int16Array(4);
          round(rounding, Float64Array.from(values), 0, grid, 0, 1, result);
          return { ...result, grid: Array.from(grid).slice(0, D) };
        });
        const point = rounded[rows.length];
        rows.forEach((values, i) => {
          const { error, grid, norm: squared } = rounded[i];
          expect(fitsAsRow(rounded[i])).to.equal(true);
          expect(squared).to.equal(grid.reduce((sum, v) => sum + v * v, 0));
          if (!point.fits) return;
          const exact = norm(values.map((v, j) => v - query[j])) * rounding.unit;
          const onGrid = norm(grid.map((v, j) => v - point.grid[j]));
          expect(Math.abs(onGrid - exact)).to.be.at.most(error + point.error);
          expect(error).to.be.below(1);
        });
      }),
    );
  });

  it('leaves off the few rows that would make it coarse, and queries beside it', () => {
    const x = Float64Array.from({ length: 2048 }, (_, i) => i % 7);
    x[5] = 1e9;
    const rounding = roundingOf(x, 1);
    if (rounding === undefined) throw new Error('there is a grid');
    const fits = (v: number) => {
      const result: Rounded = { norm: 0, error: 0, fits: false };
      round(rounding, Float64Array.of(v), 0, new Int16Array(2), 0, 1, result);
      return [fitsAsRow(result), result.fits];
    };
    expect([fits(3), fits(1e9)]).to.deep.equal([
      [true, true],
      [false, false],
    ]);
  });

  it('is not there for equal rows, nor where squares are lost', () => {
    expect(roundingOf(Float64Array.of(1, 1, 1), 1)).to.equal(undefined);
    expect(roundingOf(Float64Array.of(0, 1e-150, 2e-150), 1)).to.equal(undefined);
  });
});
