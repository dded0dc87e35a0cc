import { expect } from 'chai';
import fc from 'fast-check';

import { binFeatures, binnedBytes, MISSING_BIN } from '../../src/estimators/core/binned-features.js';
import { between } from '../../src/estimators/core/bin-edges.js';
import { Workspace } from '../../src/kernels/workspace.js';
import { trainingSet } from '../support/estimation.js';

const value = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noDefaultInfinity: true }),
  fc.constantFrom(NaN, Number.MAX_VALUE, -Number.MAX_VALUE, 5e-324),
);
const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 50 }));

function bin(rows: number[][], index?: Uint32Array) {
  const training = trainingSet(
    rows,
    rows.map(() => 0),
  );
  const nRows = index?.length ?? rows.length;
  const workspace = new Workspace(binnedBytes(nRows, training.nFeatures));
  return binFeatures(workspace, training, { nRows, index, total: nRows }, () => undefined);
}

describe('The binning of rows', () => {
  it('numbers the distinct values of each feature, and cuts halfway between them', () => {
    fc.assert(
      fc.property(table, (rows) => {
        const { columns, threshold } = bin(rows);
        for (let feature = 0; feature < rows[0].length; feature++) {
          const values = rows.map((row) => row[feature] + 0);
          const distinct = [...new Set(values.filter((x) => !Number.isNaN(x)))].toSorted((a, b) => a - b);
          values.forEach((x, row) => {
            const expected = Number.isNaN(x) ? MISSING_BIN : distinct.indexOf(x);
            expect(columns[feature * rows.length + row]).to.equal(expected);
          });
          for (let low = 0; low + 1 < distinct.length; low++) {
            expect(threshold(feature, low, low + 1)).to.equal(between(distinct[low], distinct[low + 1]));
          }
        }
      }),
    );
  });

  it('keeps the order of more values than bins, and every row on its side of each threshold', () => {
    const n = 70_001;
    // Squares are crowded at one end; the multiplier shuffles them.
    const values = Array.from({ length: n }, (_, i) => ((i * 7_919) % n) ** 2);
    const { columns, threshold } = bin(values.map((x) => [x]));
    const sizes = Array.from<number>({ length: 256 }).fill(0);
    columns.forEach((of) => sizes[of]++);
    expect(Math.max(...sizes)).to.be.below((2 * n) / 255);
    expect(sizes[MISSING_BIN]).to.equal(0);
    for (const low of [0, 1, 100, 253]) {
      const cut = threshold(0, low, low + 1);
      values.forEach((x, row) => {
        if (x <= cut !== columns[row] <= low) expect.fail(`row ${row} is on the wrong side of ${cut}`);
      });
    }
  });

  it('looks at the rows of an index only', () => {
    const rows = [[1, 9], [2, 8], [3, NaN], [4, 6]]; // prettier-ignore
    expect([...bin(rows, Uint32Array.of(1, 2, 3)).columns]).to.deep.equal([0, 1, 2, 1, MISSING_BIN, 0]);
  });
});
