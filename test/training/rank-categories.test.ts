import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_CATEGORIES } from '../../src/estimators/category-limits.js';
import type { Matrix } from '../../src/estimators/matrix.js';
import type { CategoricalColumn } from '../../src/training/protocol.js';
import { rankCategories } from '../../src/training/rank-categories.js';
import { refusalOf } from '../support/refusal.js';

const column = (index: number): CategoricalColumn => ({
  column: index,
  path: `options.categorical_features[${index}]`,
  name: 'x',
});

/** A matrix of these columns. */
function table(...columns: number[][]): Matrix {
  const rows = columns[0].length;
  const data = Float64Array.from(
    { length: rows * columns.length },
    (_, i) => columns[i % columns.length][Math.floor(i / columns.length)],
  );
  return { rows, columns: columns.length, data };
}

function columnOf({ data, columns }: Matrix, index: number): number[] {
  return Array.from(data).filter((_, i) => i % columns === index);
}

const ignore = () => undefined;

describe('The rank of a category', () => {
  it('is by how many rows have it, and then by its value', () => {
    const x = table([7, -1, 7, 2, -1, 7, 5]);
    const [ranked] = rankCategories(x, [column(0)], undefined, ignore);
    expect(Array.from(ranked)).to.deep.equal([7, -1, 2, 5]);
    expect(columnOf(x, 0)).to.deep.equal([0, 1, 0, 2, 1, 0, 3]);
  });

  it('is given in the columns that hold categories, and only there', () => {
    const x = table([3, 3, 4], [0.5, 1.5, 2.5], [9, 8, 8]);
    const ranked = rankCategories(x, [column(0), column(2)], undefined, ignore);
    expect(ranked.map((values) => Array.from(values))).to.deep.equal([
      [3, 4],
      [8, 9],
    ]);
    expect(columnOf(x, 1)).to.deep.equal([0.5, 1.5, 2.5]);
    expect(columnOf(x, 2)).to.deep.equal([1, 0, 0]);
  });

  it('is by the training rows, and behind all of them for what these have not', () => {
    const x = table([1, 2, 2, 2, 3, 1, 1]);
    const [ranked] = rankCategories(x, [column(0)], Int32Array.of(0, 1, 5), ignore);
    expect(Array.from(ranked)).to.deep.equal([1, 2]);
    expect(columnOf(x, 0)).to.deep.equal([0, 1, 1, 1, 2, 0, 0]);
  });

  it('leaves missing values missing, and counts none of them', () => {
    const x = table([NaN, 4, NaN, NaN, 4]);
    const [ranked] = rankCategories(x, [column(0)], undefined, ignore);
    expect(Array.from(ranked)).to.deep.equal([4]);
    expect(columnOf(x, 0)).to.deep.equal([NaN, 0, NaN, NaN, 0]);
    const missing = table([NaN, NaN]);
    expect(rankCategories(missing, [column(0)], undefined, ignore)[0]).to.have.length(0);
    expect(columnOf(missing, 0)).to.deep.equal([NaN, NaN]);
  });

  it('takes 0 and -0 for one category, and integers up to 2^53 for different ones', () => {
    const x = table([0, -0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER - 1, Number.MIN_SAFE_INTEGER]);
    const [ranked] = rankCategories(x, [column(0)], undefined, ignore);
    expect(Array.from(ranked)).to.deep.equal([
      0,
      Number.MIN_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER - 1,
      Number.MAX_SAFE_INTEGER,
    ]);
    expect(columnOf(x, 0)).to.deep.equal([0, 0, 3, 2, 1]);
  });

  it('leads back to the value, and rises with rarity, whatever the values', () => {
    const value = fc.oneof(fc.integer({ min: -4, max: 4 }), fc.maxSafeInteger(), fc.constant(NaN));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
        const x = table(values);
        const [ranked] = rankCategories(x, [column(0)], undefined, ignore);
        const codes = columnOf(x, 0);
        const present = values.filter((each) => !Number.isNaN(each));
        const decoded = codes.filter((code) => !Number.isNaN(code)).map((code) => ranked[code]);
        expect(decoded).to.deep.equal(present.map((each) => each + 0));
        const naive = [...new Set(present.map((each) => each + 0))].toSorted(
          (a, b) => count(present, b) - count(present, a) || a - b,
        );
        expect(Array.from(ranked)).to.deep.equal(naive);
      }),
    );
  });

  it('is refused where there are more categories than there may be', () => {
    const many = (rows: number): Matrix => ({
      rows,
      columns: 1,
      data: Float64Array.from({ length: rows }, (_, i) => i * 3),
    });
    const [ranked] = rankCategories(many(MAX_CATEGORIES), [column(0)], undefined, ignore);
    expect(ranked).to.have.length(MAX_CATEGORIES);
    const { message } = refusalOf(
      () => rankCategories(many(MAX_CATEGORIES + 1), [column(0)], undefined, ignore),
      'INVALID_REQUEST',
      ['options.categorical_features[0]'],
    );
    expect(message).to.contain('more than 1048576 categories').and.contain('drop the column');
  }).timeout(60_000);
});

function count(values: readonly number[], value: number): number {
  return values.filter((each) => each === value).length;
}
