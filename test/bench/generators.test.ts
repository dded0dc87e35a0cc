import { expect } from 'chai';

import type { DataSet } from '../../bench/data/data-set.js';
import { classification } from '../../bench/data/generators/classification.js';
import { clusters } from '../../bench/data/generators/clusters.js';
import { hastie } from '../../bench/data/generators/hastie.js';
import { led } from '../../bench/data/generators/led.js';
import { moons } from '../../bench/data/generators/moons.js';
import { ringnorm } from '../../bench/data/generators/ringnorm.js';
import { waveform } from '../../bench/data/generators/waveform.js';
import { withGaps, withinRange } from '../../bench/data/with-missing.js';
import { mean } from '../../bench/report/statistics.js';

/** The values of a column in the rows of a class. */
function column({ x, y, columns }: DataSet, j: number, label: number): number[] {
  return [...y.keys()].filter((row) => y[row] === label).map((row) => x[row * columns + j]);
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

describe('The generators of data sets', () => {
  it('draw half circles around their centres, without noise', () => {
    const { x, y } = moons(200, 0, 1);
    y.forEach((label, row) => {
      const [dx, dy] = label === 0 ? [x[2 * row], x[2 * row + 1]] : [x[2 * row] - 1, x[2 * row + 1] - 0.5];
      expect(Math.hypot(dx, dy)).to.be.closeTo(1, 1e-12);
      expect(label === 0 ? dy : -dy).to.be.at.least(0);
    });
    expect(variance(column(moons(4000, 0.3, 1), 1, 0)) - variance(column(moons(4000, 0, 1), 1, 0))).to.be.closeTo(
      0.09,
      0.02,
    );
  });

  it('draw as many rows within a sphere as without, by their squares (Hastie)', () => {
    const { x, y, columns } = hastie(4000, 2);
    y.forEach((label, row) => {
      const squares = x.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value ** 2, 0);
      expect(label).to.equal(squares > 9.34 ? 1 : 0);
    });
    expect(mean(Array.from(y))).to.be.closeTo(0.5, 0.03);
  });

  it('draw mixed triangles, whose means are half of each (Breiman)', () => {
    const set = waveform(6000, 4);
    // At place 11 the first triangle has its tip, 6, and the others have 2.
    expect(mean(column(set, 10, 0))).to.be.closeTo(4, 0.15);
    expect(mean(column(set, 10, 2))).to.be.closeTo(2, 0.15);
    // At place 15 only the second one is anything.
    expect(mean(column(set, 14, 0))).to.be.closeTo((2 + 6) / 2, 0.15);
    expect(mean(column(set, 14, 1))).to.be.closeTo((2 + 0) / 2, 0.15);
    expect(variance(column(set, 20, 1))).to.be.closeTo(1, 0.1);
  });

  it('draw digits whose segments are faulty one time in ten (Breiman)', () => {
    const set = led(10_000, 7);
    // An 8 has all segments lit, a 1 those on the right.
    for (let j = 0; j < 7; j++) expect(mean(column(set, j, 8))).to.be.closeTo(0.9, 0.04);
    const one = Array.from({ length: 7 }, (_, j) => Math.round(mean(column(set, j, 1))));
    expect(one).to.deep.equal([0, 0, 1, 0, 0, 1, 0]);
    expect(mean(column(set, 20, 3))).to.be.closeTo(0.5, 0.06);
  });

  it('draw a wide and a narrow Gaussian (Breiman)', () => {
    const set = ringnorm(6000, 6);
    expect(variance(column(set, 3, 0))).to.be.closeTo(4, 0.4);
    expect(variance(column(set, 3, 1))).to.be.closeTo(1, 0.1);
    expect(mean(column(set, 3, 1))).to.be.closeTo(2 / Math.sqrt(20), 0.07);
  });

  it('draw clusters of all classes, with features that tell nothing last (Guyon)', () => {
    const set = clusters(5000, 5, 8);
    expect(new Set(set.y).size).to.equal(5);
    const spread = (j: number) => variance([0, 1, 2, 3, 4].map((label) => mean(column(set, j, label))));
    for (let j = 12; j < 16; j++) expect(spread(j)).to.be.below(0.01);
    expect(Math.max(...Array.from({ length: 8 }, (_, j) => spread(j)))).to.be.above(0.1);
  });

  it('leave out their share of values, and no others change', () => {
    const set = hastie(1000, 2);
    const gaps = withGaps(set, 0.1, 3);
    expect(gaps.name).to.equal('hastie, 10 % missing');
    expect(gaps.x.filter(Number.isNaN).length / gaps.x.length).to.be.closeTo(0.1, 0.02);
    gaps.x.forEach((value, i) => {
      if (!Number.isNaN(value)) expect(value).to.equal(set.x[i]);
    });
  });

  it('leave out numbers, and no categories', () => {
    const set = { ...led(500, 7), categorical: [0, 23] };
    const gaps = withGaps(set, 0.5, 3);
    expect(gaps.categorical).to.deep.equal([0, 23]);
    gaps.x.forEach((value, i) => {
      if (i % 24 === 0 || i % 24 === 23) expect(value).to.equal(set.x[i]);
    });
    expect(gaps.x.filter(Number.isNaN).length / gaps.x.length).to.be.closeTo((0.5 * 22) / 24, 0.02);
  });

  it('leave out the values beyond a range, and only those', () => {
    const set = ringnorm(500, 6);
    withinRange(set, 2.5).x.forEach((value, i) => expect(Number.isNaN(value)).to.equal(Math.abs(set.x[i]) > 2.5));
  });

  it('draw two classes at the corners of a square, with combinations and noise (make_classification)', () => {
    const { x, y, q, qy, columns } = classification(4000, 6, 1000);
    const mine = { name: '', rows: 4000, classes: 2, x, y, columns };
    const [u, v, combined, noise] = [0, 1, 2, 5].map((j) => [...column(mine, j, 0), ...column(mine, j, 1)]);
    // A combination is what some two rows say it is, in all rows.
    const determinant = u[0] * v[1] - u[1] * v[0];
    const a = (combined[0] * v[1] - combined[1] * v[0]) / determinant;
    const b = (u[0] * combined[1] - u[1] * combined[0]) / determinant;
    combined.forEach((value, row) => expect(value).to.be.closeTo(a * u[row] + b * v[row], 1e-6));
    expect(mean(noise)).to.be.closeTo(0, 0.1);
    expect(variance(noise)).to.be.closeTo(1, 0.1);
    // Half of them each, but for the labels that are drawn.
    expect(mean([...y])).to.be.closeTo(0.5, 0.01);
    expect(y.filter((label, row) => label !== row % 2).length).to.be.within(5, 40);
    expect(q).to.have.length(6000);
    expect(qy).to.have.length(1000);
    expect(classification(4000, 6, 1000).x).to.deep.equal(x);
  });
});
