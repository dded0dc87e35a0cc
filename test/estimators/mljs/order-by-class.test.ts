import { expect } from 'chai';

import { orderByClass } from '../../../src/estimators/mljs/order-by-class.js';

describe('The order of rows by class', () => {
  it('keeps every row with its label, and numbers the labels without gaps', () => {
    const y = Int32Array.from({ length: 60 }, (_, i) => (i % 7 === 0 ? 5 : (i % 3) * 2));
    const rows = Int32Array.from({ length: 40 }, (_, i) => (i * 17) % 60);
    const counts = new Int32Array(6);
    for (const row of rows) counts[y[row]]++;
    const ordered = orderByClass(rows, y, counts);
    expect(Array.from(ordered.rows).toSorted((a, b) => a - b)).to.deep.equal(
      Array.from(rows).toSorted((a, b) => a - b),
    );
    expect(ordered.labels).to.deep.equal(Array.from(ordered.rows, (row) => [0, -1, 1, -1, 2, 3][y[row]]));
  });

  it('has four rows of each class lead, then class after class', () => {
    const y = Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2);
    const rows = Int32Array.from(y.keys()).toReversed();
    const { labels } = orderByClass(rows, y, Int32Array.of(6, 5, 1));
    expect(labels.slice(0, 3).toSorted((a, b) => a - b)).to.deep.equal([0, 1, 2]);
    expect(labels.slice(9)).to.deep.equal([0, 0, 1]);
  });
});
