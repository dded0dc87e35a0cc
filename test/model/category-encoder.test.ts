import { expect } from 'chai';
import type { MatrixEncoding } from '../../src/estimators/matrix.js';
import type { ModelCategories } from '../../src/model/categories.js';
import { CategoryEncoder } from '../../src/model/category-encoder.js';
import { refusalOf } from '../support/refusal.js';

const categories: ModelCategories = [
  undefined,
  { kind: 'string', values: ['red', '', 'blue'] },
  { kind: 'integer', values: Float64Array.of(10, -3) },
];

async function encoder(of: ModelCategories = categories): Promise<CategoryEncoder> {
  const found = await CategoryEncoder.of(of);
  if (found === undefined) throw new Error('there is no encoder');
  return found;
}

function matrix(data: number[], strings: string[], encoding: MatrixEncoding = 'columns') {
  return {
    rows: strings.length,
    columns: 3,
    data: Float64Array.from(data),
    encoding,
    strings: [undefined, strings, undefined],
  };
}

describe('The encoder of categories', () => {
  it('knows how many each feature has, and is not there for numbers alone', async () => {
    expect(Array.from((await encoder()).nCategories)).to.deep.equal([0, 3, 2]);
    expect(await CategoryEncoder.of([undefined, undefined])).to.equal(undefined);
  });

  it('writes the number of each category, one more for what it does not know, and NaN for what is missing', async () => {
    const x = matrix([0.5, 0, -3, 1.5, 0, 11, 2.5, 0, NaN, 3.5, 0, 10], ['blue', 'green', '', 'red']);
    (await encoder()).encode(x, 0, 4);
    expect(Array.from(x.data)).to.deep.equal([0.5, 2, 1, 1.5, 3, 2, 2.5, 1, NaN, 3.5, 0, 0]);
  });

  it('writes into the rows that it is asked for, and no others', async () => {
    const x = matrix([0, 9, 10, 0, 9, 10, 0, 9, 10], ['blue', 'blue', 'blue']);
    (await encoder()).encode(x, 1, 2);
    expect(Array.from(x.data)).to.deep.equal([0, 9, 10, 0, 2, 0, 0, 9, 10]);
  });

  it('refuses a number that is not whole, at the column as it was sent', async () => {
    const each = await encoder();
    const x = { ...matrix([0, 0, 10, 0, 0, 10.5], ['red', 'red']), sources: [2, 1, 0] };
    const { message } = refusalOf(() => each.encode(x, 0, 2), 'INVALID_REQUEST', ['x.columns[0].numbers[1]']);
    expect(message).to.contain('is 10.5').and.contain('whole number');
    const raw = matrix([0, 0, Infinity], ['red'], 'raw');
    expect(refusalOf(() => each.encode(raw, 0, 1), 'INVALID_REQUEST', ['x.raw.data']).message).to.contain(
      'row 0, column 2',
    );
  });

  it('refuses categories that are there twice', async () => {
    for (const twice of [
      { kind: 'string', values: ['a', 'b', 'a'] } as const,
      { kind: 'integer', values: Float64Array.of(0, -0) } as const,
    ]) {
      let refused: unknown;
      await CategoryEncoder.of([twice]).catch((error: unknown) => (refused = error));
      expect(refused).to.be.instanceOf(RangeError).with.property('message', 'a category is there twice');
    }
  });
});
