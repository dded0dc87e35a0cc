import { expect } from 'chai';
import fc from 'fast-check';
import {
  fitsAsRow,
  round,
  type Rounded,
  roundedValue,
  roundingBytes,
  roundingOf,
} from '../../../src/estimators/core/rounding.js';
import { Workspace } from '../../../src/kernels/workspace.js';
import { runThrough } from '../../../src/estimators/in-parts.js';

const D = 3;
const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const row = fc.array(value, { minLength: D, maxLength: D });

function norm(values: number[]): number {
  return Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));
}

/** The grid over rows, and a function that rounds to it. */
function gridOver(rows: number[][]) {
  const d = rows[0].length;
  const sizes = [rows.length * d, d, d + 1].map((length) => Workspace.sizeOf(length, 8));
  const workspace = new Workspace(sizes.reduce((sum, size) => sum + size, roundingBytes(d)));
  const x = workspace.f64(rows.length * d);
  x.set(rows.flat());
  const rounding = runThrough(roundingOf(workspace, x, d));
  const point = workspace.f64(d);
  const target = workspace.i16(d + 1);
  if (rounding === undefined) return undefined;
  return {
    unit: rounding.unit,
    rounding,
    round(values: number[]) {
      const result: Rounded = { norm: 0, error: 0, fits: false };
      point.set(values);
      round(workspace, rounding, point.address, target.address, 4, result);
      return { ...result, grid: Array.from(target).slice(0, d) };
    },
  };
}

describe('The grid of rounded rows', () => {
  it('moves no row further than it tells, so that distances change by no more than both errors', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), row, (rows, query) => {
        const found = gridOver(rows);
        if (found === undefined) {
          // Equal, or so near that squares of their differences vanish.
          for (const values of rows) expect(norm(values.map((v, j) => v - rows[0][j]))).to.be.below(2 ** -390);
          return;
        }
        const point = found.round(query);
        for (const values of rows) {
          const rounded = found.round(values);
          expect(fitsAsRow(rounded)).to.equal(true);
          expect(rounded.norm).to.equal(rounded.grid.reduce((sum, v) => sum + v * v, 0));
          if (!point.fits) continue;
          const exact = norm(values.map((v, j) => v - query[j])) * found.unit;
          const onGrid = norm(rounded.grid.map((v, j) => v - point.grid[j]));
          expect(Math.abs(onGrid - exact)).to.be.at.most(rounded.error + point.error);
          expect(rounded.error).to.be.below(1);
        }
      }),
    );
  });

  it('has the values that rows are sorted by', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
        const found = gridOver(rows);
        if (found === undefined) return;
        for (const values of rows)
          expect(values.map((v, j) => roundedValue(found.rounding, v, j) + 0)).to.deep.equal(found.round(values).grid);
      }),
    );
    const grid = gridOver([[0], [1]]);
    expect(grid && [-9, 9].map((v) => roundedValue(grid.rounding, v, 0))).to.deep.equal([-32_768, 32_767]);
  });

  it('leaves off the few rows that would make it coarse, and queries beside it', () => {
    const rows = Array.from({ length: 2048 }, (_, i) => [i === 5 ? 1e9 : i % 7]);
    const grid = gridOver(rows);
    const fits = [3, 1e9].map((v) => grid?.round([v])).map((rounded) => rounded && [fitsAsRow(rounded), rounded.fits]);
    expect(fits).to.deep.equal([
      [true, true],
      [false, false],
    ]);
  });

  it('is not there for equal rows, nor where squares are lost', () => {
    expect(gridOver([[1], [1], [1]])).to.equal(undefined);
    expect(gridOver([[0], [1e-150], [2e-150]])).to.equal(undefined);
  });
});
